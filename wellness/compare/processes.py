"""New processes for the comparison, each without anything of ours but what it is given.

They are forked from a small server that has imported the package once: a fork of the caller would
share its connections and threads, and a new interpreter each time would import for a second.
"""

from __future__ import annotations

import multiprocessing
from typing import Any


def context() -> Any:
    """A context of `multiprocessing` with `Process`, `Pipe` and `Value`."""
    found = multiprocessing.get_context("forkserver")
    found.set_forkserver_preload(["wellness.compare.engines", "wellness.compare.corpus"])
    return found
