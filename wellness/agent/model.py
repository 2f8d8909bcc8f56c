"""The chat model, through the `ollama` client and ChatOllama: a real Ollama, or the kit's server.

Both are asked in the same way, so what is shown with a small model of the kit's own holds, better,
for a large one. Answers are as good as repeatable: temperature 0 and a fixed seed.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, closing
from typing import TYPE_CHECKING, Any, Self, TypeVar

import ollama

from wellness import hosts
from wellness.agent import model_choice
from wellness.agent.wire import Messages, Said, for_langchain, plain
from wellness.errors import ModelUnavailable
from wellness.hosts import Host, explained, sound, unavailable
from wellness.local_ollama import LocalOllama
from wellness.settings import Settings

if TYPE_CHECKING:
    from langchain_ollama import ChatOllama

T = TypeVar("T")

SEED = 7
LOOK_S = 5.0  # an Ollama says what it has in milliseconds, also while it computes


class OpenChat:
    """A chat model, and the share in the server behind it; see `open_chat`.

    When the kit's own server was killed, the next call starts another one.

    Attributes:
        model: its name.
        context: tokens that question and answer may have together.
        where: one line for people: which model answers, and whose server it is.
    """

    def __init__(
        self,
        host: str,
        model: str,
        settings: Settings,
        own: LocalOllama | None = None,
        *,
        clock: Callable[[], float] = time.perf_counter,
    ) -> None:
        self.model, self.context = model, settings.chat_context
        self._settings, self._clock = settings, clock
        self._host = Host(host, settings, own)
        self._clients: dict[str, ollama.Client] = {}
        self._llms: dict[str, ChatOllama] = {}
        self.where = f"{model} ({self.context:,} tokens) from {self._host.whose}"
        with self._explained():  # that it is there is known from here on
            hosts.connect(host, LOOK_S).show(model)

    @property
    def host(self) -> str:
        """Where it is asked."""
        return self._host.url

    def say(
        self,
        messages: Messages,
        *,
        on_token: Callable[[str], None] | None = None,
        max_tokens: int = 0,
        stop: Sequence[str] = (),
    ) -> Said:
        """The next message of a conversation.

        Args:
            messages: the conversation; mappings are in Ollama's form.
            on_token: told each piece of the answer when it comes; what it raises ends the answer.
            max_tokens: tokens the answer may have; 0 for `settings.chat_tokens`.
            stop: texts that end the answer and are no part of it.

        Raises:
            ModelUnavailable: no answer; the hint says what to do.
        """
        options = self._options(max_tokens) | ({"stop": list(stop)} if stop else {})
        given = [plain(message) for message in messages]
        heard: list[str] = []

        def hear(piece: str) -> None:
            heard.append(piece)
            if on_token:
                on_token(piece)

        return self._renewing(lambda: self._say(given, options, hear), again=lambda: not heard)

    def _say(
        self, given: list[dict[str, Any]], options: dict[str, Any], hear: Callable[[str], None]
    ) -> Said:
        begun, first_s, text = self._clock(), 0.0, ""
        stream = self._client().chat(self.model, given, stream=True, options=options)
        with closing(stream):  # type: ignore[type-var]  # a generator, whose end cuts the line
            while True:
                with self._explained():  # but not what `hear` raises
                    part = next(stream, None)
                if part is None:
                    raise self._unavailable("the answer broke off")
                if piece := part.message.content or "":
                    first_s = first_s or self._clock() - begun
                    text += piece
                    hear(piece)
                if part.done:
                    seconds, cut = self._clock() - begun, part.done_reason == "length"
                    read, written = part.prompt_eval_count or 0, part.eval_count or 0
                    return Said(text, read, written, seconds, first_s or seconds, cut)

    def choose(
        self,
        messages: Messages,
        schema: Mapping[str, Any],
        *,
        max_tokens: int = 0,
        on_usage: Callable[[int, int], None] | None = None,
    ) -> dict[str, Any]:
        """An answer that has the form of a JSON schema, whatever the model would rather say.

        Args:
            messages: the conversation; mappings are in Ollama's form.
            schema: of a JSON object.
            max_tokens: tokens the answer may have; 0 for `settings.chat_tokens`.
            on_usage: told how many tokens were read and written.

        Raises:
            ModelUnavailable: no answer, or none of that form within its tokens.
        """
        asked = [for_langchain(plain(message)) for message in messages]

        def ask() -> dict[str, Any]:
            llm = self.llm
            if max_tokens:
                llm = llm.model_copy(update={"num_predict": max_tokens})
            form = llm.with_structured_output(dict(schema), method="json_schema", include_raw=True)
            with self._explained():
                answer: Any = form.invoke(asked)
            if on_usage and (used := answer["raw"].usage_metadata):
                on_usage(used["input_tokens"], used["output_tokens"])
            # LangChain's parser mends a JSON that breaks off; half an answer is none
            if answer["raw"].response_metadata.get("done_reason") == "length":
                raise self._unavailable("its answer was cut off by the tokens it may have")
            if not isinstance(answer["parsed"], dict):
                raise self._unavailable("its answer is no JSON object")
            return answer["parsed"]

        return self._renewing(ask)

    def count(self, text: str) -> int:
        """Tokens of a text, by the model's own tokenizer; the model reads the text for that.

        Raises:
            ModelUnavailable: no answer; the hint says what to do.
        """
        options = self._options(1)

        def ask() -> int:
            with self._explained():
                answer = self._client().generate(self.model, sound(text), raw=True, options=options)
            return answer.prompt_eval_count or 0

        return self._renewing(ask) if text else 0

    @property
    def llm(self) -> ChatOllama:
        """The model for LangChain and LangGraph, with the same options."""
        from langchain_ollama import ChatOllama

        url = self.host
        if url not in self._llms:
            reached = {
                "timeout": self._settings.chat_timeout_s,
                "trust_env": not hosts.is_loopback(url),
            }
            about: dict[str, Any] = self._options(0) | {"base_url": url, "client_kwargs": reached}
            self._llms[url] = ChatOllama(model=self.model, **about)
        return self._llms[url]

    def _client(self) -> ollama.Client:
        url = self.host
        if url not in self._clients:
            self._clients[url] = hosts.connect(url, self._settings.chat_timeout_s)
        return self._clients[url]

    def _options(self, max_tokens: int) -> dict[str, Any]:
        most = max_tokens or self._settings.chat_tokens
        return {"temperature": 0, "seed": SEED, "num_ctx": self.context, "num_predict": most}

    def _renewing(self, ask: Callable[[], T], again: Callable[[], bool] = lambda: True) -> T:
        """Ask, and once more if the kit's server had been killed and nothing was heard of it."""
        asked = self.host
        try:
            return ask()
        except ModelUnavailable:
            if not again() or not self._host.renew(asked):
                raise
        return ask()

    def _explained(self) -> AbstractContextManager[None]:
        return explained(self.model, self.host, self._host.remedy)

    def _unavailable(self, reason: str) -> ModelUnavailable:
        return unavailable(self.model, self.host, reason)

    def close(self) -> None:
        """Give the share in the kit's own server back; more than once does no harm."""
        self._host.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.where}>"


def open_chat(
    settings: Settings, *, progress: Callable[[int, int], None] | None = None, model: str = ""
) -> OpenChat:
    """The chat model of this machine.

    With `settings.ollama_host` it is that Ollama and no other. Without, an Ollama on the usual
    port if it answers and has `settings.chat_model`; else the kit's own server, which this keeps
    running until `close()`, with the best model that is there: a GGUF file of one's own, then the
    largest that has been fetched. If there is none, the smallest that can be an agent is fetched.

    Args:
        settings: say where to ask and how long to wait.
        progress: told about a fetch, in bytes.
        model: another one than `settings.chat_model`; it has to be there.

    Raises:
        ModelUnavailable, SettingsError, ServerError, BootstrapError: see `model_choice.choose`.
    """
    choice = model_choice.choose(settings, progress=progress, model=model)
    try:
        return OpenChat(choice.host, choice.model, settings, choice.own)
    except BaseException:
        if choice.own:
            choice.own.close()
        raise
