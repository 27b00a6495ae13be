"""Read what a webhook may answer with: replies to texts, and instructions for calls, inside <Response>."""

from xml.etree import ElementTree

_LONGEST = 20_000


def messages_in(document: str) -> list[str]:
    """Return the text of every Message verb; nothing for anything that is not a plain cXML document."""
    return [text for verb in verbs_in(document) if verb.tag == "Message" and (text := "".join(verb.itertext()).strip())]


def verbs_in(document: str) -> list[ElementTree.Element]:
    """Return every verb in order; nothing for anything that is not a plain cXML document."""
    if "<Response" not in document or "<!" in document or len(document) > _LONGEST:
        return []
    try:
        root = ElementTree.fromstring(document)  # noqa: S314 - declarations were refused above
    except ElementTree.ParseError:
        return []
    return list(root) if root.tag == "Response" else []
