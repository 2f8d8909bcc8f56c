"""Bring an export into the store, and say exactly what became of each of its Records."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from redis.exceptions import OutOfMemoryError

from wellness.health import rollups, workouts
from wellness.health.catalogue import SLEEP
from wellness.health.collector import collector_paused
from wellness.health.export import ExportReader, Progress
from wellness.health.items import (
    ActivitySummary,
    Correlation,
    ExportInfo,
    Item,
    Me,
    Reading,
    Rejected,
    Workout,
)
from wellness.health.report import ImportReport
from wellness.health.store import Batch, Store, out_of_memory
from wellness.health.tags import Tag
from wellness.settings import Settings
from wellness.zones import zone_or_none

PROVISIONAL = "zone_provisional"  # of a first import that has not come to its end


class Importer:
    """One import of one export for one user; `report` is current at all times.

    It can be cut off at any point: each batch is stored whole or not at all, and importing again
    adds what is missing.

    Args:
        zone: the user's home zone; without it the one stored before, else the one most sleep and
            workouts of the export were recorded in, else `fallback_zone`.
        progress: called with uncompressed bytes read and in total.
    """

    def __init__(
        self,
        path: str | Path,
        store: Store,
        *,
        settings: Settings,
        zone: ZoneInfo | None = None,
        fallback_zone: ZoneInfo | None = None,
        progress: Progress | None = None,
    ) -> None:
        self.reader = ExportReader(
            path, progress=progress, max_ratio=settings.max_compression_ratio
        )
        self.store, self.settings = store, settings
        self.report = ImportReport(path=str(path), user=store.user, source=self.reader.source)
        self._zone, self._fallback = zone, fallback_zone
        self._batch = Batch()
        self._tags: dict[tuple[str, ...], int] = {}
        self._zones: Counter[str] = Counter()
        self._kinds: dict[str, str] = {}
        self._told: set[str] = set()
        self._known_user = False
        self._profile: dict[str, str] = {}
        self._others: list[Callable[[Any], object]] = []
        self._export_date: int | None = None
        self._stored_zone: str | None = None
        self._newest = True

    def run(self) -> ImportReport:
        """Import, then bring the daily rollups up to date.

        Raises:
            StoreError: Redis is out of memory, or nothing says which zone the user lives in.
            RedisUnavailable: Redis went away; what was stored until then is safe.
        """
        try:
            return self._run()
        except OutOfMemoryError as error:
            raise out_of_memory() from error

    def _run(self) -> ImportReport:
        report = self.report
        handlers: Mapping[type, Callable[[Any], None]] = {
            Rejected: self._reject,
            Workout: self._workout,
            Correlation: self._correlation,
            ActivitySummary: self._activity,
            ExportInfo: self._info,
            Me: self._me,
        }
        with collector_paused():
            for item in self.reader:
                if type(item) is Reading:
                    self._reading(item)
                    if self._batch.size >= self.settings.import_batch:
                        self._flush()
                else:
                    handlers[type(item)](item)
            self._flush()
        report.complete, report.problem = self.reader.complete, self.reader.problem
        report.elements = dict(self.reader.elements)
        self._finish_profile()
        report.rollup_days = rollups.refresh_all(self.store, gap_s=self.settings.heart_rate_gap_s)
        self._keep_report()
        return report

    def _reading(self, reading: Reading) -> None:
        type_name, source, unit, value, start, end, device, metadata, beats = reading
        category = zone = ""
        if isinstance(value, str):
            category, value = value, 0.0
            if type_name == SLEEP and (zone := metadata.get("HKTimeZone", "")):
                self._zones[zone] += 1
        shared = (type_name, source, unit, category, zone)
        number = self._tags.get(shared)
        if number is None:
            number = self._tags[shared] = self.store.tag(type_name, Tag(*shared[1:]))
        if device and source not in self._kinds:
            self._kinds[source] = device
        self._batch.put(type_name, start, value, number, end)
        if beats:
            member = json.dumps([start, source, beats], ensure_ascii=False)
            key = self.store.keys.beats
            self._others.append(lambda pipe: pipe.zadd(key, {member: start}))

    def _flush(self) -> None:
        """Write what has gathered, then count what was new."""
        batch, self._batch = self._batch, Batch()
        others, self._others = self._others, []
        self._tell_kinds()
        added = self.store.add(batch) if batch.size else {}
        if others:
            pipe = self.store.client.pipeline(transaction=False)
            for command in others:
                command(pipe)
            pipe.execute()
        for type_name, members in batch.members.items():
            sent = len(members)
            self.report.read += sent
            self.report.stored += added[type_name]
            self.report.duplicate += sent - added[type_name]
            self.report.by_type[type_name] += added[type_name]

    def _tell_kinds(self) -> None:
        """Write what devices the sources are, before their readings; a new fact moves old sums."""
        untold = {name: kind for name, kind in self._kinds.items() if name not in self._told}
        self._told |= untold.keys()
        key = self.store.keys.sources
        new = [self.store.client.hsetnx(key, name, kind) for name, kind in untold.items()]
        if any(new) and self._known_user:
            rollups.mark_all(self.store, self.store.types())

    def _reject(self, item: Rejected) -> None:
        self.report.read += 1
        self.report.rejected[item.reason] += 1

    def _workout(self, item: Workout) -> None:
        if item.zone:
            self._zones[item.zone] += 1
        self.report.workouts += workouts.add(self.store, item, replace=self._newest)

    def _correlation(self, item: Correlation) -> None:
        self.report.correlations += self._add_json(self.store.keys.correlations, item.start, item)

    def _add_json(self, key: str, start: int, item: Item) -> int:
        member = json.dumps(item._asdict(), ensure_ascii=False, sort_keys=True)
        return int(self.store.client.zadd(key, {member: start}) or 0)

    def _activity(self, item: ActivitySummary) -> None:
        """A later export knows a day better than an earlier one: its last day was not over."""
        value = json.dumps({**item.values, "energy_unit": item.energy_unit}, sort_keys=True)
        key = self.store.keys.activity
        if self._newest:
            self._others.append(lambda pipe: pipe.hset(key, item.date, value))
        else:
            self._others.append(lambda pipe: pipe.hsetnx(key, item.date, value))
        self.report.activity_days += 1

    def _info(self, item: ExportInfo) -> None:
        self.report.sample = item.sample
        profile = self.store.profile()
        self._known_user = bool(profile)
        if PROVISIONAL not in profile:
            self._stored_zone = profile.get("zone")
        if not profile:  # a user whose first import is cut off can be asked about, too
            first = self._zone or self._fallback or ZoneInfo("UTC")
            fields = {"zone": first.key, PROVISIONAL: "1"}
            self.store.client.hset(self.store.keys.profile, mapping=fields)  # type: ignore[arg-type]
        self._profile |= {"locale": item.locale, "sample": str(int(item.sample))}
        self._export_date = item.export_date
        known = profile.get("export_date")
        self._newest = known is None or int(known) <= (item.export_date or 0)

    def _me(self, item: Me) -> None:
        self._profile |= {f"me:{name}": value for name, value in item.values.items()}

    def _finish_profile(self) -> None:
        zone, zone_from = self._choose_zone()
        stored = self.store.profile()
        if self._export_date is not None:
            self._profile["export_date"] = str(self._export_date)
            self.report.export_date = datetime.fromtimestamp(self._export_date, zone).isoformat()
        if self._newest and self._profile:
            self.store.client.hset(self.store.keys.profile, mapping=self._profile)  # type: ignore[arg-type]
        if stored.get("zone") != zone.key:
            rollups.set_zone(self.store, zone)
        self.store.client.hdel(self.store.keys.profile, PROVISIONAL)
        self.report.zone, self.report.zone_from = zone.key, zone_from

    def _choose_zone(self) -> tuple[ZoneInfo, str]:
        if self._zone is not None:
            return self._zone, "as given"
        if self._stored_zone:
            return ZoneInfo(self._stored_zone), "as stored before"
        for name, _ in self._zones.most_common():
            if zone := zone_or_none(name):
                return zone, "where most sleep and workouts were"
        return self._fallback or ZoneInfo("UTC"), "of this machine" if self._fallback else "UTC"

    def _keep_report(self) -> None:
        pipe = self.store.client.pipeline(transaction=True)
        pipe.lpush(self.store.keys.imports, json.dumps(self.report.to_dict()))
        pipe.ltrim(self.store.keys.imports, 0, self.settings.import_history - 1)
        pipe.incr(self.store.keys.version)  # workouts, goals or the zone may have changed, too
        pipe.execute()


def import_export(
    path: str | Path,
    store: Store,
    *,
    settings: Settings,
    zone: ZoneInfo | None = None,
    fallback_zone: ZoneInfo | None = None,
    progress: Progress | None = None,
) -> ImportReport:
    """Import an export and return the report; see `Importer`."""
    return Importer(
        path, store, settings=settings, zone=zone, fallback_zone=fallback_zone, progress=progress
    ).run()
