"""LangGraph's Redis checkpointer, kept to this kit's keys, expiry and manners.

A conversation has one checkpoint: what became of its last turn. The library's shallow saver does
the work; what is changed here, and why:

- Keys are the user's own, in the namespace, so that deleting a user deletes them.
- No index: with one key a conversation there is nothing to search for.
- No pending writes: a turn that failed begins anew. The library keeps them under keys without a
  prefix, outside every namespace.
- Without Redis the turn goes on without a checkpoint; `wellness.agent` says that it is degraded.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.base import (
    ChannelVersions,
    Checkpoint,
    CheckpointMetadata,
    CheckpointTuple,
)
from langgraph.checkpoint.redis.shallow import ShallowRedisSaver
from redis import Redis
from redis.exceptions import RedisError

from wellness.keys import Keys
from wellness.settings import Settings

SECONDS_PER_MINUTE = 60  # the library's expiry is in minutes


class Checkpoints(ShallowRedisSaver):
    """The checkpoints of one user's conversations.

    Args:
        client: replies are bytes.
        keys: of the user.
        settings: `checkpoint_ttl_s` counts here.
    """

    def __init__(self, client: Redis, keys: Keys, settings: Settings) -> None:
        self._keys = keys
        minutes = settings.checkpoint_ttl_s / SECONDS_PER_MINUTE
        super().__init__(redis_client=client, ttl={"default_ttl": minutes})

    def set_client_info(self) -> None:
        """Nothing: the connections are not this library's alone."""

    def create_indexes(self) -> None:
        """None are needed."""

    def setup(self) -> None:
        """Nothing to set up."""

    def get_tuple(self, config: RunnableConfig) -> CheckpointTuple | None:
        """The last checkpoint of a conversation; None without one, or without Redis."""
        try:
            return super().get_tuple(config)
        except RedisError:
            return None

    def put(
        self,
        config: RunnableConfig,
        checkpoint: Checkpoint,
        metadata: CheckpointMetadata,
        new_versions: ChannelVersions,
    ) -> RunnableConfig:
        """Keep a checkpoint in the place of the one before."""
        try:
            return super().put(config, checkpoint, metadata, new_versions)
        except RedisError:
            return config

    def put_writes(
        self,
        config: RunnableConfig,
        writes: Sequence[tuple[str, Any]],
        task_id: str,
        task_path: str = "",
    ) -> None:
        """Nothing: see the module."""

    def delete_thread(self, thread_id: str) -> None:
        """Delete a conversation's checkpoint."""
        self._redis.unlink(self._keys.checkpoint(thread_id))

    def _load_pending_writes(self, *_: object) -> list[Any]:
        return []

    def _make_shallow_redis_checkpoint_key_cached(self, thread_id: str, checkpoint_ns: str) -> str:
        return self._keys.checkpoint(thread_id)
