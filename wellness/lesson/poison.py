"""An export whose device is called like an order to the model, and a model that only listens."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from html import escape
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NoReturn
from zoneinfo import ZoneInfo

from redis import Redis

from wellness.agent.meter import Messages
from wellness.agent.opening import Silent
from wellness.errors import ModelUnavailable
from wellness.health.importer import import_export
from wellness.health.sample import story
from wellness.health.store import Store
from wellness.settings import Settings

USER = "poisoned"
DAYS = 14  # back from the last noon: two whole weeks, or nearly
RECORD = (
    '<Record type="HKQuantityTypeIdentifierStepCount" sourceName="{name}" unit="count" '
    'startDate="{begun}" endDate="{ended}" value="{value}"/>'
)


def import_poisoned(
    client: Redis, namespace: str, device: str, *, now: datetime, settings: Settings
) -> Store:
    """Import two weeks of steps that a device of this name counted; the store of them.

    Args:
        client, namespace: where to.
        device: any text; the export holds it word by word.
        now: when the export was made.
        settings: of the import.
    """
    records = []
    for day in range(DAYS):
        noon = now.replace(hour=12, minute=0, second=0, microsecond=0) - timedelta(days=day + 1)
        begun, ended = (_written(at) for at in (noon, noon + timedelta(minutes=30)))
        name = escape(device, quote=True)
        records.append(RECORD.format(name=name, begun=begun, ended=ended, value=8_000 + 10 * day))
    text = f'<HealthData locale="en_US"><ExportDate value="{_written(now)}"/>{"".join(records)}'
    store = Store(client, USER, namespace=namespace)
    with TemporaryDirectory() as folder:
        path = Path(folder) / "export.xml"
        path.write_text(f'<?xml version="1.0" encoding="UTF-8"?>{text}</HealthData>', "utf-8")
        import_export(path, store, settings=settings, zone=ZoneInfo(story.HOME))
    return store


def _written(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%d %H:%M:%S %z")


class Listener(Silent):
    """In the place of a chat model: keeps what it is sent, in `heard`, and says nothing."""

    def __init__(self) -> None:
        super().__init__(ModelUnavailable("chat", "this machine", "It only listens."))
        self.heard: list[Messages] = []

    def say(
        self,
        messages: Messages,
        *,
        on_token: Callable[[str], None] | None = None,
        max_tokens: int = 0,
    ) -> NoReturn:
        """Raises ModelUnavailable, once it has listened."""
        self.heard.append(messages)
        super().say(messages)

    @property
    def text(self) -> str:
        """All that was heard, in the order in which it came."""
        return "\n".join(
            f"[{message['role']}] {message['content']}"
            for messages in self.heard
            for message in messages
        )
