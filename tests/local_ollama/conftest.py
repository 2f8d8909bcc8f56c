"""The same tests run against the kit's server and against a real Ollama that has the model."""

from __future__ import annotations

import ollama
import pytest

from wellness.local_ollama import EMBEDDING_MODEL
from wellness.settings import Settings

BOTH = ["the kit's", "a real one"]
REAL = "http://127.0.0.1:11434"


@pytest.fixture(params=BOTH)
def served(request: pytest.FixtureRequest) -> tuple[str, str]:
    """URL and embedding model of a server that speaks Ollama's protocol."""
    if request.param == "the kit's":
        return request.getfixturevalue("model_server").url, EMBEDDING_MODEL
    return REAL, really_there(Settings().embed_model)


@pytest.fixture(params=BOTH)
def chatting(request: pytest.FixtureRequest) -> tuple[str, str]:
    """URL and chat model of a server that speaks Ollama's protocol."""
    if request.param == "the kit's":
        model = request.getfixturevalue("chat_model")
        return request.getfixturevalue("model_server").url, model
    return REAL, really_there(Settings().chat_model)


def really_there(model: str) -> str:
    """A model of the Ollama on its usual port; skips the test if it is not there."""
    try:
        names = {entry.model for entry in ollama.Client(host=REAL, timeout=1).list().models}
    except Exception:
        pytest.skip("no Ollama answers on its usual port")
    if not {model, f"{model}:latest"} & names:
        pytest.skip(f"this Ollama has no {model}")
    return model
