"""Notice the errors that a notebook swallows: it goes on, and a test runner calls it passed.

An exception inside an ipywidgets `Output`, a widget's callback or an IPython event is shown and
forgotten; one inside an asyncio task that nobody awaits is not even shown. Each of the former
passes through the shell's `showtraceback`, which for a cell's own error is called with
`running_compiled_code`; the latter are found among the live objects and by the event loop. What
goes on in threads (`wellness.lesson.background`) fails unseen as well.
"""

from __future__ import annotations

import asyncio
import gc
import inspect
import sys
import warnings
from collections.abc import Callable, Iterator
from types import CoroutineType
from typing import Any

from wellness.lesson import background

# Tasks of these packages belong to the kernel and outlive every cell.
KERNEL = frozenset({"ipykernel", "jupyter_client", "tornado", "zmq", "anyio", "IPython", "comm"})


class Guard:
    """Watches the running kernel from `Guard()` until `stop`."""

    def __init__(self) -> None:
        self._found: list[str] = []
        self._undo: list[Callable[[], None]] = []
        self._loop = _running_loop()
        self._before = set(self._pending())
        self._watch_shell()
        self._watch_loop()
        self._watch_warnings()

    def problems(self) -> list[str]:
        """What went wrong unseen since the start or the last call, one line each."""
        gc.collect()
        found = [*self._found, *_failed_tasks(), *_forgotten_coroutines()]
        found += background.stop_all()
        for task in self._pending() - self._before:
            found.append(f"A task was never awaited and still runs: {_name(task)}.")
            task.cancel()
        self._found.clear()
        return found

    def stop(self) -> None:
        """Put everything back that was wrapped."""
        while self._undo:
            self._undo.pop()()

    def _watch_shell(self) -> None:
        ipython = sys.modules.get("IPython")
        shell = ipython.get_ipython() if ipython else None
        if shell is None:
            return
        original = shell.showtraceback

        def showtraceback(exc_tuple: Any = None, *args: Any, **options: Any) -> Any:
            error = exc_tuple[1] if exc_tuple else sys.exc_info()[1]
            if isinstance(error, Exception) and not options.get("running_compiled_code"):
                self._found.append(f"An error was shown but stopped nothing: {_text(error)}.")
            return original(exc_tuple, *args, **options)

        shell.showtraceback = showtraceback
        self._undo.append(lambda: setattr(shell, "showtraceback", original))

    def _watch_loop(self) -> None:
        loop = self._loop
        if loop is None:
            return
        original = loop.get_exception_handler()

        def handler(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
            if isinstance(error := context.get("exception"), Exception):
                self._found.append(f"An error ended in the event loop: {_text(error)}.")
            (original or _default_handler)(loop, context)

        loop.set_exception_handler(handler)
        self._undo.append(lambda: loop.set_exception_handler(original))

    def _watch_warnings(self) -> None:
        original = warnings.showwarning

        def showwarning(message: Any, category: Any, *args: Any, **options: Any) -> None:
            if category is RuntimeWarning and "was never awaited" in str(message):
                self._found.append(f"A c{str(message)[1:]}.")
            original(message, category, *args, **options)

        warnings.showwarning = showwarning
        self._undo.append(lambda: setattr(warnings, "showwarning", original))

    def _pending(self) -> set[asyncio.Task[Any]]:
        if self._loop is None:
            return set()
        return {
            task
            for task in asyncio.all_tasks(self._loop) - {asyncio.current_task(self._loop)}
            if _package(task.get_coro()) not in KERNEL
        }


def _failed_tasks() -> Iterator[str]:
    """Tasks and futures whose error nobody has looked at; looking at it here settles it."""
    for future in _live(asyncio.Future):
        if future.done() and not future.cancelled() and future._log_traceback:
            yield f"A task failed and nobody awaited it: {_text(future.exception())}."


def _forgotten_coroutines() -> Iterator[str]:
    """Coroutines made in a cell and never awaited, which so far has warned nobody."""
    for coroutine in _live(CoroutineType):
        state = inspect.getcoroutinestate(coroutine)
        if state == inspect.CORO_CREATED and _package(coroutine) == "__main__":
            yield f"A coroutine was never awaited: {coroutine.__qualname__}."
            coroutine.close()


def _live(kind: type) -> list[Any]:
    # By type(), not isinstance(): lazy proxies among the live objects would import things.
    return [thing for thing in gc.get_objects() if issubclass(type(thing), kind)]


def _package(coroutine: Any) -> str:
    frame = getattr(coroutine, "cr_frame", None)
    return str(frame.f_globals.get("__name__", "")).partition(".")[0] if frame else ""


def _name(task: asyncio.Task[Any]) -> str:
    return getattr(task.get_coro(), "__qualname__", task.get_name())


def _text(error: BaseException) -> str:
    return f"{type(error).__name__}: {error}".rstrip(".: ")


def _running_loop() -> asyncio.AbstractEventLoop | None:
    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        return None


def _default_handler(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    loop.default_exception_handler(context)
