"""Chat weights: put together and verified, found again, and a GGUF file of one's own."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path
from zipfile import ZipFile

import gguf
import numpy as np
import pytest

from wellness import models, wheels
from wellness.errors import ChecksumMismatch, SettingsError
from wellness.models import chat, gguf_header
from wellness.settings import Settings
from wellness.wheels import Bundle

TEXT = b"the weights of a model"


@pytest.fixture
def empty(tmp_path: Path) -> Settings:
    """Unlike the common one, this has an empty cache."""
    return Settings(home=tmp_path / "home", cache=tmp_path / "cache")


@pytest.fixture
def parts(tmp_path: Path) -> list[Path]:
    paths = []
    for number, piece in enumerate((TEXT[:5], TEXT[5:])):
        paths.append(tmp_path / f"part{number}.whl")
        with ZipFile(paths[-1], "w") as wheel:
            wheel.writestr("thing/__init__.py", "raise SystemExit('nobody imports this')")
            wheel.writestr(f"thing/data/part0{number}.bin", piece)
    return paths


def bundle_of(sha256: str) -> Bundle:
    return Bundle("a model", sha256, ())


def test_parts_make_the_pinned_file(parts: list[Path], tmp_path: Path) -> None:
    (tmp_path / "whole").write_bytes(TEXT)
    target = tmp_path / "joined"
    chat.join(parts, target, bundle_of(wheels.sha256(tmp_path / "whole")))
    assert target.read_bytes() == TEXT


def test_any_other_file_is_thrown_away(parts: list[Path], tmp_path: Path) -> None:
    (tmp_path / "whole").write_bytes(TEXT)
    bundle = bundle_of(wheels.sha256(tmp_path / "whole"))
    with pytest.raises(ChecksumMismatch, match="a model"):
        chat.join(parts[::-1], tmp_path / "joined", bundle)
    assert not (tmp_path / "joined").exists()


@pytest.mark.parametrize("weights", chat.WEIGHTS.values(), ids=chat.WEIGHTS)
def test_each_part_is_pinned_and_the_names_are_honest(weights: chat.Weights) -> None:
    pins = [wheel.sha256 for wheel in weights.bundle.wheels]
    assert len(set(pins)) == len(pins)
    assert {len(pin) for pin in (*pins, weights.bundle.sha256)} == {64}
    assert weights.name.endswith(f":{weights.size}-local")
    assert weights.bundle.sha256 in weights.notice
    assert "Apache License, Version 2.0" in weights.notice
    assert weights.bundle.wheels[-1].requirement in weights.notice


def test_the_fetched_model_is_the_published_one(chat_model: str) -> None:
    found = chat.find("0.5b", Settings())
    assert found
    assert found.name == chat_model
    assert wheels.sha256(found.path) == found.digest == chat.WEIGHTS["0.5b"].bundle.sha256
    assert (found.path.parent / "NOTICE.txt").read_text() == chat.WEIGHTS["0.5b"].notice
    beside = {path.name for path in found.path.parent.iterdir()}
    assert beside == {found.path.name, "NOTICE.txt"}, "no code of the wheels"


def test_nothing_is_found_before_it_was_fetched(empty: Settings) -> None:
    assert chat.fetched(empty) == chat.adopted(empty) == []
    assert chat.own(empty) is None


def test_the_largest_that_was_fetched_comes_first(empty: Settings) -> None:
    for size in ("135m", "1.5b"):
        (empty.cache / chat.WEIGHTS[size].bundle.slug).mkdir(parents=True)
    names = [model.name for model in chat.fetched(empty)]
    assert names == ["qwen2.5-coder:1.5b-local", "smollm2:135m-local"]


# --- a file of one's own -------------------------------------------------------------------------


def test_a_file_of_ones_own_is_named_and_linked(empty: Settings, tmp_path: Path) -> None:
    path = tmp_path / "Qwen2.5 7B (mine).gguf"
    path.write_bytes(b"GGUF...")
    named = empty.model_copy(update={"chat_gguf": path})
    model = chat.own(named)
    assert model
    assert (model.name, model.path) == ("qwen2.5-7b-mine:gguf-local", path)
    assert chat.adopted(named) == [], "a look changes nothing"
    assert chat.adopt(named) == chat.adopt(named) == model
    assert chat.adopted(empty) == [model]
    path.write_bytes(b"GGUF, another one")
    changed = chat.own(named)
    assert changed
    assert changed.digest != model.digest
    path.unlink()
    assert chat.adopted(empty) == [], "a link that leads nowhere is no model"


@pytest.mark.parametrize("content", [None, b"", b"PK\3\4 a zip"])
def test_what_is_no_gguf_file_is_named(
    empty: Settings, tmp_path: Path, content: bytes | None
) -> None:
    path = tmp_path / "model.gguf"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(SettingsError, match=f"WELLNESS_CHAT_GGUF={path}"):
        chat.own(empty.model_copy(update={"chat_gguf": path}))


# --- what a file says of itself ------------------------------------------------------------------


def write(path: Path, *, per_layer: bool = False) -> None:
    """A small file of the format, by the library that defines it."""
    writer = gguf.GGUFWriter(path, "qwen2")
    writer.add_context_length(2048)
    writer.add_embedding_length(64)
    writer.add_block_count(3)
    writer.add_head_count(8)
    if per_layer:
        writer.add_head_count_kv([2, 4, 2])
    writer.add_file_type(gguf.LlamaFileType.MOSTLY_Q4_K_M)
    writer.add_token_list(["a", "b"] * 1000)
    writer.add_token_types([1] * 2000)
    for name, shape in (("token_embd.weight", (2000, 64)), ("output_norm.weight", (64,))):
        writer.add_tensor(name, np.zeros(shape, dtype=np.float32))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def test_a_header_is_read(tmp_path: Path) -> None:
    write(tmp_path / "small.gguf")
    header = gguf_header.read(tmp_path / "small.gguf")
    assert header == gguf_header.Header(
        architecture="qwen2",
        parameters=2001 * 64,
        quantization="Q4_K_M",
        context=2048,
        dimensions=64,
        token_bytes=3 * 8 * (8 + 8) * 2,  # layers, heads, key and value of 64 / 8, two bytes each
    )
    write(tmp_path / "grouped.gguf", per_layer=True)
    grouped = gguf_header.read(tmp_path / "grouped.gguf")
    assert grouped == replace(header, token_bytes=3 * 4 * (8 + 8) * 2)


def test_a_header_is_what_the_library_reads(embedder: object) -> None:
    path = models.find_embedding_model(Settings())
    assert path
    reader, header = gguf.GGUFReader(path), gguf_header.read(path)
    assert header.parameters == sum(math.prod(map(int, t.shape)) for t in reader.tensors)
    assert header.architecture == reader.fields["general.architecture"].contents()
    assert header.context == reader.fields["bert.context_length"].contents()
    assert header.dimensions == reader.fields["bert.embedding_length"].contents()
    assert header.quantization == "F16"


@pytest.mark.parametrize("kept", [0, 3, 20, 200])
def test_half_a_header_is_no_header(tmp_path: Path, kept: int) -> None:
    write(tmp_path / "small.gguf")
    (tmp_path / "cut.gguf").write_bytes((tmp_path / "small.gguf").read_bytes()[:kept])
    with pytest.raises(ValueError, match=r"cut\.gguf is no GGUF file"):
        gguf_header.read(tmp_path / "cut.gguf")
