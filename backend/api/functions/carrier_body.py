"""Read the body of a carrier's request, refusing it as soon as it is known to be larger than any the carrier sends."""

from fastapi import Request

from backend.core.errors import MagpipeError

# A text has at most 1,600 characters, every one at most twelve bytes when percent-encoded, and eight media addresses.
LARGEST = 64 * 1024
_WORDS = "This request is larger than 64 KB."


class BodyTooLarge(MagpipeError):
    """The request is larger than any the carrier sends."""

    status = 413
    default_code = "too_large"


async def read(request: Request) -> bytes:
    """Return the body. Raises `BodyTooLarge`."""
    announced = request.headers.get("content-length", "")
    if announced.isdecimal() and int(announced) > LARGEST:
        raise BodyTooLarge(_WORDS)
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > LARGEST:
            raise BodyTooLarge(_WORDS)
    return bytes(body)


def address(request: Request, function: str) -> str:
    """Return the path of one of our functions with the query the request came with: what the carrier signed."""
    query = request.scope["query_string"].decode("latin-1")
    path = f"/functions/v1/{function}"
    return f"{path}?{query}" if query else path
