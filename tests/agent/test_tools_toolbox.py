from __future__ import annotations

import json
import threading
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import jsonschema
import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from redis import Redis

from agent.ann import NOW, Call, caller, tell, value
from agent.test_past_events import Gone
from wellness.agent.results import ToolResult
from wellness.agent.routes import TOOL_OF
from wellness.agent.tools import Toolbox, defaults, specs
from wellness.client import Client, connect
from wellness.health import catalogue
from wellness.health.store import Store
from wellness.memory.embedder import OllamaEmbedder
from wellness.memory.long_term import LongTerm
from wellness.memory.messages import ToolCall
from wellness.settings import Settings

CALLS: list[tuple[str, dict[str, Any]]] = [
    ("search_health_records_by_metric", {"metric": "BodyMass"}),
    ("aggregate_metrics", {"metric": "StepCount", "aggregation": "sum", "period": "last week"}),
    ("compare_time_periods", {"metric": "HeartRate", "period": "May", "other_period": "June"}),
    ("trend_analysis", {"metric": "RestingHeartRate"}),
    ("search_workouts_and_activity", {"activity": "Running"}),
    ("get_sleep_analysis", {"period": "last week"}),
    ("get_activity_progress", {}),
    ("recall_memories", {"query": "What did I say about my ankle?"}),
    ("list_goals", {}),
]


# What the tools say of themselves


def test_there_is_a_tool_for_each_intent() -> None:
    assert list(Toolbox.specs) == list(TOOL_OF.values())
    assert [one["function"]["name"] for one in Toolbox.schemas()] == list(TOOL_OF.values())


def test_schemas_are_schemas_and_agree_with_the_forms() -> None:
    for spec in Toolbox.specs.values():
        schema = spec.schema["function"]["parameters"]
        jsonschema.Draft202012Validator.check_schema(schema)
        assert spec.description
        assert all(row["description"] and row["type"] for row in schema["properties"].values())
    for name, arguments in CALLS:
        schema = Toolbox.specs[name].schema["function"]["parameters"]
        jsonschema.validate(arguments, schema)
        Toolbox.specs[name].arguments.model_validate(arguments)
    compare = Toolbox.specs["compare_time_periods"].schema["function"]["parameters"]
    assert compare["required"] == ["metric", "period", "other_period"]
    assert compare["properties"]["aggregation"]["enum"] == [
        "sum", "average", "minimum", "maximum", "count",
    ]  # fmt: skip


def test_descriptions_say_the_defaults() -> None:
    for name, default in (
        ("aggregate_metrics", defaults.AGGREGATE_PERIOD), ("trend_analysis", defaults.TREND_PERIOD),
        ("get_sleep_analysis", defaults.SLEEP_PERIOD),
        ("search_workouts_and_activity", defaults.WORKOUT_PERIOD),
        ("get_activity_progress", defaults.PROGRESS_PERIOD),
        ("compare_time_periods", str(defaults.EVENT_WINDOW_DAYS)),
    ):  # fmt: skip
        assert default in Toolbox.specs[name].description


# What every result has


@pytest.mark.parametrize(("name", "arguments"), CALLS, ids=[name for name, _ in CALLS])
def test_every_result(recalling: Call, name: str, arguments: dict[str, Any]) -> None:
    found = recalling(name, **arguments)
    assert found.ok, found.error
    assert found.tool == name
    assert found.arguments == arguments
    assert found.zone == "America/New_York"
    assert found.conclusion[0].isupper() or found.conclusion[0] == '"'
    assert found.conclusion.endswith(".")
    assert found.samples > 0
    text = json.dumps(found.to_dict(), allow_nan=False)
    assert ToolResult.from_dict(json.loads(text)).to_dict() == json.loads(text)
    assert len(text) < 20_000, "bounded, whatever the history"
    assert found.commands
    for one in found.periods:
        start, end = datetime.fromisoformat(one.start), datetime.fromisoformat(one.end)
        assert start < end
        assert start.utcoffset() is not None


def test_commands_have_names_and_keys_and_nobodys_name(call: Call, sample_namespace: str) -> None:
    found = call("aggregate_metrics", metric="StepCount", aggregation="sum", period="last week")
    assert "MULTI; SMEMBERS stale:StepCount; HMGET days:StepCount; EXEC" in found.commands
    text = " ".join(found.commands)
    assert "sample" not in text
    assert sample_namespace not in text
    assert "readings:StepCount" in text
    assert not [line for line in found.commands if line.startswith("GET ")], "no blob"
    again = call("aggregate_metrics", metric="StepCount", aggregation="sum", period="last week")
    assert again.commands == found.commands, "only those of this call"


