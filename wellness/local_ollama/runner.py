"""A chat model in memory: llama.cpp in a process of its own, asked over its HTTP on loopback.

llama.cpp stops computing when the connection of a request is closed, also in the middle of a long
prompt. So whoever asks here also says how to see that its own client has gone.
"""

from __future__ import annotations

import http.client
import json
import os
import secrets
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

Json = dict[str, Any]

CONTEXT = 4096  # tokens of a prompt and its answer together
SLOTS = 4  # answers at once, and beginnings of prompts that stay computed
BATCH = 128  # tokens of a prompt between two looks whether it is still wanted
WATCH_S = 0.1  # how late it may be noticed that a client has gone
END_S = 5.0  # a process whose input has ended needs milliseconds
PROGRAM = Path(__file__).with_name("llama.py")
LEAVING = (OSError, http.client.HTTPException, ValueError)  # what a cut connection looks like


class RunnerError(Exception):
    """The model could not be loaded, or ended; says so in Ollama's words."""


class Unanswered(Exception):
    """llama.cpp refused a request; `error` is its JSON."""

    def __init__(self, error: Json) -> None:
        self.error = error
        super().__init__(str(error.get("message") or error))


class Abandoned(Exception):
    """Whoever asked has gone, so nobody wants the answer."""


class Runner:
    """A loaded chat model; any number of threads may ask it.

    Raises:
        RunnerError: llama.cpp cannot load the file.
    """

    def __init__(self, path: Path, *, threads: int) -> None:
        self._key = secrets.token_hex()
        self._process = subprocess.Popen(
            [sys.executable, "-P", str(PROGRAM)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        config = {
            "path": str(path),
            "slots": SLOTS,
            "context": CONTEXT,
            "batch": BATCH,
            "threads": threads,
            "key": self._key,
        }
        answer = self._start(json.dumps(config).encode() + b"\n")
        if "address" not in answer:
            self.close()
            raise RunnerError(f"unable to load model: {answer.get('error', path)}")
        self._address = urlsplit(answer["address"]).netloc

    def _start(self, config: bytes) -> Json:
        assert self._process.stdin
        assert self._process.stdout
        with suppress(OSError):
            self._process.stdin.write(config)
            self._process.stdin.flush()
        for line in self._process.stdout:
            if line.startswith(b"{"):
                answer: Json = json.loads(line)
                return answer
        return {}

    def alive(self) -> bool:
        """Whether the process is still there."""
        return self._process.poll() is None

    def close(self) -> None:
        """End the process."""
        for end in (self._process.stdin, self._process.stdout):
            if end:
                with suppress(OSError):
                    end.close()
        try:
            self._process.wait(END_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def stream(self, path: str, request: Json, gone: Callable[[], bool]) -> Iterator[Json]:
        """What llama.cpp says, piece by piece, until the end of the answer.

        Raises:
            Unanswered: it refused the request.
            Abandoned: `gone` said so.
            RunnerError: the process ended.
        """
        asked = request | {"stream": True, "stream_options": {"include_usage": True}}
        with self._open(path, asked, gone) as response:
            for line in response:
                if line.startswith(b"data: {"):
                    event = json.loads(line.removeprefix(b"data: "))
                    if "error" in event:
                        raise Unanswered(event["error"])
                    yield event

    def ask(self, path: str, request: Json, gone: Callable[[], bool]) -> Json:
        """The answer to a request that has one; raises like `stream`."""
        with self._open(path, request, gone) as response:
            answer: Json = json.loads(response.read())
            return answer

    @contextmanager
    def _open(
        self, path: str, request: Json, gone: Callable[[], bool]
    ) -> Iterator[http.client.HTTPResponse]:
        # halves of surrogate pairs, which JSON can carry and UTF-8 cannot, become question marks
        body = json.dumps(request, ensure_ascii=False).encode("utf-8", "replace")
        headers = {"Content-Type": "application/json", "Authorization": f"Bearer {self._key}"}
        connection = http.client.HTTPConnection(self._address)
        try:
            connection.request("POST", path, body, headers)
            with _cut_when(gone, connection) as cut:
                try:
                    response = connection.getresponse()
                    if response.status != http.HTTPStatus.OK:
                        raise Unanswered(_error(response.read()))
                    yield response
                except LEAVING as error:
                    if cut.is_set():
                        raise Abandoned from error
                    raise
                if cut.is_set():
                    raise Abandoned
        except LEAVING as error:
            state = self._process.poll()
            reason = f"{error}" if state is None else f"exit status {state}"
            raise RunnerError(f"model runner has unexpectedly stopped: {reason}") from error
        finally:
            connection.close()


@contextmanager
def _cut_when(
    gone: Callable[[], bool], connection: http.client.HTTPConnection
) -> Iterator[threading.Event]:
    """Cut a connection as soon as `gone` says so; the event tells that this has happened."""
    done, cut = threading.Event(), threading.Event()

    def watch() -> None:
        while not done.wait(WATCH_S):
            if gone():
                cut.set()
                with suppress(OSError, AttributeError):
                    connection.sock.shutdown(socket.SHUT_RDWR)
                return

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    try:
        yield cut
    finally:
        done.set()
        watcher.join()


def _error(body: bytes) -> Json:
    try:
        found = json.loads(body)["error"]
    except (ValueError, LookupError, TypeError):
        return {"message": body.decode(errors="replace")}
    return found if isinstance(found, dict) else {"message": str(found)}


def cores() -> int:
    """How many this process may use."""
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:  # macOS
        return os.cpu_count() or 1
