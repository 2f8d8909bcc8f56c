"""Keeps every Python process that finds this folder on PYTHONPATH to the loopback interface.

Python imports `sitecustomize` before anything else. An audit hook cannot be taken off again, and
it hears every socket that Python code opens, in whichever library. A refused attempt is an error,
and a line in the file that WELLNESS_TEST_REFUSED names, so that it is seen even where the error is
swallowed. What is not Python (Redis, Postgres) is not heard.
"""

from __future__ import annotations

import ipaddress
import os
import socket
import sys

CONNECTS = {"socket.connect", "socket.sendto", "socket.sendmsg"}
ASKS = {"socket.getaddrinfo", "socket.gethostbyname"}
INTERNET = {socket.AF_INET, socket.AF_INET6}
LOCAL_NAMES = {"localhost", "ip6-localhost", socket.gethostname()}


def is_local(host: object, *, unless_name: bool = False) -> bool:
    """Whether an address is this machine's loopback; `unless_name`: or any address but no name."""
    text = host.decode("idna") if isinstance(host, bytes | bytearray) else str(host or "localhost")
    try:
        found = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return text in LOCAL_NAMES
    mapped = getattr(found, "ipv4_mapped", None)
    return unless_name or (mapped or found).is_loopback


def guard(event: str, args: tuple[object, ...]) -> None:
    """Refuse what leaves this machine, and what listens to others."""
    if event in CONNECTS:
        at, address = args[0], args[1]
        if getattr(at, "family", None) in INTERNET and isinstance(address, tuple):
            refuse_unless(is_local(address[0]), event, address)
    elif event == "socket.bind":
        at, address = args[0], args[1]
        if getattr(at, "family", None) in INTERNET and isinstance(address, tuple):
            refuse_unless(bool(address[0]) and is_local(address[0]), event, address)
    elif event in ASKS:
        refuse_unless(is_local(args[0], unless_name=True), event, args[0])


def refuse_unless(allowed: bool, event: str, what: object) -> None:
    """Raise, and write down what was tried."""
    if not allowed:
        line = f"{event} {what!r} in {repr(sys.orig_argv)[:300]}\n"
        if path := os.environ.get("WELLNESS_TEST_REFUSED"):
            sink = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
            os.write(sink, line.encode("utf-8", "backslashreplace"))
            os.close(sink)
        raise OSError(f"This test allows no network beyond loopback: {line.strip()}")


sys.addaudithook(guard)
