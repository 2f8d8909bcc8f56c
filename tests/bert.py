"""all-MiniLM-L6-v2 in plain numpy, from its published files: a reference for the converted one.

Devlin et al. 2019 for the layers, Wu et al. 2016 for WordPiece; the sentence vector is the mean
over tokens, at unit length.
"""

from __future__ import annotations

import json
import math
import re
import unicodedata

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import load

Array = NDArray[np.float64]
erf = np.vectorize(math.erf)


class Bert:
    """The published model, in 64-bit floats."""

    def __init__(self, config: bytes, tokenizer: bytes, weights: bytes) -> None:
        self.config = json.loads(config)
        self.words: dict[str, int] = json.loads(tokenizer)["model"]["vocab"]
        self.weights = {name: w.astype(np.float64) for name, w in load(weights).items()}

    def embed(self, text: str) -> Array:
        x = self._first(self.tokens(text))
        for n in range(self.config["num_hidden_layers"]):
            x = self._layer(x, f"encoder.layer.{n}.")
        mean = x.mean(axis=0)
        return mean / np.linalg.norm(mean)

    def tokens(self, text: str) -> list[int]:
        """WordPiece: the longest known piece first, word by word."""
        plain = unicodedata.normalize("NFD", text.lower())
        plain = "".join(c for c in plain if unicodedata.category(c) != "Mn")
        ids = [self.words["[CLS]"]]
        for word in re.findall(r"\w+|[^\w\s]", plain):
            ids += self._pieces(word)
        return [*ids, self.words["[SEP]"]]

    def _pieces(self, word: str) -> list[int]:
        ids, start = [], 0
        while start < len(word):
            for end in range(len(word), start, -1):
                piece = ("##" if start else "") + word[start:end]
                if piece in self.words:
                    ids.append(self.words[piece])
                    start = end
                    break
            else:
                return [self.words["[UNK]"]]
        return ids

    def _first(self, ids: list[int]) -> Array:
        w, at = self.weights, "embeddings."
        x = w[f"{at}word_embeddings.weight"][ids]
        x = x + w[f"{at}position_embeddings.weight"][: len(ids)]
        return self._norm(x + w[f"{at}token_type_embeddings.weight"][0], f"{at}LayerNorm.")

    def _layer(self, x: Array, at: str) -> Array:
        heads = self.config["num_attention_heads"]
        q, k, v = (
            self._dense(x, f"{at}attention.self.{name}.").reshape(len(x), heads, -1)
            for name in ("query", "key", "value")
        )
        scores = np.einsum("ihd,jhd->hij", q, k) / np.sqrt(q.shape[2])
        weights = np.exp(scores - scores.max(axis=2, keepdims=True))
        weights /= weights.sum(axis=2, keepdims=True)
        mixed = np.einsum("hij,jhd->ihd", weights, v).reshape(len(x), -1)
        out = self._dense(mixed, f"{at}attention.output.dense.")
        x = self._norm(x + out, f"{at}attention.output.LayerNorm.")
        wide = self._dense(x, f"{at}intermediate.dense.")
        gelu = wide * 0.5 * (1 + erf(wide / math.sqrt(2)))
        return self._norm(x + self._dense(gelu, f"{at}output.dense."), f"{at}output.LayerNorm.")

    def _dense(self, x: Array, at: str) -> Array:
        return x @ self.weights[f"{at}weight"].T + self.weights[f"{at}bias"]

    def _norm(self, x: Array, at: str) -> Array:
        centred = x - x.mean(axis=1, keepdims=True)
        scale = np.sqrt((centred**2).mean(axis=1, keepdims=True) + self.config["layer_norm_eps"])
        return centred / scale * self.weights[f"{at}weight"] + self.weights[f"{at}bias"]