def test_commands_of_other_threads_are_not_ours(
    guarded: Client, sample: Store, told_settings: Settings
) -> None:
    """Tools are called side by side; each result has its own commands."""
    box = Toolbox(sample, None, settings=told_settings, now=NOW)
    found: dict[str, list[ToolResult]] = {"StepCount": [], "HeartRate": []}
    start = threading.Barrier(2)

    def work(metric: str) -> None:
        start.wait()
        for _ in range(20):
            arguments = {"metric": metric, "aggregation": "average", "period": "last week"}
            found[metric].append(box.call(ToolCall("aggregate_metrics", arguments)))

    threads = [threading.Thread(target=work, args=(metric,)) for metric in found]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for result in found["HeartRate"]:
        assert not [line for line in result.commands if "StepCount" in line]
    assert len({result.commands for result in found["StepCount"]}) == 1
    assert not [one for one in guarded.guard._observers if "Tape" in repr(one)], "none stays"


def test_a_plain_client_tells_nothing(
    redis_server: Any, sample: Store, told_settings: Settings
) -> None:
    with Redis(unix_socket_path=str(redis_server.socket)) as plain:
        store = Store(plain, "sample", namespace=sample.keys.namespace)
        box = Toolbox(store, None, settings=told_settings, now=NOW)
        found = caller(box)("get_activity_progress")
    assert found.ok
    assert found.commands == ()


def test_days_are_those_of_the_zone(sample: Store, told_settings: Settings) -> None:
    tokyo = ZoneInfo("Asia/Tokyo")
    box = Toolbox(sample, None, settings=told_settings, now=NOW, zone=tokyo)
    found = caller(box)("search_health_records_by_metric", metric="HeartRate", period="today")
    assert found.zone == "Asia/Tokyo"
    assert found.periods[0].label == "Thu 1 Oct 2026", "it is tomorrow there"
    assert found.data["readings"][0]["at"].endswith("+09:00")
    with pytest.raises(ValueError, match="aware"):
        Toolbox(sample, None, settings=told_settings, now=datetime(2026, 9, 30))


# What goes wrong


def test_an_unknown_tool(call: Call) -> None:
    found = call("aggregate_metric", metric="StepCount")
    assert not found.ok
    assert "Did you mean aggregate_metrics?" in found.error
    assert all(name in found.error for name in TOOL_OF.values())


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"metric": "StepCount"}, "aggregation is missing"),
        ({"aggregation": "sum"}, "metric is missing"),
        ({"metric": "StepCount", "aggregation": "median"}, "aggregation cannot be 'median'"),
        ({"metric": "StepCount", "aggregation": "sum", "unit": "km"}, "no argument 'unit'"),
        ({"metric": 5, "aggregation": "sum"}, "metric cannot be 5"),
        ({"metric": "", "aggregation": "sum"}, "metric cannot be ''"),
        ({"metric": ["StepCount"], "aggregation": "sum"}, "metric cannot be"),
        ({"metric": "x" * 10_000, "aggregation": "sum"}, "metric cannot be"),
        ({"metric": "StepCount", "aggregation": "sum", "period": 7}, "period cannot be 7"),
    ],
)  # fmt: skip
def test_wrong_arguments(call: Call, arguments: dict[str, Any], said: str) -> None:
    found = call("aggregate_metrics", **arguments)
    assert not found.ok
    assert said in found.error
    assert "It takes metric, aggregation (sum, average, minimum, maximum, count), period?" in (
        found.error
    )
    assert len(found.error) < 800
    assert not found.numbers
    assert not found.conclusion


@pytest.mark.parametrize("given", ["StepCount", ["StepCount"], None, 5])
def test_arguments_without_names(sample: Store, told_settings: Settings, given: Any) -> None:
    box = Toolbox(sample, None, settings=told_settings, now=NOW)
    found = box.call(ToolCall("trend_analysis", given))
    assert "by name" in found.error


def test_what_models_write_for_nothing_is_nothing(call: Call) -> None:
    for nothing in ("", " ", "none", "null", None):
        found = call("trend_analysis", metric="BodyMass", period=nothing)
        assert found.ok
        assert found.arguments == {"metric": "BodyMass"}
    spoken = call("aggregate_metrics", metric="StepCount", aggregation="Total", period="yesterday")
    assert spoken.arguments["aggregation"] == "sum"


def test_an_unknown_metric(call: Call) -> None:
    found = call("trend_analysis", metric="StepCont")
    assert "No metric is called 'StepCont'. Did you mean StepCount" in found.error
    assert "Stored are: ActiveEnergyBurned" in found.error
    absent = call("trend_analysis", metric="BloodGlucose")
    assert "Nothing is stored of blood glucose." in absent.error
    assert "HeartRate" in absent.error


@pytest.mark.parametrize(
    ("period", "said"),
    [
        ("blah", "is no known period"), ("12/05/2026", "either order"),
        ("next week", "has not begun yet"), ("30 February 2026", "is no"),
        ("before my injury", "keeps no memory"), ("\x00\ud800" * 9, "is no known period"),
        ("last week; DROP TABLE", "is no known period"),
    ],
)  # fmt: skip
def test_a_period_that_is_not_understood(call: Call, period: str, said: str) -> None:
    found = call("aggregate_metrics", metric="StepCount", aggregation="sum", period=period)
    assert not found.ok
    assert said in found.error
    assert not found.periods
    found.error.encode()
    json.dumps(found.to_dict()).encode()


