"""Embedders whose vectors are known, for tests of exact geometry."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import numpy as np

from wellness.memory.embedder import Vectors


class Scattered:
    """Each text gets a random direction of its own, the same in every process."""

    def __init__(self, dimensions: int = 16, model: str = "scattered:16") -> None:
        self.dimensions, self.model = dimensions, model

    def embed(self, texts: Sequence[str]) -> Vectors:
        rows = np.empty((len(texts), self.dimensions), dtype=np.float32)
        for row, text in zip(rows, texts, strict=True):
            digest = hashlib.blake2b(text.encode("utf-8", "replace"), digest_size=8).digest()
            row[:] = np.random.default_rng(int.from_bytes(digest)).standard_normal(self.dimensions)
        return rows / np.linalg.norm(rows, axis=1, keepdims=True)


class Same(Scattered):
    """All texts are one: whatever keeps them apart, it is not the vector."""

    def embed(self, texts: Sequence[str]) -> Vectors:
        return np.tile(super().embed(["one"]), (len(texts), 1)).reshape(-1, self.dimensions)
