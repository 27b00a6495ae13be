"""Devices are named as their owners know them."""

import pytest

from backend.sessions import devices

MAC = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) "
IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "


@pytest.mark.parametrize(
    ("user_agent", "name"),
    [
        (MAC + "Chrome/131.0.0.0 Safari/537.36", "Chrome on Mac"),
        (MAC + "Chrome/131.0.0.0 Safari/537.36 Edg/131.0.0.0", "Edge on Mac"),
        (IPHONE + "Version/18.0 Mobile/15E148 Safari/604.1", "Safari on iPhone"),
        (IPHONE + "CriOS/131.0 Mobile/15E148 Safari/604.1", "Chrome on iPhone"),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:133.0) Gecko/20100101 Firefox/133.0", "Firefox on Linux"),
        (
            "Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 Chrome/131.0 Mobile Safari/537.36",
            "Chrome on Android",
        ),
        ("curl/8.5.0", "Unknown device"),
        ("", "Unknown device"),
        ("<script>alert(1)</script>", "Unknown device"),
    ],
)
def test_a_device_is_named(user_agent, name):
    assert devices.name(user_agent) == name