def test_a_person_without_data(guarded: Client, namespace: str, settings: Settings) -> None:
    box = Toolbox(Store(guarded, "nobody", namespace=namespace), None, settings=settings, now=NOW)
    for name, arguments in CALLS:
        found = caller(box)(name, **arguments)
        assert not found.ok
        assert "no data of a user 'nobody'" in found.error


def test_redis_that_is_not_there(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path, redis_url=f"unix://{tmp_path}/nobody.sock")
    with connect(settings) as client:
        box = Toolbox(Store(client, "sample"), None, settings=settings, now=NOW)
        for name, arguments in CALLS:
            found = caller(box)(name, **arguments)
            assert not found.ok
            assert "doctor" in found.error
    with Redis(unix_socket_path=f"{tmp_path}/nobody.sock") as plain:
        box = Toolbox(Store(plain, "sample"), None, settings=settings, now=NOW)
        assert "Redis does not answer" in caller(box)("get_activity_progress").error


def test_an_embedding_model_that_went_away(
    client: Redis, embedder: OllamaEmbedder, settings: Settings, namespace: str, memory: LongTerm,
    sample: Store,
) -> None:  # fmt: skip
    tell(memory, "I sprained my ankle on 12 June 2025.", 2025, 6, 12)
    blind = LongTerm(client, Gone(embedder), "sample", settings=settings, clock=NOW.timestamp,
                     namespace=namespace)  # fmt: skip
    call = caller(Toolbox(sample, blind, settings=settings, now=NOW))
    period = call("aggregate_metrics", metric="StepCount", aggregation="average",
                  period="before my injury")  # fmt: skip
    assert period.ok, "words suffice"
    assert any("Only words were searched" in note for note in period.notes)
    told = call("recall_memories", query="What did I say about my ankle?")
    assert "sprained" in told.conclusion
    assert not call("remember_fact", text="My goal weight is 165 lb").ok


def test_a_bug_is_raised(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(desk: object, arguments: object) -> None:
        raise KeyError("a bug")

    spec = specs.SPECS["trend_analysis"]
    wrong = specs.ToolSpec(spec.name, spec.description, spec.arguments, broken)  # type: ignore[arg-type]
    monkeypatch.setitem(specs.SPECS, "trend_analysis", wrong)
    with pytest.raises(KeyError, match="a bug"):
        call("trend_analysis", metric="BodyMass")


METRICS = st.sampled_from([metric.name for metric in catalogue.METRICS]) | st.text(max_size=20)
PERIODS = st.sampled_from(
    ["today", "yesterday", "last night", "last week", "March 2025", "this month", "all time",
     "2023", "last 24 hours", "before my injury", "since I moved", "8 March 2026", "winter 2025"]
) | st.text(max_size=20)  # fmt: skip
AGGREGATIONS = st.sampled_from(["sum", "average", "minimum", "maximum", "count", "", "x"])
ANYTHING = st.one_of(st.none(), st.integers(), st.floats(), st.text(max_size=20), METRICS, PERIODS)


@given(
    name=st.sampled_from(list(Toolbox.specs)) | st.text(max_size=10),
    metric=METRICS, period=PERIODS | st.none(), other=PERIODS, aggregation=AGGREGATIONS,
    wild=st.dictionaries(st.sampled_from(["metric", "period", "target", "query", "x"]), ANYTHING,
                         max_size=2),
)  # fmt: skip
@hypothesis_settings(
    max_examples=150, deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)  # fmt: skip
def test_whatever_is_asked_there_is_a_result(
    call: Call, name: str, metric: str, period: str | None, other: str, aggregation: str,
    wild: dict[str, Any],
) -> None:  # fmt: skip
    known = {"metric": metric, "period": period, "other_period": other, "aggregation": aggregation,
             "query": metric, "text": other, "activity": metric}  # fmt: skip
    spec = Toolbox.specs.get(name)
    fields = spec.arguments.model_fields if spec else known
    arguments = {key: one for key, one in known.items() if key in fields} | wild
    found = Toolbox.call(call.__closure__[0].cell_contents, ToolCall(name, arguments))  # type: ignore[attr-defined]
    assert found.ok == (found.error == "")
    assert found.ok == bool(found.conclusion)
    assert found.ok or not found.numbers
    json.dumps(found.to_dict(), allow_nan=False).encode()
    assert "nan" not in found.conclusion.split()


def test_an_old_history_is_bounded_too(call: Call) -> None:
    for metric in ("StepCount", "HeartRate", "MindfulSession", "SleepAnalysis"):
        found = call("aggregate_metrics", metric=metric, aggregation="average", period="all time")
        assert len(found.data["days"]) <= defaults.ROWS
        assert value(found, "average") > 0
