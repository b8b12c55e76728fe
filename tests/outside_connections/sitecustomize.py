"""Writes down every connection to another machine, in each Python that a test run starts.

Every Python reads a module of this name as it starts, from a folder of PYTHONPATH; `tests/conftest.py` puts it there.
What is seen goes to the file that OUTSIDE_CONNECTIONS names. pip asks the package index where tests install something.
"""

import os
import sys

VARIABLE = "OUTSIDE_CONNECTIONS"
_SENDS = frozenset({"socket.connect", "socket.sendto", "socket.sendmsg", "socket.getaddrinfo"})
_HERE = frozenset({"", "None", "localhost", "::1", "::", "0.0.0.0"})


def is_outside(address: object) -> bool:
    """Return whether an address is one of another machine. Sockets of this machine have a path, and no pair."""
    host = address[0] if isinstance(address, tuple) and address else ""
    if isinstance(host, bytes):
        host = host.decode("ascii", "replace")
    return str(host) not in _HERE and not str(host).removeprefix("::ffff:").startswith("127.")


def _is_number(host: object) -> bool:
    """Return whether a host is an address in figures, of which a lookup asks nobody."""
    import ipaddress

    try:
        ipaddress.ip_address(host.decode("ascii", "replace") if isinstance(host, bytes) else str(host))
    except ValueError:
        return False
    return True


def _is_pip() -> bool:
    """Return whether this is `pip` or `python -m pip`."""
    from pathlib import Path

    program = Path(sys.argv[0] if getattr(sys, "argv", None) else "")
    return program.parent.name == "pip" or program.name.rstrip("0123456789.") == "pip"


def note_connection(event: str, arguments: tuple[object, ...]) -> None:
    """Hear of every audited event of this Python."""
    if event not in _SENDS:
        return
    asked = event == "socket.getaddrinfo"  # a name that is looked up is asked of another machine
    place = (arguments[0], arguments[1]) if asked else arguments[1]
    if not is_outside(place) or (asked and _is_number(arguments[0])):
        return
    import socket

    # A connection of datagrams sends nothing: it is how programs ask for their own address.
    told_only = event == "socket.connect" and getattr(arguments[0], "type", None) == socket.SOCK_DGRAM
    path = os.environ.get(VARIABLE)
    if path and not told_only and not _is_pip():
        file = os.open(path, os.O_APPEND | os.O_CREAT | os.O_WRONLY)
        os.write(file, f"{event} {place} by {sys.argv[:3]}\n".encode())
        os.close(file)


sys.addaudithook(note_connection)
