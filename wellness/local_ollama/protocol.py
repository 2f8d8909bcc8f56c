"""Ollama's HTTP protocol, as far as the kit speaks it: which models there are, and embeddings.

Source: https://github.com/ollama/ollama/blob/main/docs/api.md
"""

from __future__ import annotations

import json
import math
import os
import sys
import time
import traceback
from collections.abc import Callable, Mapping
from functools import partial
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from wellness.local_ollama.engine import Engine, TooLong

PID_HEADER = "X-Wellness-Pid"  # tells this server from another one on a reused port
VERSION = "0.0.0-wellness"
LARGEST_BODY = 64 << 20  # bytes of a request: a thousand long texts are far below
Json = dict[str, Any]


class Refused(Exception):
    """A request that is answered with an error, as Ollama words it."""

    def __init__(self, status: HTTPStatus, message: str) -> None:
        self.status, self.message = status, message
        super().__init__(message)


def serve(engines: Mapping[str, Engine]) -> ThreadingHTTPServer:
    """A server on a free port of loopback, one thread a connection; not yet serving."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Handler, engines))
    server.daemon_threads = True
    return server


class Handler(BaseHTTPRequestHandler):
    """Answers one connection."""

    protocol_version = "HTTP/1.1"
    # Head and body leave together: in two packets, Nagle's algorithm and the client's delayed
    # acknowledgement wait for each other, some 40 ms an answer.
    wbufsize = -1
    disable_nagle_algorithm = True

    def __init__(self, engines: Mapping[str, Engine], *args: Any) -> None:
        self.engines = engines
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
        match self.path:
            case "/":
                return "Ollama is running"
            case "/api/version":
                return {"version": VERSION}
            case "/api/tags" | "/api/ps":
                return {"models": [_listed(engine) for engine in self.engines.values()]}
        raise Refused(HTTPStatus.NOT_FOUND, "404 page not found")

    def _post(self) -> Json:
        routes: dict[str, Callable[[Engine, Json], Json]] = {
            "/api/embed": _embed,
            "/api/embeddings": _embedding,
            "/api/show": _show,
        }
        body = self._body()
        if not (route := routes.get(self.path)):
            raise Refused(HTTPStatus.NOT_FOUND, "404 page not found")
        return route(self._engine(body), body)

    def _body(self) -> Json:
        length = int(self.headers.get("Content-Length") or 0)
        if length > LARGEST_BODY:
            self.close_connection = True
            raise Refused(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "request body is too large")
        raw = self.rfile.read(length)
        if not raw:
            raise Refused(HTTPStatus.BAD_REQUEST, "missing request body")
        try:
            body = json.loads(raw)
        except ValueError as error:
            raise Refused(HTTPStatus.BAD_REQUEST, str(error)) from error
        if not isinstance(body, dict):
            raise Refused(HTTPStatus.BAD_REQUEST, "the request must be a JSON object")
        return body

    def _engine(self, body: Json) -> Engine:
        name = str(body.get("model") or body.get("name") or "")
        if not name:
            raise Refused(HTTPStatus.BAD_REQUEST, "model is required")
        full = name if ":" in name else f"{name}:latest"
        if engine := self.engines.get(full):
            return engine
        raise Refused(HTTPStatus.NOT_FOUND, f'model "{name}" not found, try pulling it first')

    def _answer(self, handle: Callable[[], Json | str]) -> None:
        status = HTTPStatus.OK
        try:
            answer = handle()
        except Refused as refused:
            status, answer = refused.status, {"error": refused.message}
        except Exception as error:
            traceback.print_exc(file=sys.stderr)  # to the log
            status, answer = HTTPStatus.INTERNAL_SERVER_ERROR, {"error": str(error)}
        text = isinstance(answer, str)
        content = answer.encode() if isinstance(answer, str) else json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("Content-Type", "text/plain" if text else "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.send_header(PID_HEADER, str(os.getpid()))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)


def _listed(engine: Engine) -> Json:
    return {
        "name": engine.name,
        "model": engine.name,
        "modified_at": engine.modified_at,
        "size": engine.path.stat().st_size,
        "digest": engine.digest,
        "details": _details(),
    }


def _details() -> Json:
    return {
        "format": "gguf",
        "family": "bert",
        "families": ["bert"],
        "parameter_size": "23M",
        "quantization_level": "F16",
    }


def _show(engine: Engine, _: Json) -> Json:
    architecture = {
        "general.architecture": "bert",
        "bert.context_length": engine.context,
        "bert.embedding_length": engine.dimensions,
    }
    return {
        "modified_at": engine.modified_at,
        "details": _details(),
        "model_info": architecture,
        "capabilities": ["embedding"],
    }


def _embed(engine: Engine, body: Json) -> Json:
    begun = time.perf_counter_ns()
    given = body.get("input", "")
    texts = given if isinstance(given, list) else [given]
    if not all(isinstance(text, str) for text in texts):
        raise Refused(HTTPStatus.BAD_REQUEST, "invalid input type")
    if given in ("", []):  # as Ollama does
        return {"model": engine.name, "embeddings": []}
    try:
        found = engine.embed(texts, truncate=bool(body.get("truncate", True)))
    except TooLong as error:
        message = f"the input length exceeds the context length: {error}"
        raise Refused(HTTPStatus.BAD_REQUEST, message) from error
    return {
        "model": engine.name,
        "embeddings": [_shortened(vector, body.get("dimensions")) for vector in found.vectors],
        "total_duration": time.perf_counter_ns() - begun,
        "load_duration": 0,
        "prompt_eval_count": found.tokens,
    }


def _embedding(engine: Engine, body: Json) -> Json:
    """The older call: one text in, one vector out."""
    found = _embed(engine, {"input": body.get("prompt", "")})["embeddings"]
    return {"embedding": found[0] if found else []}


def _shortened(vector: list[float], dimensions: int | None) -> list[float]:
    """The first dimensions, at unit length again."""
    if not dimensions or dimensions >= len(vector):
        return vector
    part = vector[:dimensions]
    length = math.hypot(*part) or 1.0
    return [value / length for value in part]
