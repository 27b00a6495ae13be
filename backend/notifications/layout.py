"""Lay out the platform's mail: the same words as plain text and as simple HTML that every mail program shows."""

from html import escape

from backend.notifications.schemas import Mail

_FONT = "font-family:-apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif"


def as_text(mail: Mail) -> str:
    """Return the plain-text body."""
    parts = list(mail.paragraphs)
    if mail.code:
        parts.append(mail.code)
    if mail.link:
        parts.append(f"{mail.link_words}: {mail.link}")
    if mail.last:
        parts.append(mail.last)
    return "\n\n".join(parts) + "\n"


def as_html(mail: Mail) -> str:
    """Return the HTML body; everything in it is escaped."""
    text = f"margin:0 0 16px;font-size:16px;line-height:24px;color:#18181b;{_FONT}"
    blocks = [f'<p style="{text}">{escape(words)}</p>' for words in mail.paragraphs]
    if mail.code:
        blocks.append(
            '<p style="margin:0 0 16px;font-size:32px;line-height:40px;font-weight:600;letter-spacing:6px;'
            f'color:#18181b;{_FONT}">{escape(mail.code)}</p>'
        )
    if mail.link:
        blocks.append(
            f'<p style="{text}"><a href="{escape(mail.link)}" style="display:inline-block;padding:10px 18px;'
            f'border-radius:6px;background:#4f46e5;color:#ffffff;text-decoration:none;font-weight:600;{_FONT}">'
            f"{escape(mail.link_words)}</a></p>"
        )
    if mail.last:
        blocks.append(
            f'<p style="margin:24px 0 0;font-size:13px;line-height:20px;color:#52525b;{_FONT}">{escape(mail.last)}</p>'
        )
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        f"<title>{escape(mail.safe_subject)}</title></head>"
        '<body style="margin:0;padding:24px;background:#ffffff"><div style="max-width:520px;margin:0 auto">'
        f"{''.join(blocks)}</div></body></html>"
    )
