"""Which chat model answers on this machine, and whether what it is given fits into it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from wellness import local_ollama
from wellness.errors import SettingsError
from wellness.hosts import USUAL_HOST, has_model, unavailable
from wellness.local_ollama import LocalOllama
from wellness.settings import Settings


@dataclass(frozen=True)
class Choice:
    """Where to ask which model; `own` is a share in the kit's own server, to be given back."""

    host: str
    model: str
    own: LocalOllama | None = None


def choose(
    settings: Settings, *, progress: Callable[[int, int], None] | None, model: str
) -> Choice:
    """The model of `wellness.agent.model.open_chat`, which says what is chosen.

    Raises:
        ModelUnavailable: the model that was asked for is not there.
        SettingsError: the contexts do not fit into each other, or a file is no model.
        ServerError, BootstrapError: the kit's own server cannot start, or has no model.
    """
    name = model or settings.chat_model
    _check(settings)
    if settings.ollama_host:
        return Choice(settings.ollama_host, name)
    if not local_ollama.is_local(name):
        if has_model(USUAL_HOST, name):
            return Choice(USUAL_HOST, name)
        if model:
            hint = f"Start Ollama and run `ollama pull {model}`, or leave the model out."
            raise unavailable(model, USUAL_HOST, "it is not there", hint)
    _check_own(settings)
    chosen = _own(settings.model_copy(update={"chat_model": name}), progress)
    server = local_ollama.start(settings, progress=progress)
    return Choice(server.url, chosen, server)


def _own(settings: Settings, progress: Callable[[int, int], None] | None) -> str:
    """Name of the kit's own model that is meant, fetched if it is the one to begin with."""
    if found := local_ollama.chat_model(settings):
        return found.name
    name = settings.chat_model
    if local_ollama.is_local(name) and name != local_ollama.FIRST_CHAT:
        hint = "`wellness models` lists what is there, and fetches more."
        raise unavailable(name, "this machine", "it has not been fetched", hint)
    return local_ollama.fetch_chat_model(settings, progress=progress).name


def _check(settings: Settings) -> None:
    """Whether context and answer fit into what the model is given.

    Raises:
        SettingsError: they do not.
    """
    if settings.context_tokens + settings.chat_tokens > settings.chat_context:
        raise SettingsError(
            f"A context of {settings.context_tokens:,} tokens and an answer of "
            f"{settings.chat_tokens:,} do not fit into the {settings.chat_context:,} tokens that "
            "the chat model is given.",
            hint="Lower WELLNESS_CONTEXT_TOKENS or WELLNESS_CHAT_TOKENS, "
            "or raise WELLNESS_CHAT_CONTEXT.",
        )


def _check_own(settings: Settings) -> None:
    """Whether what the model is given fits into what the kit's own have.

    Raises:
        SettingsError: it does not.
    """
    if settings.chat_context > local_ollama.CHAT_CONTEXT:
        raise SettingsError(
            f"WELLNESS_CHAT_CONTEXT={settings.chat_context} cannot be used: the kit's own models "
            f"have {local_ollama.CHAT_CONTEXT:,} tokens.",
            hint="Lower it, or run an Ollama that has the model.",
        )
