"""The part of `wellness.settings` about the agent and its models."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import AliasChoices, Field
from pydantic_settings import BaseSettings


class AgentSettings(BaseSettings):
    """Which models answer, how long they may take, and what one turn may cost."""

    # Embeddings
    ollama_host: str | None = Field(
        default=None,
        validation_alias=AliasChoices("OLLAMA_HOST", "ollama_host"),
        description="an Ollama of yours; else one on its usual port, else the kit's own server",
    )
    embed_model: str = Field(
        default="mxbai-embed-large", description="the embedding model asked of a real Ollama"
    )
    embed_timeout_s: float = Field(
        default=30.0, gt=0, description="seconds one batch may take: a cold model loads first"
    )
    embedding_ttl_s: int = Field(
        default=2_592_000,
        gt=0,
        description="seconds a cached embedding is kept: 30 days; computing it again is harmless",
    )
    embedding_wait_s: float = Field(
        default=5.0,
        gt=0,
        description="seconds to wait for another process that embeds the same text, before doing "
        "it oneself",
    )

    # The chat model
    chat_model: str = Field(
        default="qwen2.5:7b",
        description="the chat model asked of a real Ollama; or the name of one of the kit's own, "
        "such as `qwen2.5-coder:0.5b-local`",
    )
    chat_gguf: Path | None = Field(
        default=None,
        description="a GGUF file of a chat model of yours, for the kit's own server",
    )
    chat_context: int = Field(
        default=4_096,
        gt=0,
        description="tokens a chat model has for question and answer together (`num_ctx`); the "
        "kit's own server has no more, and an Ollama would load its model again for more",
    )
    chat_tokens: int = Field(
        default=512, gt=0, description="tokens one answer may have: three paragraphs"
    )
    chat_timeout_s: float = Field(
        default=180.0,
        gt=0,
        description="seconds without a word: a full context is read in 90 by a model of 1.5 "
        "billion weights on two cores, and a cold one is loaded first",
    )

    # The agent
    route_threshold: float = Field(
        default=0.75,
        ge=0,
        le=1,
        description="confidence from which a route by rules counts; below it the model is asked, "
        "since the rules are right there half the time, and above it nine times in ten",
    )
    agent_context: Literal["needed", "always"] = Field(
        default="needed",
        description="when the model reads memories and conversation: `needed` leaves them out "
        "where tools have found facts, which took them into account already",
    )
    agent_context_tokens: int = Field(
        default=900,
        gt=0,
        description="tokens of memories and conversation before a question: a local model reads "
        "about a hundred a second, and waits for what is not cached",
    )
    agent_recall: int = Field(
        default=6, gt=0, description="long-term memories recalled for a question, at most"
    )
    agent_calls: int = Field(
        default=4, gt=0, description="tool calls in one round: a question has few parts"
    )
    agent_rounds: int = Field(
        default=2, gt=0, description="rounds of calls in a turn: one, and one to repair it"
    )
    agent_attempts: int = Field(
        default=2, gt=0, description="answers a model may give before the facts are said plainly"
    )
    checkpoint_ttl_s: int = Field(
        default=604_800,
        gt=0,
        description="seconds that the record of a conversation's last turn is kept: a week, to "
        "look into what went wrong; the conversation itself lives longer",
    )
