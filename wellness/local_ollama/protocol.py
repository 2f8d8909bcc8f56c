"""Ollama's protocol over HTTP: requests in, answers and errors out as Ollama words them.

A stream is a line of JSON for each piece, sent when the piece is there.
What each call answers stands in `wellness.local_ollama.answers`.
Source: https://github.com/ollama/ollama/blob/main/docs/api.md
"""

from __future__ import annotations

import json
import os
import socket
import sys
import traceback
from collections.abc import Callable, Generator
from contextlib import closing
from datetime import datetime
from functools import partial
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

from wellness.local_ollama.address import HOST, PID_HEADER
from wellness.local_ollama.answers import GET, POST, Json, Model
from wellness.local_ollama.replies import Client, Stream
from wellness.local_ollama.requests import Refused
from wellness.local_ollama.runner import Abandoned
from wellness.local_ollama.shelf import Shelf

LARGEST_BODY = 64 << 20  # bytes of a request: a thousand long texts are far below
LOOPBACK = {HOST, "localhost", "::1"}


class Server(ThreadingHTTPServer):
    """Listens on a free port of loopback; one thread a connection."""

    daemon_threads = True
    request_queue_size = 128  # connections that may wait: many notebooks ask at once

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away before its answer is nothing to log."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


def serve(shelf: Shelf, now: Callable[[], datetime]) -> Server:
    """A server of models; it answers once `serve_forever` is called. `now` is the clock."""
    return Server((HOST, 0), partial(Handler, shelf, now))


class Handler(BaseHTTPRequestHandler):
    """Answers one connection."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # or a small answer waits for an acknowledgement

    def __init__(self, shelf: Shelf, now: Callable[[], datetime], *args: Any) -> None:
        self.shelf, self.now = shelf, now
        super().__init__(*args)

    def do_HEAD(self) -> None:
        """Clients ask whether somebody is there."""
        self._answer(self._get)

    def do_GET(self) -> None:
        """What there is."""
        self._answer(self._get)

    def do_POST(self) -> None:
        """What models do."""
        self._answer(self._post)

    def log_message(self, format: str, *args: Any) -> None:
        """Requests are not logged: they hold what people say."""

    def _get(self) -> Json | str:
        if route := GET.get(urlsplit(self.path).path):
            return route(self.shelf)
        raise Refused(HTTPStatus.NOT_FOUND, "404 page not found")

    def _post(self) -> Json | Stream:
        body = self._body()
        if route := POST.get(urlsplit(self.path).path):
            return route(self.shelf, self._model(body), body, Client(self._gone, self.now))
        raise Refused(HTTPStatus.NOT_FOUND, "404 page not found")

    def _body(self) -> Json:
        try:
            length = int(self.headers.get("Content-Length") or 0)
        except ValueError:
            length = -1
        if length < 0 or length > LARGEST_BODY or "Transfer-Encoding" in self.headers:
            self.close_connection = True  # where the next request begins is not known
            status = HTTPStatus.REQUEST_ENTITY_TOO_LARGE
            if length <= LARGEST_BODY:
                status = HTTPStatus.LENGTH_REQUIRED
            raise Refused(status, f"{status.phrase}: send a body with its Content-Length")
        raw = self.rfile.read(length)
        if not raw:
            raise Refused(HTTPStatus.BAD_REQUEST, "missing request body")
        try:
            body = json.loads(raw)
        except (ValueError, RecursionError) as error:
            raise Refused(HTTPStatus.BAD_REQUEST, str(error)) from error
        if not isinstance(body, dict):
            raise Refused(HTTPStatus.BAD_REQUEST, "the request must be a JSON object")
        return body

    def _model(self, body: Json) -> Model:
        """The model of a request."""
        name = body.get("model") or body.get("name")
        if not name or not isinstance(name, str):
            raise Refused(HTTPStatus.BAD_REQUEST, "model is required")
        if model := self.shelf.find(name):
            return model
        raise Refused(HTTPStatus.NOT_FOUND, f'model "{name}" not found, try pulling it first')

    def _gone(self) -> bool:
        """Whether the client has closed its connection; asked while its answer is made."""
        try:
            return not self.connection.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT)
        except BlockingIOError:
            return False
        except OSError:
            return True

    def _answer(self, handle: Callable[[], Json | str | Stream]) -> None:
        status, first = HTTPStatus.OK, None
        try:
            self._admit()
            answer = handle()
            if isinstance(answer, Generator):
                first = next(answer)  # what is wrong shows now, before a status is sent
        except Abandoned:
            self.close_connection = True
            return
        except Refused as refused:
            status, answer = refused.status, {"error": refused.message}
        except Exception as error:
            traceback.print_exc(file=sys.stderr)  # to the log
            status, answer = HTTPStatus.INTERNAL_SERVER_ERROR, {"error": str(error)}
        if first is not None and isinstance(answer, Generator):
            self._stream(first, answer)
        else:
            self._whole(status, answer)

    def _whole(self, status: HTTPStatus, answer: Any) -> None:
        text = isinstance(answer, str)
        content = answer.encode() if text else json.dumps(answer).encode()
        self._head(status, "text/plain" if text else "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)

    def _stream(self, first: Json, rest: Stream) -> None:
        self._head(HTTPStatus.OK, "application/x-ndjson")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        with closing(rest):  # its end lets go of the model
            self._piece(first)
            try:
                for item in rest:
                    self._piece(item)
            except Abandoned:
                self.close_connection = True
                return
            except Refused as refused:
                self._piece({"error": refused.message})
        self.wfile.write(b"0\r\n\r\n")

    def _piece(self, item: Json) -> None:
        line = json.dumps(item).encode() + b"\n"
        self.wfile.write(b"%x\r\n%b\r\n" % (len(line), line))

    def _head(self, status: HTTPStatus, kind: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header(PID_HEADER, str(os.getpid()))
        if self.close_connection:
            self.send_header("Connection", "close")

    def _admit(self) -> None:
        """Refuse web pages that reach loopback under a name of their own, as Ollama does."""
        try:
            named = urlsplit(f"//{self.headers.get('Host', HOST)}").hostname
        except ValueError:
            named = None
        if named not in LOOPBACK:
            self.close_connection = True  # its body has not been read
            raise Refused(HTTPStatus.FORBIDDEN, "only loopback is served")
