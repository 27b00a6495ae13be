"""What sipp does as a telephone: calls in with the carrier's login, answers, rings on, or refuses (its XML scenarios).

Words in brackets are sipp's own, or given to it: `[heard_port]` is where sound is taken by the test, which can then
say what the agent said; `said.ulaw` is what it plays, over and over. An INFO of the test's says that the phone is put
down: sipp does what it is told by the next message alone.
"""

SAID = "said.ulaw"
OURS = "sip:+14155550177@[local_ip]:[local_port]"
_WAY = "Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]"
_SDP = """Content-Type: application/sdp
Content-Length: [len]

v=0
o=- 1 1 IN IP4 [local_ip]
s=-
c=IN IP4 [local_ip]
t=0 0
m=audio [heard_port] RTP/AVP 0 101
a=rtpmap:0 PCMU/8000
a=rtpmap:101 telephone-event/8000
a=ptime:20"""
_EMPTY = "Content-Length: 0"
# LiveKit's SIP service loses an answer that comes before it waits for one, within microseconds, as over no real line:
# what is asked of sipp is answered a little later.
_THINKS = '<pause milliseconds="500"/>'
_TALKS = f'<nop><action><exec rtp_stream="{SAID},-1,0"/></action></nop>'
_SAME = "[last_Via:]\n[last_From:]\n[last_To:]\n[last_Call-ID:]\n[last_CSeq:]"
_TAGGED = _SAME.replace("[last_To:]", "[last_To:];tag=[pid]")


def _sends(*lines: str, again: bool = False) -> str:
    retrans = ' retrans="500"' if again else ""
    return f"<send{retrans}><![CDATA[\n\n" + "\n".join(lines) + "\n\n]]></send>"


def _hears(what: str, **more: str) -> str:
    kind = "response" if what.isdecimal() else "request"
    return f'<recv {kind}="{what}"' + "".join(f' {name}="{value}"' for name, value in more.items()) + "/>"


def _scenario(*parts: str) -> str:
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<scenario name="telephone">\n' + "\n".join(parts) + "\n</scenario>\n"
    )


def _asks(method: str, cseq: str, *more: str) -> tuple[str, ...]:
    """Return a request of who calls in, up to its body."""
    return (
        f"{method} sip:[service]@[remote_ip]:[remote_port] SIP/2.0",
        _WAY,
        f"From: <{OURS}>;tag=[pid]",
        "To: <sip:[service]@[remote_ip]:[remote_port]>" + ("" if method == "INVITE" else "[peer_tag_param]"),
        "Call-ID: [call_id]",
        f"CSeq: {cseq} {method}",
        f"Contact: <{OURS}>",
        "Max-Forwards: 70",
        *more,
    )


_HEADERS = ("X-Call-Id: [ours]", "X-Call-Ticket: [ticket]")
_LOGS_IN = (
    _sends(*_asks("INVITE", "1", *_HEADERS, _SDP), again=True),
    _hears("100", optional="true"),
    _hears("407", auth="true"),
    _sends(*_asks("ACK", "1", _EMPTY)),
    _sends(*_asks("INVITE", "2", "[authentication]", *_HEADERS, _SDP), again=True),
    _hears("100", optional="true"),
)

# Whoever calls in: the trunk asks for the login; then they talk until one of the two puts the phone down.
CALLS = _scenario(
    *_LOGS_IN,
    _hears("180", optional="true"),
    _hears("183", optional="true"),
    _hears("200", rrs="true"),
    _sends(*_asks("ACK", "2", _EMPTY)),
    _TALKS,
    _hears("BYE", optional="true", next="put_down"),
    _hears("INFO"),
    _sends("SIP/2.0 200 OK", _SAME, _EMPTY),
    _sends(*_asks("BYE", "3", _EMPTY), again=True),
    _hears("200", next="over"),
    '<label id="put_down"/>',
    _sends("SIP/2.0 200 OK", _SAME, _EMPTY),
    '<label id="over"/>',
)


def turned_away(answer: str) -> str:
    """Return who calls in and is answered by nobody but with this status of SIP's, such as `401`."""
    return _scenario(*_LOGS_IN, _hears("180", optional="true"), _hears(answer), _sends(*_asks("ACK", "2", _EMPTY)))


_RINGS = _sends("SIP/2.0 180 Ringing", _TAGGED, f"Contact: <{OURS}>", _EMPTY)
# Who calls is named again in what is asked of them later.
_KEEPS = '<action><ereg regexp=".*" search_in="hdr" header="From:" assign_to="caller"/></action>'


def refuses(answer: str) -> str:
    """Return who answers a call with a SIP status such as `486 Busy Here`."""
    return _scenario(_hears("INVITE"), _THINKS, _sends(f"SIP/2.0 {answer}", _TAGGED, _EMPTY, again=True), _hears("ACK"))


# A telephone that nobody takes, until whoever calls gives up.
RINGS = _scenario(
    _hears("INVITE"),
    _RINGS,
    _hears("CANCEL"),
    _sends("SIP/2.0 200 OK", _TAGGED, _EMPTY),
    _sends(
        "SIP/2.0 487 Request Terminated",
        _TAGGED.replace("[last_CSeq:]", "CSeq: [last_cseq_number] INVITE"),
        _EMPTY,
    ),
)


def answers(refer: str = "202 Accepted", came_of_it: str = "200 OK") -> str:
    """Return who answers and talks: what they say to a REFER, and what comes of one that was accepted."""
    notifies = (
        _sends(
            "NOTIFY [next_url] SIP/2.0",
            _WAY,
            f"From: <{OURS}>;tag=[pid]",
            "To:[$caller]",
            "[last_Call-ID:]",
            "CSeq: 1 NOTIFY",
            f"Contact: <{OURS}>",
            "Max-Forwards: 70",
            "Event: refer",
            "Subscription-State: terminated;reason=noresource",
            "Content-Type: message/sipfrag;version=2.0",
            "Content-Length: [len]",
            "",
            f"SIP/2.0 {came_of_it}",
            again=True,
        ),
        _hears("200"),
    )
    return _scenario(
        f'<recv request="INVITE" rrs="true">{_KEEPS}</recv>',
        _RINGS,
        _THINKS,
        _sends("SIP/2.0 200 OK", _TAGGED, f"Contact: <{OURS}>", _SDP, again=True),
        _hears("ACK"),
        _TALKS,
        _hears("BYE", optional="true", next="put_down"),
        _hears("REFER"),
        _THINKS,
        _sends(f"SIP/2.0 {refer}", _SAME, f"Contact: <{OURS}>", _EMPTY),
        *(notifies if refer.startswith("202") else ()),
        _hears("BYE"),
        '<label id="put_down"/>',
        _sends("SIP/2.0 200 OK", _SAME, _EMPTY),
    )
