"""Judge web addresses: what is one page, what belongs to a site, and what a business wants read of it."""

from collections.abc import Iterable, Sequence
from fnmatch import fnmatchcase
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from backend.core.errors import Invalid

# The reference product's limit (backend.md §11).
URL_LIMIT = 2048
PATTERN_LIMIT, MOST_PATTERNS = 200, 30
_TRACKING = frozenset({"fbclid", "gclid", "msclkid", "mc_cid", "mc_eid", "ref", "source", "igshid", "yclid"})
_FILES = """
    7z avi bmp bz2 css dmg doc eot exe gif gz ico ics iso jpeg jpg js json m4a m4v mov mp3 mp4 mpeg msi ogg otf png
    ppt pptx rar rss svg tar tgz tif tiff ttf wav webm webp wma wmv woff woff2 xls xlsx xml zip
"""
# Doors and lists, not knowledge (backend.md §11): behind each stands a form, or other pages again.
_DOOR_WORDS = """
    login log-in signin sign-in signup sign-up register logout cart checkout basket account my-account wp-admin
    wp-login.php search feed tag tags author
"""
_NOT_PAGES = frozenset(_FILES.split())
_DOORS = frozenset(_DOOR_WORDS.split())


def checked(url: str) -> str:
    """Return the address a person gave, in the form it is kept. Raises `Invalid` (`url`)."""
    url = url.strip()
    if url and "://" not in url:
        url = f"https://{url}"
    if len(url) > URL_LIMIT:
        raise Invalid(f"An address has at most {URL_LIMIT} characters.", field="url")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise Invalid("This is not a web address.", field="url") from None
    if parts.scheme.lower() not in ("http", "https") or not parts.hostname or port == 0:
        raise Invalid("Give an address that begins with https:// or http://.", field="url")
    if parts.username is not None:
        raise Invalid("Leave name and password out of the address; give login headers instead.", field="url")
    if any(character.isspace() or ord(character) < 32 for character in url):
        raise Invalid("An address has no spaces.", field="url")
    return plain(url)


def plain(url: str) -> str:
    """Return an address without what does not change the page: fragment, tracking, a port that goes without saying."""
    parts = urlsplit(url)
    host = (parts.hostname or "").lower()
    host = f"[{host}]" if ":" in host else host
    usual = {"http": 80, "https": 443}.get(parts.scheme.lower())
    netloc = host if parts.port in (None, usual) else f"{host}:{parts.port}"
    query = urlencode(
        [
            (name, value)
            for name, value in parse_qsl(parts.query, keep_blank_values=True)
            if name.lower() not in _TRACKING and not name.lower().startswith("utm_")
        ]
    )
    return urlunsplit((parts.scheme.lower(), netloc, parts.path or "/", query, ""))


def site_of(url: str) -> str:
    """Return the host whose pages are one site; `www.` makes no difference."""
    return urlsplit(url).netloc.lower().removeprefix("www.")


def patterns(lines: Iterable[str], field: str) -> list[str]:
    """Return path patterns (`/blog/*`) as they are kept. Raises `Invalid`."""
    wanted = [line for line in (line.replace("\x00", "").strip() for line in lines) if line]
    if len(wanted) > MOST_PATTERNS or any(len(line) > PATTERN_LIMIT for line in wanted):
        raise Invalid(f"Give at most {MOST_PATTERNS} paths of at most {PATTERN_LIMIT} characters.", field=field)
    return [line if line.startswith(("/", "*")) else f"/{line}" for line in dict.fromkeys(wanted)]


def is_wanted(url: str, include: Sequence[str], exclude: Sequence[str]) -> bool:
    """Tell whether a page's path fits what shall be read; a pattern also stands for what lies under it."""
    path = urlsplit(url).path or "/"

    def fits(pattern: str) -> bool:
        return fnmatchcase(path, pattern) or path.startswith(pattern.rstrip("*").rstrip("/") + "/")

    return not any(map(fits, exclude)) and (not include or any(map(fits, include)))


def pages_among(links: Iterable[str], of: str, include: Sequence[str], exclude: Sequence[str]) -> list[str]:
    """Return the addresses among `links` that are pages of the site `of` and wanted, each once, in order."""
    found: dict[str, None] = {}
    for link in links:
        if len(link) > URL_LIMIT:
            continue
        try:
            parts = urlsplit(link)
            url = plain(link)
        except ValueError:
            continue
        if parts.scheme not in ("http", "https") or site_of(url) != site_of(of):
            continue
        steps = [step for step in parts.path.lower().split("/") if step]
        ending = steps[-1].rpartition(".")[2] if steps and "." in steps[-1] else ""
        if ending in _NOT_PAGES or any(step in _DOORS for step in steps):
            continue
        if is_wanted(url, include, exclude):
            found[url] = None
    return list(found)
