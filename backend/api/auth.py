"""Say who makes a request: a browser by its cookie, from our own pages only, or a program by its API key."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Scope

from backend.accounts import service as accounts
from backend.core.config import settings
from backend.core.errors import NotAllowed, NotSignedIn
from backend.core.principal import Principal
from backend.sessions import service as sessions
from backend.sessions.schemas import Browser, SignedIn

SESSION_COOKIE = "mp_session"
PENDING_COOKIE = "mp_pending"
_PENDING_FOR_S = 3600
_SAFE_METHODS = ("GET", "HEAD", "OPTIONS")


async def principal(request: Request) -> Principal:
    """Return who acts: an endpoint's dependency. An API key goes before a cookie.

    Raises `NotSignedIn`, `NotAllowed` for a browser request that another site made or a person without organization.
    """
    authorization = request.headers.get("authorization", "")
    scheme, _, key = authorization.partition(" ")
    if scheme.lower() == "bearer":
        return await accounts.key_holder(key.strip())
    if authorization:
        raise NotSignedIn("Use an API key: Authorization: Bearer mgp_…")
    return (await person(request)).principal()


async def person(request: Request) -> SignedIn:
    """Return who is signed in by cookie, in an organization or not. Raises `NotSignedIn`, `NotAllowed`."""
    token = session_token(request.scope)
    if token:
        require_own_page(request)
    found = await sessions.find(token) if token else None
    if found is None:
        raise NotSignedIn("Sign in to continue.")
    return found


def require_own_page(request: Request) -> None:
    """Refuse a change that a browser was led to by another site (CSRF). Raises `NotAllowed`.

    Every browser names the page's origin on a POST; one without is refused as well, because cookies come only from
    browsers. Reading is safe: other origins cannot see the answer.
    """
    if request.method in _SAFE_METHODS:
        return
    if request.headers.get("origin", "").lower() not in settings().origins:
        raise NotAllowed("This request did not come from this site.", code="foreign_origin")


def session_token(scope: Scope) -> str:
    """Return the token in the session cookie, or ""."""
    return _cookie(scope, SESSION_COOKIE)


def pending_token(scope: Scope) -> str:
    """Return the token that binds this browser's codes, or ""."""
    return _cookie(scope, PENDING_COOKIE)


def browser(request: Request) -> Browser:
    """Return what is known of the browser: its address through the proxies in front, and its name for itself."""
    return Browser(client_address(request.scope), request.headers.get("user-agent", ""))


def client_address(scope: Scope) -> str:
    """Return the visitor's address: the one the outermost of our TRUSTED_PROXIES saw, else the socket's."""
    hops = settings().trusted_proxies
    if hops:
        forwarded = [value.decode("latin-1") for name, value in scope["headers"] if name == b"x-forwarded-for"]
        addresses = [part.strip() for part in ",".join(forwarded).split(",") if part.strip()]
        if len(addresses) >= hops:
            return addresses[-hops]
    client = scope.get("client")
    return str(client[0]) if client else ""


def set_session(response: Response, token: str) -> None:
    """Give the browser its session."""
    response.headers.append("set-cookie", session_cookie(token))


def clear_session(response: Response) -> None:
    """Take the session cookie back."""
    response.headers.append("set-cookie", _cookie_line(SESSION_COOKIE, "", 0, "/"))


def session_cookie(token: str) -> str:
    """Return the header that sets or renews the session cookie."""
    return _cookie_line(SESSION_COOKIE, token, int(sessions.LIFETIME.total_seconds()), "/")


def set_pending(response: Response, token: str) -> None:
    """Bind this browser's codes to it; an empty token takes the cookie back."""
    line = _cookie_line(PENDING_COOKIE, token, _PENDING_FOR_S if token else 0, "/api/session")
    response.headers.append("set-cookie", line)


def _cookie_line(name: str, value: str, max_age: int, path: str) -> str:
    secure = "; Secure" if settings().public_url.startswith("https:") else ""
    return f"{name}={value}; Max-Age={max_age}; Path={path}; HttpOnly; SameSite=Lax{secure}"


def _cookie(scope: Scope, wanted: str) -> str:
    """Read one cookie; other cookies of the host, however malformed, do not hide it."""
    for name, value in scope["headers"]:
        if name == b"cookie":
            for pair in value.decode("latin-1").split(";"):
                key, _, found = pair.strip().partition("=")
                if key == wanted:
                    return str(found)[:200]
    return ""
