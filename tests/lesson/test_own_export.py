"""The form that imports a learner's own export, used as a learner uses it: by its widgets."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import ipywidgets as widgets
import pytest
from health.exports import HEART_RATE, STEPS, document, heart_rates, record, zipped
from redis import Redis

from wellness import keys
from wellness.health.store import Store
from wellness.lesson import own_export
from wellness.settings import Settings


@dataclass
class Form:
    """The parts of the form by what they are for."""

    box: widgets.VBox

    def field(self, label: str) -> Any:
        (found,) = [part for part in self.box.children if label in getattr(part, "description", "")]
        return found

    @property
    def button(self) -> widgets.Button:
        (found,) = [part for part in self.box.children if isinstance(part, widgets.Button)]
        return found

    @property
    def said(self) -> str:
        (found,) = [part for part in self.box.children if isinstance(part, widgets.HTML)]
        return str(found.value)

    def import_(self, path: object = "", **fields: str) -> str:
        """Fill the form, press its button, and read what it says."""
        self.field("Path").value = str(path)
        for label, value in fields.items():
            self.field(label.replace("_", " ")).value = value
        self.button.click()
        return self.said


@pytest.fixture
def mine(settings: Settings, namespace: str) -> Settings:
    """A learner's settings: their own data lie in this test's namespace."""
    return settings.model_copy(update={"namespace": namespace, "user": "eve"})


@pytest.fixture
def form(client: Redis, mine: Settings) -> Iterator[Form]:
    box = own_export.form(client, mine)
    yield Form(box)
    for part in box.children:
        part.close()
    box.close()


@pytest.fixture
def export(tmp_path: Path) -> Path:
    path = tmp_path / "export.xml"
    path.write_bytes(document(*heart_rates(30), record(type=STEPS, unit="count"), record(value="")))
    return path


def test_the_button_imports_the_export_at_a_path(
    form: Form, client: Redis, namespace: str, export: Path
) -> None:
    said = form.import_(f"  {export} ", Home_time_zone="Asia/Tokyo")
    assert "32 records read" in said
    assert "31 stored" in said
    assert "1 rejected" in said
    assert "complete" in said
    assert "role='status'" in said
    store = Store(client, "eve", namespace=namespace)
    assert (store.count(HEART_RATE), store.count(STEPS)) == (30, 1)
    assert store.zone().key == "Asia/Tokyo"
    assert not form.button.disabled
    assert "0 stored" in form.import_(export)


def test_it_goes_under_the_name_that_is_given(
    form: Form, client: Redis, namespace: str, export: Path
) -> None:
    said = form.import_(export, Stored_for="zoe")
    assert "--user zoe" in said
    assert keys.users(client, namespace) == ["zoe"]


@pytest.mark.parametrize("name", ["mine.zip", "mine.xml"])
def test_a_small_export_can_be_uploaded(
    form: Form, client: Redis, namespace: str, export: Path, name: str
) -> None:
    data = export.read_bytes()
    if name.endswith(".zip"):
        data = zipped({"apple_health_export/export.xml": data})
    file = {"name": name, "type": "", "size": len(data), "last_modified": 0}
    form.field("upload").set_state({"value": [{**file, "content": memoryview(data)}]})
    assert "31 stored" in form.import_()
    assert Store(client, "eve", namespace=namespace).count(HEART_RATE) == 30


def test_the_bar_moves_to_its_end(form: Form, export: Path) -> None:
    seen: list[float] = []
    form.field("Progress").observe(lambda change: seen.append(change["new"]), "value")
    form.import_(export)
    assert seen == sorted(seen)
    assert seen[-1] == 1.0


def test_a_second_click_meanwhile_is_not_possible(
    form: Form, export: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    disabled: list[bool] = []
    whole = own_export.import_export

    def watched(*args: Any, **options: Any) -> Any:
        disabled.append(form.button.disabled)
        return whole(*args, **options)

    monkeypatch.setattr(own_export, "import_export", watched)
    form.import_(export)
    assert disabled == [True]
    assert not form.button.disabled


@pytest.mark.parametrize(
    ("fields", "word"),
    [
        ({"path": "/nowhere/export.zip"}, "/nowhere/export.zip"),
        ({"path": ""}, "path"),
        ({"Home_time_zone": "Nowhere/Land"}, "Nowhere/Land"),
        ({"Home_time_zone": "Europe"}, "Europe"),
        ({"Home_time_zone": ""}, "zone"),
        ({"Stored_for": ""}, "name"),
        ({"path": "/nowhere/<b>&amp;.zip"}, "/nowhere/&lt;b&gt;&amp;amp;.zip"),
    ],
    ids=["missing", "empty", "unknown zone", "folder of zones", "no zone", "no name", "markup"],
)
def test_an_error_is_shown_and_can_be_mended(
    form: Form, client: Redis, namespace: str, export: Path, fields: dict[str, str], word: str
) -> None:
    said = form.import_(**{"path": str(export), **fields})
    assert "role='alert'" in said
    assert word in said
    assert not form.button.disabled
    assert not list(keys.scan(client, namespace))
    if "Home_time_zone" in fields:
        assert "Europe/Berlin" in said, "an example of a zone"
        assert "31 stored" in form.import_(export, Home_time_zone="Europe/Berlin")


def test_a_file_that_is_no_export_says_what_is(form: Form, tmp_path: Path) -> None:
    (tmp_path / "notes.zip").write_bytes(zipped({"a.txt": b"milk"}))
    assert "Export All Health Data" in form.import_(tmp_path / "notes.zip")


def test_what_redis_refuses_is_shown(
    form: Form, client: Redis, namespace: str, export: Path
) -> None:
    client.set(keys.Keys(namespace, "eve").profile, "someone's")
    said = form.import_(export)
    assert "role='alert'" in said
    assert "WRONGTYPE" in said


def test_a_cut_off_export_is_said_to_be_incomplete(form: Form, export: Path) -> None:
    export.write_bytes(export.read_bytes()[:-3000])
    said = form.import_(export)
    assert "INCOMPLETE" in said
    assert "alert-warning" in said


def test_a_name_is_shown_as_text(form: Form, export: Path) -> None:
    said = form.import_(export, Stored_for="<img src=x>")
    assert "<img" not in said


def test_each_part_can_be_found_and_nothing_runs_before_the_click(
    client: Redis, mine: Settings, namespace: str
) -> None:
    before = threading.active_count()
    box = own_export.form(client, mine)
    assert all(part.description for part in box.children if not isinstance(part, widgets.HTML))
    assert Form(box).field("Stored for").value == "eve"
    assert threading.active_count() == before
    assert not list(keys.scan(client, namespace))
    for part in (*box.children, box):
        part.close()
