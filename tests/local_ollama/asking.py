"""Requests as bytes over HTTP, so that no client hides what is sent and what comes back."""

from __future__ import annotations

import http.client
import json
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

PATIENCE_S = 30.0


def wait_until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def raw(url: str, method: str, path: str, body: bytes | None = None) -> tuple[int, str, bytes]:
    """Status, content type and content of one request."""
    connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=PATIENCE_S)
    try:
        connection.request(method, path, body)
        answer = connection.getresponse()
        return answer.status, answer.getheader("Content-Type") or "", answer.read()
    finally:
        connection.close()


def post(url: str, path: str, **fields: Any) -> tuple[int, Any]:
    status, _, content = raw(url, "POST", path, json.dumps(fields).encode())
    return status, json.loads(content)
