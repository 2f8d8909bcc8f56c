"""The packages of the other engines: which are here, and what to do when one is missing."""

from __future__ import annotations

from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from wellness.errors import WellnessError


class EngineMissing(WellnessError):
    """The package of an engine is not installed."""

    hint = "`python3 install.py engines` adds the databases that Redis is compared with."

    def __init__(self, module: str) -> None:
        self.module = module
        super().__init__(f"The package {module!r} is not installed.")


class EngineProblem(WellnessError):
    """An engine is installed and does not start or answer."""


def load(module: str) -> Any:
    """Import a module of an engine's package.

    Raises:
        EngineMissing: it is not installed.
    """
    try:
        return import_module(module)
    except ModuleNotFoundError as error:
        raise EngineMissing(module) from error


def is_here(module: str) -> bool:
    """Whether a top-level module could be imported, without importing it.

    >>> is_here("json"), is_here("a_module_that_nobody_has")
    (True, False)
    """
    return find_spec(module) is not None


def folder(module: str) -> Path:
    """Where a package lies, without importing it.

    Raises:
        EngineMissing: it is not installed.
    """
    spec = find_spec(module)
    if spec is None or not spec.submodule_search_locations:
        raise EngineMissing(module)
    return Path(next(iter(spec.submodule_search_locations)))


def version_of(distribution: str) -> str:
    """The installed version of a distribution; empty if it is not installed."""
    try:
        return version(distribution)
    except PackageNotFoundError:
        return ""
