"""Every tunable number and environment variable, with its unit and the reason for its value.

Each setting is read from an environment variable `WELLNESS_<NAME>` (and `REDIS_URL` from its
usual name). Library code takes a `Settings` object; only entry points call `load()`.

>>> Settings(socket_timeout_s=0.2).socket_timeout_s
0.2
"""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import platformdirs
from pydantic import AliasChoices, Field, ValidationError
from pydantic_settings import SettingsConfigDict

from wellness.agent_settings import AgentSettings
from wellness.errors import SettingsError
from wellness.ops_settings import OpsSettings

PACKAGE_ROOT = Path(__file__).resolve().parent.parent


def project_root() -> Path:
    """The checkout this package runs from, or the current folder when it is installed elsewhere."""
    return PACKAGE_ROOT if (PACKAGE_ROOT / "pyproject.toml").is_file() else Path.cwd()


class Settings(AgentSettings, OpsSettings):
    """All settings of the kit; immutable, and usable as keyword arguments in tests."""

    model_config = SettingsConfigDict(
        env_prefix="WELLNESS_", frozen=True, extra="ignore", populate_by_name=True
    )

    # Where things are
    redis_url: str | None = Field(
        default=None,
        repr=False,  # it may hold a password
        validation_alias=AliasChoices("REDIS_URL", "redis_url"),
        description="a Redis of yours; without it the embedded server is used",
    )
    redis_ca: Path | None = Field(
        default=None,
        description="file with the certificate of the authority that a `rediss://` server must be "
        "vouched for by; without it, those that the system trusts count",
    )
    home: Path = Field(
        default_factory=lambda: project_root() / ".wellness",
        description="folder of this checkout's own data: the embedded server's files, locks, logs",
    )
    cache: Path = Field(
        default_factory=lambda: Path(platformdirs.user_cache_dir("redis-wellness")),
        description="folder for fetched and verified files, shared by all checkouts of this user",
    )
    namespace: str = Field(default="wellness", description="prefix of each key of a person's data")
    user: str = Field(default="me", description="whose data, when none is named")
    scale: Literal["full", "ci"] = Field(
        default="full", description="`ci` shrinks the sizes in lessons; it never skips a cell"
    )
    checks: Literal["lenient", "strict"] = Field(
        default="lenient",
        description="`strict` makes an exercise that is not passed an error, for tests",
    )

    # The connection
    socket_timeout_s: float = Field(
        default=2.0,
        gt=0,
        description="seconds one command may take; the slowest honest reply (two years of raw "
        "heart rate) needs well under one, so two means that something is wrong",
    )
    connect_timeout_s: float = Field(
        default=1.0, gt=0, description="seconds to open a connection; loopback needs microseconds"
    )
    max_connections: int = Field(default=32, gt=0, description="pool limit: a notebook uses a few")
    pool_wait_s: float = Field(
        default=1.0, ge=0, description="seconds to wait for a free connection before an error"
    )
    health_check_s: int = Field(
        default=30, ge=0, description="seconds a connection may idle before it is PINGed before use"
    )
    follow_s: float = Field(
        default=0.25,
        gt=0,
        description="seconds between two questions to Sentinels or a Cluster where a node went: an "
        "election takes one or two, and asking costs a millisecond",
    )

    # The circuit breaker
    breaker_failures: int = Field(
        default=3,
        gt=0,
        description="consecutive connection failures that open it: one is a blip, three a fact; "
        "a timeout opens it alone, so that no turn of the agent has to wait for a second one",
    )
    breaker_reset_s: float = Field(
        default=5.0, gt=0, description="seconds it stays open before one probe is let through"
    )

    # The embedded server
    server_start_s: float = Field(
        default=10.0, gt=0, description="seconds until the socket answers; measured: 0.05"
    )
    server_load_s: float = Field(
        default=600.0, gt=0, description="seconds a large append-only file may take to load"
    )
    server_stop_s: float = Field(
        default=20.0, gt=0, description="seconds for a clean stop (flush and fsync) before a kill"
    )

    # Ingestion
    import_batch: int = Field(
        default=5_000,
        gt=0,
        description="readings per MULTI: large enough that round trips vanish, small enough that "
        "the server is never blocked for more than a few milliseconds",
    )
    max_compression_ratio: float = Field(
        default=200.0, gt=1, description="largest believable ratio; real exports are 14 to 31 to 1"
    )
    heart_rate_gap_s: int = Field(
        default=600,
        gt=0,
        description="seconds one heart-rate sample may stand for: the watch measures about every "
        "five minutes at rest, so twice that bridges one missed sample and no more",
    )
    import_history: int = Field(
        default=100, gt=0, description="import reports kept per user, newest first"
    )

    # Short-term memory
    conversation_ttl_s: int = Field(
        default=18_144_000,
        gt=0,
        description="seconds a conversation is kept: seven 30-day months, so that in each season a "
        "person can still ask what was said half a year before, and nothing stays for ever",
    )
    conversation_ttl: Literal["sliding", "fixed"] = Field(
        default="sliding",
        description="`sliding` counts from the last turn, `fixed` from the first",
    )
    conversation_turns: int = Field(
        default=1_000,
        gt=0,
        description="turns kept of one conversation: far more than a context holds, and a bound "
        "on what one runaway client can fill",
    )
    context_turns: int = Field(
        default=50, gt=0, description="newest turns that are read for a context"
    )
    memory_share: float = Field(
        default=0.4, gt=0, le=1, description="part of a context that long-term memories may take"
    )
    context_tokens: int = Field(
        default=3_000,
        gt=0,
        description="tokens of context for one question: the local models have 4,096, and the "
        "answer needs the rest",
    )

    # Long-term memory
    hnsw_m: int = Field(default=16, ge=2, le=512, description="links of a vector in the HNSW graph")
    hnsw_ef_construction: int = Field(
        default=200, gt=0, description="candidates while a vector is linked in: paid once a vector"
    )
    hnsw_ef_runtime: int = Field(
        default=100,
        gt=0,
        description="candidates while searching; Redis' own default of 10 misses most neighbours",
    )
    memory_ttl_s: int = Field(
        default=157_680_000,
        gt=0,
        description="seconds the longest-lived memory is kept: five years; kinds may have less",
    )
    memory_ttl_by_kind_s: dict[str, int] = Field(
        default={"said": 18_144_000, "pattern": 31_536_000, "goal": 63_072_000},
        description="seconds that some kinds live for less: what was said as long as its "
        "conversation, patterns a year, goals two; the other kinds have `memory_ttl_s`",
    )
    memory_same: float = Field(
        default=0.12,
        ge=0,
        lt=2,
        description="largest cosine distance at which two statements without a subject, whose "
        "slots agree, are one; above it two wordings are kept rather than one lost",
    )
    recency_half_life_s: float = Field(
        default=2_592_000,
        gt=0,
        description="seconds after which a memory's recency is halved: 30 days",
    )
    recency_weight: float = Field(
        default=0.01,
        ge=0,
        le=1,
        description="part of a score that recency decides: less than one rank at the top, so it "
        "orders what ranks alike and never what does not",
    )
    recall_candidates: int = Field(
        default=50, gt=0, description="memories that each of the two rankings offers to the fusion"
    )
    rrf_k: int = Field(
        default=20,
        gt=0,
        description="the constant of reciprocal rank fusion; 60 in Cormack et al. (2009), whose "
        "lists have a thousand entries: among a person's hundreds the first ranks count for more",
    )

    # Semantic cache
    answer_ttl_s: int = Field(
        default=86_400, gt=0, description="seconds a cached answer may be given again: a day"
    )
    answer_distance: float = Field(
        default=0.35,
        gt=0,
        lt=2,
        description="largest cosine distance of a question whose slots agree",
    )


def load() -> Settings:
    """Settings from the environment.

    Raises:
        SettingsError: a variable holds a value that cannot be used; names it and what it takes.
    """
    try:
        return Settings()
    except ValidationError as error:
        first = error.errors()[0]
        name = "_".join(str(part) for part in first["loc"]).upper()
        variable = name if name in ("REDIS_URL", "OLLAMA_HOST") else f"WELLNESS_{name}"
        raise SettingsError(
            f"{variable}={first['input']!r} cannot be used: {first['msg']}.",
            hint=f"Correct or unset {variable}.",
        ) from error
