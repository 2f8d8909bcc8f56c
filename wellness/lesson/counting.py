"""An embedder that counts what it is asked, so that a lesson can show what a cache saves."""

from __future__ import annotations

import threading
from collections.abc import Sequence

from wellness.memory.embedder import Embedder, Vectors


class CountingEmbedder:
    """Another embedder, with a count.

    Args:
        embedder: does the work.
        name: of the model, if it shall pass for another one.

    Attributes:
        texts: how many were embedded.
    """

    def __init__(self, embedder: Embedder, *, name: str = "") -> None:
        self._embedder, self._lock = embedder, threading.Lock()
        self.model, self.dimensions, self.texts = name or embedder.model, embedder.dimensions, 0

    def embed(self, texts: Sequence[str]) -> Vectors:
        """See `Embedder.embed`."""
        with self._lock:
            self.texts += len(texts)
        return self._embedder.embed(texts)
