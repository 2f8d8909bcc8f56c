"""all-MiniLM-L6-v2 from safetensors to GGUF, the format that llama.cpp reads.

GGUF is a list of named values (sizes, vocabulary, special tokens) and of named tensors. Matrices
are stored as 16-bit floats, vectors and what is added to activations as 32-bit ones.
Format: https://github.com/ggml-org/ggml/blob/master/docs/gguf.md
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import gguf
import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import load

EMBEDDINGS = {
    "embeddings.word_embeddings.weight": "token_embd.weight",
    "embeddings.position_embeddings.weight": "position_embd.weight",
    "embeddings.token_type_embeddings.weight": "token_types.weight",
    "embeddings.LayerNorm.weight": "token_embd_norm.weight",
    "embeddings.LayerNorm.bias": "token_embd_norm.bias",
}
OF_A_LAYER = {
    "attention.self.query": "attn_q",
    "attention.self.key": "attn_k",
    "attention.self.value": "attn_v",
    "attention.output.dense": "attn_output",
    "attention.output.LayerNorm": "attn_output_norm",
    "intermediate.dense": "ffn_up",
    "output.dense": "ffn_down",
    "output.LayerNorm": "layer_output_norm",
}
FULL_PRECISION = {"position_embd.weight", "token_types.weight"}
SPECIAL = ("[PAD]", "[CLS]", "[SEP]", "[MASK]")
WORD_START = "\u2581"  # llama.cpp marks where words begin; WordPiece marks where they go on: ##


def convert(config: bytes, tokenizer: bytes, weights: bytes, out: Path) -> None:
    """Write a GGUF file from the three files of the published model."""
    sizes: dict[str, Any] = json.loads(config)
    vocabulary: dict[str, int] = json.loads(tokenizer)["model"]["vocab"]
    writer = gguf.GGUFWriter(out, "bert")
    _add_sizes(writer, sizes)
    _add_vocabulary(writer, vocabulary)
    writer.add_token_type_count(sizes["type_vocab_size"])
    tensors = load(weights)
    for source, target in names(sizes["num_hidden_layers"]):
        writer.add_tensor(target, _precision(target, tensors[source]))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def names(layers: int) -> Iterator[tuple[str, str]]:
    """Each tensor's name in the published model, and in GGUF."""
    yield from EMBEDDINGS.items()
    for layer in range(layers):
        for theirs, ours in OF_A_LAYER.items():
            for part in ("weight", "bias"):
                yield f"encoder.layer.{layer}.{theirs}.{part}", f"blk.{layer}.{ours}.{part}"


def _add_sizes(writer: gguf.GGUFWriter, sizes: dict[str, Any]) -> None:
    writer.add_name("all-MiniLM-L6-v2")
    writer.add_license("apache-2.0")
    writer.add_source_url("https://huggingface.co/sentence-transformers/all-MiniLM-L6-v2")
    writer.add_context_length(sizes["max_position_embeddings"])
    writer.add_embedding_length(sizes["hidden_size"])
    writer.add_block_count(sizes["num_hidden_layers"])
    writer.add_feed_forward_length(sizes["intermediate_size"])
    writer.add_head_count(sizes["num_attention_heads"])
    writer.add_layer_norm_eps(sizes["layer_norm_eps"])
    writer.add_causal_attention(False)
    writer.add_pooling_type(gguf.PoolingType.MEAN)
    writer.add_file_type(gguf.LlamaFileType.MOSTLY_F16)


def _add_vocabulary(writer: gguf.GGUFWriter, vocabulary: dict[str, int]) -> None:
    tokens, types = zip(
        *(_token(word) for word, _ in sorted(vocabulary.items(), key=lambda item: item[1])),
        strict=True,
    )
    writer.add_tokenizer_model("bert")
    writer.add_tokenizer_pre("default")
    writer.add_token_list(tokens)
    writer.add_token_types(types)
    writer.add_bos_token_id(vocabulary["[CLS]"])
    writer.add_eos_token_id(vocabulary["[SEP]"])
    writer.add_sep_token_id(vocabulary["[SEP]"])
    writer.add_pad_token_id(vocabulary["[PAD]"])
    writer.add_unk_token_id(vocabulary["[UNK]"])
    writer.add_mask_token_id(vocabulary["[MASK]"])
    writer.add_uint32("tokenizer.ggml.cls_token_id", vocabulary["[CLS]"])
    writer.add_add_bos_token(True)


def _token(word: str) -> tuple[str, gguf.TokenType]:
    if word in SPECIAL or word.startswith("[unused"):
        return word, gguf.TokenType.CONTROL
    if word == "[UNK]":
        return word, gguf.TokenType.UNKNOWN
    if word.startswith("##"):
        return word.removeprefix("##"), gguf.TokenType.NORMAL
    return WORD_START + word, gguf.TokenType.NORMAL


def _precision(name: str, tensor: NDArray[Any]) -> NDArray[Any]:
    full = tensor.ndim == 1 or "norm" in name or name in FULL_PRECISION
    return tensor.astype(np.float32 if full else np.float16)
