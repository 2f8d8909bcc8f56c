"""What a GGUF file says about its model, read from its head without loading the rest.

The `gguf` package reads it too, but all of it: seconds for a vocabulary of 150,000 words.
Format: https://github.com/ggml-org/ggml/blob/master/docs/gguf.md
"""

from __future__ import annotations

import math
import os
import struct
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

SCALARS = {
    0: "B", 1: "b", 2: "H", 3: "h", 4: "I", 5: "i", 6: "f", 7: "?", 10: "Q", 11: "q", 12: "d",
}  # fmt: skip
STRING, ARRAY = 8, 9
LAYERS = 1000  # no model has so many
F16 = 2  # bytes of a value in the cache of keys and values
# `llama_ftype` in llama.h, without its prefix "mostly"; what is not here is called by its number
QUANTIZATIONS = {
    0: "F32", 1: "F16", 2: "Q4_0", 3: "Q4_1", 7: "Q8_0", 8: "Q5_0", 9: "Q5_1", 10: "Q2_K",
    11: "Q3_K_S", 12: "Q3_K_M", 13: "Q3_K_L", 14: "Q4_K_S", 15: "Q4_K_M", 16: "Q5_K_S",
    17: "Q5_K_M", 18: "Q6_K", 25: "IQ4_NL", 30: "IQ4_XS", 32: "BF16",
}  # fmt: skip


@dataclass(frozen=True)
class Header:
    """The model in a GGUF file.

    Attributes:
        architecture: for instance "qwen2".
        parameters: how many weights there are.
        quantization: how most of them are stored, for instance "Q4_K_M".
        context: tokens it was trained on at once.
        dimensions: length of the vector of a token.
        token_bytes: what a token takes in the cache of keys and values, in 16-bit floats.
    """

    architecture: str
    parameters: int
    quantization: str
    context: int
    dimensions: int
    token_bytes: int


def read(path: Path) -> Header:
    """The head of a file.

    Raises:
        ValueError: it is no GGUF file of a version that is known here, or it is cut short.
        OSError: it cannot be read.
    """
    with path.open("rb") as file:
        try:
            return _read(file)
        except (struct.error, KeyError) as error:
            raise ValueError(f"{path} is no GGUF file that is known here: {error!r}") from error


def _read(file: BinaryIO) -> Header:
    magic, version, tensors, pairs = _take(file, "4sIQQ")
    if magic != b"GGUF" or version not in (2, 3):
        raise KeyError(f"{magic!r} version {version}")
    found: dict[str, Any] = {}
    for _ in range(pairs):
        name = _string(file)
        found[name] = _value(file, *_take(file, "I"))
    parameters = 0
    for _ in range(tensors):
        _string(file)
        (dimensions,) = _take(file, "I")
        parameters += math.prod(_take(file, f"{dimensions}Q"))
        _take(file, "IQ")  # type and place
    of = str(found["general.architecture"])
    width, heads = found[f"{of}.embedding_length"], found[f"{of}.attention.head_count"]
    keys = found.get(f"{of}.attention.key_length", width // heads)
    values = found.get(f"{of}.attention.value_length", width // heads)
    shared = found.get(f"{of}.attention.head_count_kv", heads)
    quantization = found.get("general.file_type", -1)
    return Header(
        architecture=of,
        parameters=parameters,
        quantization=QUANTIZATIONS.get(quantization, f"type {quantization}"),
        context=found[f"{of}.context_length"],
        dimensions=width,
        token_bytes=found[f"{of}.block_count"] * shared * (keys + values) * F16,
    )


def _take(file: BinaryIO, form: str) -> tuple[Any, ...]:
    form = f"<{form}"  # little-endian, without padding
    return struct.unpack(form, file.read(struct.calcsize(form)))


def _string(file: BinaryIO) -> str:
    (length,) = _take(file, "Q")
    return file.read(length).decode("utf-8", "replace")


def _value(file: BinaryIO, kind: int) -> Any:
    """A value. A long array is vocabulary and is passed over; of one value a layer the largest."""
    if kind == STRING:
        return _string(file)
    if kind != ARRAY:
        return _take(file, SCALARS[kind])[0]
    of, length = _take(file, "IQ")
    if of in SCALARS and length > LAYERS:
        file.seek(length * struct.calcsize(f"<{SCALARS[of]}"), os.SEEK_CUR)
        return None
    values = [_value(file, of) for _ in range(length)]
    return max(values) if of in SCALARS and values else None
