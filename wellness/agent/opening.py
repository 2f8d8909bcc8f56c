"""Put an agent together: Redis, both memories, the embedding model and the chat model.

with open_agent(store, settings) as agent:
    print(agent.ask("How did I sleep last night?", now=now).answer)
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from typing import Any, NoReturn

from wellness.agent.agent import Agent
from wellness.agent.meter import Chat, Messages, TimedEmbedder
from wellness.agent.model import open_chat
from wellness.agent.opinion import load_weights
from wellness.errors import BootstrapError, ModelUnavailable, ServerError
from wellness.health.store import Store
from wellness.memory.dual import DualMemory
from wellness.memory.embedder import Embedder, open_embedder
from wellness.memory.embedding_cache import CachedEmbedder
from wellness.memory.long_term import LongTerm
from wellness.memory.short_term import ShortTerm
from wellness.memory.tokens import Tiktoken
from wellness.settings import Settings

Clock = Callable[[], float]


class Silent:
    """In the place of a chat model that is not there: each call says why.

    The agent goes on with it: rules route, and answers are the tools' own words.
    """

    model = "none"

    def __init__(self, reason: ModelUnavailable | BootstrapError | ServerError) -> None:
        self.reason = reason

    def say(
        self,
        messages: Messages,
        *,
        on_token: Callable[[str], None] | None = None,
        max_tokens: int = 0,
    ) -> NoReturn:
        """Raises ModelUnavailable."""
        raise _unavailable(self.reason, "chat")

    def choose(
        self,
        messages: Messages,
        schema: Mapping[str, Any],
        *,
        on_usage: Callable[[int, int], None] | None = None,
    ) -> NoReturn:
        """Raises ModelUnavailable."""
        raise _unavailable(self.reason, "chat")


def _unavailable(
    reason: ModelUnavailable | BootstrapError | ServerError, kind: str
) -> ModelUnavailable:
    if isinstance(reason, ModelUnavailable):
        return reason
    return ModelUnavailable(kind, "this machine", reason.message, hint=reason.hint)


class NoVectors:
    """In the place of an embedding model that is not there: each call says why."""

    model = "none"

    def __init__(self, reason: ModelUnavailable | BootstrapError | ServerError) -> None:
        self.reason, self.dimensions = reason, load_weights().dimensions

    def embed(self, texts: Sequence[str]) -> NoReturn:
        """Raises ModelUnavailable."""
        raise _unavailable(self.reason, "embedding")


@contextmanager
def embedder_for_routing(
    settings: Settings, progress: Callable[[int, int], None] | None = None
) -> Iterator[Embedder]:
    """The embedding model for second opinions; one that says why there is none, if there is none.

    Routing goes on without it, by rules and the chat model, and says so.
    """
    with ExitStack() as stack:
        try:
            embedder: Embedder = stack.enter_context(open_embedder(settings, progress=progress))
        except (ModelUnavailable, BootstrapError, ServerError) as error:
            embedder = NoVectors(error)
        yield embedder


def memory_of(
    store: Store, embedder: Embedder, settings: Settings, *, clock: Clock, speaker: str = ""
) -> DualMemory:
    """Both memories of a person, with the embedding cache before the model.

    Args:
        clock: seconds since the epoch, for expiry.
        speaker: whose memories; by default those of the person whose data it is.

    Raises:
        UnknownUser: nothing was imported for this person.
        SearchModuleMissing: this Redis has no Search.
    """
    known: dict[str, Any] = {"settings": settings, "namespace": store.keys.namespace}
    user = speaker or store.user
    cached = CachedEmbedder(embedder, store.client, user, **known)
    return DualMemory(
        ShortTerm(store.client, user, clock=clock, **known),
        LongTerm(store.client, cached, user, clock=clock, **known),
        counter=Tiktoken(),
        zone=store.zone(),
        settings=settings,
    )


@contextmanager
def open_agent(
    store: Store,
    settings: Settings,
    *,
    clock: Clock,
    memory: bool = True,
    progress: Callable[[int, int], None] | None = None,
) -> Iterator[Agent]:
    """An agent for a person, with everything that it needs running until the end of the block.

    Without a chat model it answers all the same, in the tools' own words, and says so.

    Args:
        clock: seconds since the epoch, for expiry.
        memory: whether it has one; without, it can do without an embedding model, and says so.
        progress: told about the fetch of models that are not there yet, in bytes.

    Raises:
        UnknownUser: nothing was imported for this person.
        ModelUnavailable, ServerError, BootstrapError: there is no embedding model for a memory.
    """
    with ExitStack() as stack:
        opened = open_embedder if memory else embedder_for_routing
        timed = TimedEmbedder(stack.enter_context(opened(settings, progress=progress)))
        both = memory_of(store, timed, settings, clock=clock) if memory else None
        chat: Chat
        try:
            chat = stack.enter_context(open_chat(settings, progress=progress))
        except (ModelUnavailable, BootstrapError, ServerError) as error:
            chat = Silent(error)
        yield Agent(store, chat, memory=both, settings=settings, embedding=timed)
