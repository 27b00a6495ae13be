"""What somebody writes is parted from what they quote, and nothing is lost."""

import pytest

from backend.mailboxes import quoting, reading


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("Yes please.\n\nOn Mon, 3 Nov 2026 at 10:00, Ana <ana@x.example>\nwrote:\n> Hello", "Yes please."),
        ("Oui.\n\nLe lun. 3 nov. 2026 à 10:00, Ana <ana@x.example> a écrit :\n> Bonjour", "Oui."),
        ("Ja.\n\nAm 03.11.2026 um 10:00 schrieb Ana <ana@x.example>:\n> Hallo", "Ja."),
        ("Thanks!\n\n-----Original Message-----\nFrom: Ana\nHello", "Thanks!"),
        ("Thanks!\n\nFrom: Ana <ana@x.example>\nSent: Monday\nTo: Dana\n\nHello", "Thanks!"),
        ("Thanks!\n-- \nDana Reyes\n+1 415 555 0199", "Thanks!"),
        ("Thanks!\n> Hello\n>> Older", "Thanks!"),
        ("> Is ten fine?\nYes.\n> Your name?\nDana", "> Is ten fine?\nYes.\n> Your name?\nDana"),
        ("-----Forwarded message-----\nFrom: Ana\nHello", "-----Forwarded message-----\nFrom: Ana\nHello"),
        ("On Monday I wrote: nothing yet", "On Monday I wrote: nothing yet"),
    ],
)
def test_only_what_is_quoted_is_taken_away(text, written):
    new, quoted = quoting.part(text)
    assert new == written
    assert "".join((new + quoted).split()) == "".join(text.split())


def test_markup_leaves_words_alone():
    markup = "<head><title>x</title></head><p>Hi <b>there</b></p><div>two<br>three</div><script>alert(1)</script>"
    assert reading.plain(markup) == "Hi there\n\ntwo\nthree"
    assert reading.plain("<div>" * 5000 + "deep") == ""
