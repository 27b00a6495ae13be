"""Replies a webhook may answer with: <Response><Message>text</Message></Response>."""

from xml.etree import ElementTree

_LONGEST = 20_000


def messages_in(document: str) -> list[str]:
    """Return the text of every Message verb; nothing for anything that is not a plain cXML document."""
    if "<Message" not in document or "<!" in document or len(document) > _LONGEST:
        return []
    try:
        root = ElementTree.fromstring(document)  # noqa: S314 - declarations were refused above
    except ElementTree.ParseError:
        return []
    if root.tag != "Response":
        return []
    return [text for verb in root.findall("Message") if (text := "".join(verb.itertext()).strip())]
