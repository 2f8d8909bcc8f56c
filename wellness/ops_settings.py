"""The part of `wellness.settings` about watching the kit: metrics, events and the audit log."""

from __future__ import annotations

from typing import Literal

from pydantic import Field
from pydantic_settings import BaseSettings


class OpsSettings(BaseSettings):
    """How long what happened is kept, who vouches for it, and when it counts as unhandled."""

    # Metrics
    metrics_ttl_s: int = Field(
        default=2_592_000,
        gt=0,
        description="seconds the merged metrics of all processes are kept after the last of them "
        "was pushed: 30 days",
    )
    metrics_push_s: float = Field(
        default=10.0,
        gt=0,
        description="seconds between two pushes of a process that goes on, and the width of one "
        "slot of the time series: a chart moves, and a push of a few milliseconds is not felt",
    )
    metrics_raw_s: int = Field(
        default=21_600,
        gt=0,
        description="seconds that the time series keep each slot: six hours, some 2,000 samples",
    )
    metrics_minutes_s: int = Field(
        default=604_800,
        gt=0,
        description="seconds that they keep one value a minute: a week, some 10,000 samples",
    )
    metrics_hours_s: int = Field(
        default=31_536_000,
        gt=0,
        description="seconds that they keep one value an hour: a year; then the series go, too",
    )
    metrics_port: int = Field(
        default=9_464,
        ge=0,
        le=65_535,
        description="port of `wellness serve-metrics` on loopback: the one that OpenTelemetry's "
        "exporter for Prometheus uses by default; 0 takes any that is free",
    )

    # Events
    events_idle_s: float = Field(
        default=0.5,
        gt=0,
        description="seconds a subscriber waits for an event before it looks whether it shall "
        "stop and whether the line is alive; keep it below `socket_timeout_s`",
    )
    events_retry_s: float = Field(
        default=0.5,
        gt=0,
        description="seconds before a subscriber that lost its connection tries to open another",
    )

    # The audit log
    audit_entries: int = Field(
        default=10_000,
        ge=2,
        description="entries kept of one person's audit log: about two thousand turns, some 6 MB",
    )
    audit_ttl_s: int = Field(
        default=31_536_000,
        gt=0,
        description="seconds an audit log is kept after its last entry: a year; an entry of a log "
        "in use goes earlier, by `audit_entries`",
    )
    audit_key: str | None = Field(
        default=None,
        repr=False,  # whoever has it can forge a log
        min_length=16,
        description="secret of the audit log's HMAC, kept outside Redis; without one the chain is "
        "of plain SHA-256, which whoever may write to Redis can make anew",
    )
    audit_text: bool = Field(
        default=False,
        description="whether events and audit log hold what was asked and answered, word for word",
    )
    audit_claim_s: float = Field(
        default=30.0,
        gt=0,
        description="seconds an entry may be in a consumer's hands before another one takes it; "
        "keep it above the longest honest handling",
    )
    audit_deliveries: int = Field(
        default=5,
        gt=0,
        description="times an entry is handed out before it is put aside as undeliverable: a "
        "restart or two are bad luck, five are its own doing",
    )

    # Limits
    limit_turns: int = Field(
        default=0,
        ge=0,
        le=5_000,
        description="questions one person may ask the agent within `limit_turns_window_s`; "
        "0 for no limit",
    )
    limit_turns_window_s: float = Field(
        default=60.0, gt=0, le=86_400, description="seconds of the window that slides: a minute"
    )
    quota_tokens_hour: int = Field(
        default=0,
        ge=0,
        description="tokens of a chat model, read and written, one person may use in any hour; "
        "0 for no quota",
    )
    quota_tokens_day: int = Field(
        default=0, ge=0, description="the same in any 24 hours; 0 for no quota"
    )
    quota_turn_tokens: int = Field(
        default=4_000,
        gt=0,
        description="tokens set aside before a turn, which knows only afterwards what it used: "
        "most turns take less, and what one takes more is counted when it is over",
    )
    limits_when_down: Literal["open", "closed"] = Field(
        default="open",
        description="what a limit does while Redis cannot count: let through, since a person's "
        "own agent should answer, or refuse, where each call costs money",
    )
    session_ttl_s: int = Field(
        default=3_600,
        gt=0,
        description="seconds a session lasts after it was opened: an hour; its token says the same",
    )
