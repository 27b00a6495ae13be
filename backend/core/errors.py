"""Name everything that can go wrong in words a person can act on; each error carries its API code and status."""

from typing import Any, ClassVar


class MagpipeError(Exception):
    """An expected failure, safe to show: `code` is stable API, `message` is plain words with the next step."""

    status: ClassVar[int] = 500
    default_code: ClassVar[str] = "error"
    is_retryable: ClassVar[bool] = False

    def __init__(
        self,
        message: str,
        *,
        code: str | None = None,
        field: str | None = None,
        details: dict[str, Any] | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.code = code or self.default_code
        self.field = field
        self.details = {**({"field": field} if field else {}), **(details or {})}

    def body(self, request_id: str = "") -> dict[str, Any]:
        """Return the API's error envelope: {"error": {"code", "message", "details"?}, "request_id"}."""
        error: dict[str, Any] = {"code": self.code, "message": self.message}
        if self.details:
            error["details"] = self.details
        return {"error": error, "request_id": request_id}


class Misconfigured(MagpipeError):
    """The installation's settings contradict each other; nothing can start until they are mended."""

    default_code = "misconfigured"


class NotSignedIn(MagpipeError):
    """No valid session or key came with the request."""

    status = 401
    default_code = "unauthorized"


class NotFound(MagpipeError):
    """The thing does not exist, or belongs to another organization: callers cannot tell which."""

    status = 404
    default_code = "not_found"


class NotAllowed(MagpipeError):
    """The person is known but their role does not reach this far."""

    status = 403
    default_code = "not_allowed"


class Conflict(MagpipeError):
    """The change collides with what is stored."""

    status = 409
    default_code = "conflict"


class Invalid(MagpipeError):
    """A value is missing or malformed; `field` names it."""

    status = 422
    default_code = "invalid"


class PaymentRequired(MagpipeError):
    """The organization's balance does not allow this."""

    status = 402
    default_code = "insufficient_credits"


class Refused(MagpipeError):
    """A policy forbids this contact: the code says which (`opted_out`, `quiet_hours`, `consent_missing`)."""

    status = 403
    default_code = "refused"


class LimitReached(MagpipeError):
    """Too many attempts; `details["retry_after_s"]` says when to try again."""

    status = 429
    default_code = "limit_reached"
    is_retryable = True


class Unavailable(MagpipeError):
    """Something of ours is not reachable for the moment."""

    status = 503
    default_code = "unavailable"
    is_retryable = True


class VendorError(MagpipeError):
    """An outside service refused or failed; `is_retryable` tells a passing fault from a final answer.

    `may_have_happened` is true when the effect may exist although no answer came (a time-out after sending).
    """

    status = 502
    default_code = "vendor_error"

    def __init__(
        self,
        message: str,
        *,
        vendor: str,
        code: str | None = None,
        is_retryable: bool = False,
        may_have_happened: bool = False,
        details: dict[str, Any] | None = None,
    ) -> None:
        super().__init__(message, code=code, details={"vendor": vendor, **(details or {})})
        self.vendor = vendor
        self.is_retryable = is_retryable  # type: ignore[misc]
        self.may_have_happened = may_have_happened
