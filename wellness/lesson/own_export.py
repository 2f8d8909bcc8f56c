"""A small form in a notebook: import your own export into your own data, not into the lesson's."""

from __future__ import annotations

import tempfile
from html import escape
from pathlib import Path
from typing import Any

import ipywidgets as widgets
from redis import Redis
from redis.exceptions import RedisError

from wellness.errors import WellnessError
from wellness.health.importer import import_export
from wellness.health.report import ImportReport
from wellness.health.store import Store
from wellness.lesson.notice import notice
from wellness.lesson.widths import ALL
from wellness.settings import Settings
from wellness.zones import machine_zone, zone_named

WIDE = {"description_width": "9em"}


def form(client: Redis, settings: Settings) -> widgets.VBox:
    """Fields for a path (or a small upload), a name and a zone, and a button that imports."""
    wide = {"width": "40em", "max_width": ALL}
    path = widgets.Text(description="Path of the export", style=WIDE, layout=wide)
    upload = widgets.FileUpload(
        accept=".zip,.xml", description="or upload a small one", layout={"width": "auto"}
    )
    user = widgets.Text(value=settings.user, description="Stored for", style=WIDE)
    zone = widgets.Text(value=machine_zone().key, description="Home time zone", style=WIDE)
    button = widgets.Button(description="Import", tooltip="Import the export named above")
    bar = widgets.FloatProgress(description="Progress", max=1.0, style=WIDE, layout=wide)
    said = widgets.HTML()
    for part in (path, upload, user, zone, button):
        part.add_class("own-export")

    def show_progress(done: int, total: int) -> None:
        bar.value = done / total if total else 0.0

    def run(_: Any) -> None:
        button.disabled = True
        try:
            store = Store(client, user.value, namespace=settings.namespace)
            with tempfile.TemporaryDirectory() as folder:
                source = _source(path.value, upload.value, Path(folder))
                report = import_export(
                    source,
                    store,
                    settings=settings,
                    zone=zone_named(zone.value),
                    progress=show_progress,
                )
            said.value = _summary(report)
        except (WellnessError, RedisError, ValueError, OSError) as error:
            said.value = notice("danger", escape(str(error)))
        finally:
            button.disabled = False

    button.on_click(run)
    return widgets.VBox([path, upload, user, zone, button, bar, said])


def _source(path: str, uploads: tuple[Any, ...], folder: Path) -> Path:
    if path.strip():
        return Path(path.strip()).expanduser()
    if not uploads:
        raise ValueError("Give the path of an export, or upload one.")
    copy = folder / "export.zip"
    copy.write_bytes(uploads[0].content)
    return copy


def _summary(report: ImportReport) -> str:
    state = "complete" if report.complete else f"INCOMPLETE: {escape(report.problem)}"
    rejected = sum(report.rejected.values())
    return notice(
        "success" if report.complete else "warning",
        f"{report.read:,} records read: {report.stored:,} stored, {report.duplicate:,} there "
        f"already, {rejected:,} rejected; {report.workouts:,} new workouts; {state}. "
        f"In a terminal: <code style='color:inherit;background:none'>wellness show steps --user "
        f"{escape(report.user)}</code>",
        role="status",
    )
