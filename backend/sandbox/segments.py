"""How many SMS segments a text takes."""

# 3GPP TS 23.038: the default alphabet, and the extension table whose characters take two septets.
_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENDED = frozenset("\f^{}\\[~]|€")


def count_segments(body: str) -> int:
    """Return the number of segments, at least 1: 160/153 septets in the GSM alphabet, else 70/67 UTF-16 units."""
    if all(character in _BASIC or character in _EXTENDED for character in body):
        length, single, joined = sum(2 if character in _EXTENDED else 1 for character in body), 160, 153
    else:
        length, single, joined = len(body.encode("utf-16-le")) // 2, 70, 67
    return 1 if length <= single else -(-length // joined)
