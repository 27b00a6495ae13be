"""Safe delivery of bytes somebody else chose."""

from starlette.responses import Response

_SHOWN = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp"})


def attachment_response(content_type: str, content: bytes) -> Response:
    """Return the bytes under their own type; anything but a plain picture is downloaded, never rendered."""
    headers = {"x-content-type-options": "nosniff", "content-security-policy": "sandbox; default-src 'none'"}
    if content_type not in _SHOWN:
        headers["content-disposition"] = "attachment"
    return Response(content, media_type=content_type, headers=headers)
