"""Choose ports for the servers of tests: nobody else takes them before the server listens."""

import random
import socket

# Below what Linux gives to outgoing connections (from 32,768): one of those, or its remains, must not take a port
# between its choice and the start of the server it is for.
PORTS = range(12_000, 32_000)
_signs: list[socket.socket] = []


def free_port() -> int:
    """Return a port of the loopback address that nobody uses now, and that no other process of the tests is given.

    The UDP port of the same number is held as the sign that it is given.
    """
    while True:
        port = random.SystemRandom().choice(PORTS)
        sign = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        with socket.socket() as probe:
            try:
                sign.bind(("127.0.0.1", port))
                probe.bind(("127.0.0.1", port))
            except OSError:
                sign.close()
                continue
        _signs.append(sign)
        return port
