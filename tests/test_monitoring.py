"""The files of `monitoring/`: every expression is valid and asks for what the kit exports."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import promql
import pytest
import yaml
from prometheus_client import generate_latest
from prometheus_client.parser import text_string_to_metric_families
from promql import Node
from redis import Redis

from wellness.agent.state import Step
from wellness.ops.metrics import Metrics
from wellness.ops.prometheus import registry_of
from wellness.settings import Settings

ROOT = Path(__file__).parent.parent
MONITORING = ROOT / "monitoring"
DURATION = r"^(\d+(ms|[smhdwy]))+$"
TEXT = {"type": "string", "minLength": 1}
RULES = {
    "type": "object",
    "required": ["groups"],
    "additionalProperties": False,
    "properties": {"groups": {"type": "array", "minItems": 1, "items": {
        "type": "object",
        "required": ["name", "rules"],
        "additionalProperties": False,
        "properties": {"name": TEXT, "rules": {"type": "array", "minItems": 1, "items": {
            "type": "object",
            "required": ["alert", "expr", "for", "labels", "annotations"],
            "additionalProperties": False,
            "properties": {
                "alert": {"type": "string", "pattern": "^[A-Z][A-Za-z]+$"},
                "expr": TEXT,
                "for": {"type": "string", "pattern": DURATION},
                "labels": {
                    "type": "object",
                    "required": ["severity"],
                    "additionalProperties": False,
                    "properties": {"severity": {"enum": ["info", "warning", "critical"]}},
                },
                "annotations": {
                    "type": "object",
                    "required": ["summary", "action"],
                    "additionalProperties": False,
                    "properties": {"summary": TEXT, "action": TEXT},
                },
            },
        }}},
    }}},
}  # fmt: skip
EXTERNAL = {"up": {"job", "instance"}}  # what Prometheus adds itself


@pytest.fixture(scope="module")
def exported(client: Redis) -> dict[str, dict[str, set[str]]]:
    """Each name of a sample that the kit exports, with its labels and their values."""
    metrics = Metrics()
    metrics.on_command("GET", 0.001, None, (("GET", "k"),))
    metrics.on_search("memory", 0.002, [0.1])
    metrics.on_step(Step("answer", 2.0, 1.5))
    metrics.on_embeddings({"hits": 1, "misses": 1})
    found: dict[str, dict[str, set[str]]] = {}
    text = generate_latest(registry_of(metrics.measured, client)).decode()
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            labels = found.setdefault(sample.name, {})
            for label, value in sample.labels.items():
                labels.setdefault(label, set()).add(value)
    return found


def loaded(name: str) -> Any:
    return yaml.safe_load((MONITORING / name).read_text("utf-8"))


def rules() -> list[dict[str, Any]]:
    return [rule for group in loaded("alerts.yml")["groups"] for rule in group["rules"]]


def dashboard() -> dict[str, Any]:
    return dict(json.loads((MONITORING / "grafana/redis-wellness.json").read_text("utf-8")))


def panels() -> list[dict[str, Any]]:
    return [panel for panel in dashboard()["panels"] if panel["type"] != "row"]


def expressions() -> Iterator[tuple[str, str]]:
    """What each expression belongs to, and the expression."""
    for rule in rules():
        yield rule["alert"], rule["expr"]
    for panel in panels():
        for target in panel["targets"]:
            yield f"{panel['title']} {target['refId']}", target["expr"]


def faults(text: str, exported: dict[str, dict[str, set[str]]]) -> list[str]:
    """What an expression asks for that is not there."""
    found: list[str] = []
    tree = promql.parse(text)
    for node in tree.walk():
        if node.kind == "selector":
            if node.name in EXTERNAL:
                unknown = node.labels.keys() - EXTERNAL[node.name]
            elif node.name in exported:
                unknown = node.labels.keys() - exported[node.name].keys()
                bound = node.labels.get("le", "+Inf")
                if bound not in exported[node.name].get("le", {"+Inf"}):
                    found.append(f"{node.name} has no bucket {bound}")
            else:
                found.append(f"{node.name} is not exported")
                continue
            found += [f"{node.name} has no label {label}" for label in unknown]
        for label in node.by or ():
            inside = [one.name for one in node.walk() if one.kind == "selector"]
            found += [
                f"{name} has no label {label}"
                for name in inside
                if label not in exported.get(name, {})
            ]
    return found


def labels_left(node: Node, exported: dict[str, dict[str, set[str]]]) -> set[str]:
    """The labels that the result of an expression has."""
    if node.kind == "selector":
        return set(exported.get(node.name, {}))
    if node.kind == "aggregation" and node.name != "topk":
        return set(node.by or ())
    left = set.union(set(), *(labels_left(part, exported) for part in node.parts))
    return left - {"le"} if node.name == "histogram_quantile" else left


# --- expressions ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("owner", "text"), list(expressions()), ids=[name for name, _ in expressions()]
)
def test_every_expression_asks_for_what_is_exported(
    owner: str, text: str, exported: dict[str, dict[str, set[str]]]
) -> None:
    assert faults(text, exported) == []


@pytest.mark.parametrize(
    "text",
    [
        "sum by (le (rate(x[5m]))", "rate(wellness_redis_up)", "sum(rate(x[5m])", "x[5m] > 1",
        "histogram_quantile(0.9, rate(x_bucket[5m]))", "histogram_quantile(0.9, sum(x))", "x{a=b}",
        "rate(x[5])", "sum by le (x)", "x >", "and", "rate(x[5m], 2) +", "frobnicate(x[5m])", "",
    ],
)  # fmt: skip
def test_what_is_no_expression_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        promql.parse(text)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("wellness_redis_upp", "not exported"),
        ("wellness_redis_command_seconds", "not exported"),
        ('sum(rate(wellness_redis_commands_sent_total{user="ann"}[5m]))', "no label user"),
        ("sum by (node) (rate(wellness_redis_commands_sent_total[5m]))", "no label node"),
        ('wellness_vector_search_results_bucket{le="3.0"}', "no bucket 3.0"),
    ],
)
def test_what_is_not_there_is_found(
    text: str, fault: str, exported: dict[str, dict[str, set[str]]]
) -> None:
    assert fault in faults(text, exported)[0]


def test_all_that_is_exported_is_looked_at(exported: dict[str, dict[str, set[str]]]) -> None:
    """A family in no panel and no rule would be counted for nobody."""
    used = {node.name for _, text in expressions() for node in promql.parse(text).walk()}
    families = {re.sub(r"_(bucket|sum|count|total|created)$", "", name) for name in exported}
    seen = {re.sub(r"_(bucket|sum|count|total)$", "", name) for name in used}
    spare = {
        "wellness_embedding_seconds", "wellness_embedding_written_bytes",
        "wellness_redis_memory_peak_bytes",
    }  # fmt: skip
    assert families - seen == spare, "for people who look into single numbers"


# --- rules ----------------------------------------------------------------------------------------


def test_rules_have_the_form_that_prometheus_reads() -> None:
    jsonschema.validate(loaded("alerts.yml"), RULES)
    names = [rule["alert"] for rule in rules()]
    assert len(names) == len(set(names)) > 5


def test_rules_compare_with_something() -> None:
    for rule in rules():
        tree = promql.parse(rule["expr"])
        compared = tree.parts[0] if tree.name == "and" else tree
        assert compared.name in ("==", ">", "<"), rule["alert"]
        assert compared.parts[-1].kind == "number"


def test_texts_of_rules_use_what_there_is(exported: dict[str, dict[str, set[str]]]) -> None:
    known = re.compile(
        r"\{\{ \$(value|labels\.(?P<label>\w+))( \| humanize(Duration|Percentage)?)? \}\}"
    )
    for rule in rules():
        left = labels_left(promql.parse(rule["expr"]), exported)
        for text in rule["annotations"].values():
            assert text.count("{{") == len(known.findall(text)), text
            assert {m["label"] for m in known.finditer(text) if m["label"]} <= left


# --- the dashboard --------------------------------------------------------------------------------


def test_panels_have_titles_places_and_one_source() -> None:
    titles = [panel["title"] for panel in panels()]
    assert len(titles) == len(set(titles)) > 10
    assert len({panel["id"] for panel in dashboard()["panels"]}) == len(dashboard()["panels"])
    (source,) = loaded("grafana/datasource.yml")["datasources"]
    for panel in panels():
        assert panel["description"]
        for one in (panel, *panel["targets"]):
            assert one["datasource"] == {"type": source["type"], "uid": source["uid"]}
        assert len({target["refId"] for target in panel["targets"]}) == len(panel["targets"])


def test_panels_do_not_lie_over_each_other() -> None:
    taken: dict[tuple[int, int], str] = {}
    for panel in dashboard()["panels"]:
        place = panel["gridPos"]
        assert place["x"] + place["w"] <= 24
        for x in range(place["x"], place["x"] + place["w"]):
            for y in range(place["y"], place["y"] + place["h"]):
                assert taken.setdefault((x, y), panel["title"]) == panel["title"]


def test_legends_name_labels_that_are_left(exported: dict[str, dict[str, set[str]]]) -> None:
    for panel in panels():
        for target in panel["targets"]:
            left = labels_left(promql.parse(target["expr"]), exported)
            named = set(re.findall(r"\{\{(\w+)\}\}", target["legendFormat"]))
            assert named <= left, panel["title"]
            if panel["type"] == "timeseries":
                assert left == named, f"{panel['title']}: a label that its legend does not show"


# --- how it hangs together ------------------------------------------------------------------------


def test_containers_find_these_files_and_each_other() -> None:
    services = yaml.safe_load((ROOT / "compose.yaml").read_text("utf-8"))["services"]
    mounted = {
        volume.split(":")[0]: volume.split(":")[1]
        for name in ("prometheus", "grafana")
        for volume in services[name]["volumes"]
        if volume.startswith(".")
    }
    assert all((ROOT / path).is_file() for path in mounted)
    files = {path for path in MONITORING.rglob("*") if path.suffix in (".yml", ".json")}
    assert {(ROOT / path).resolve() for path in mounted} == files
    scraped = loaded("prometheus.yml")
    assert scraped["rule_files"] == [mounted["./monitoring/alerts.yml"]]
    (job,) = scraped["scrape_configs"]
    port = Settings.model_fields["metrics_port"].default
    assert job["static_configs"] == [{"targets": [f"127.0.0.1:{port}"]}]
    assert services["metrics"]["command"] == ["wellness", "serve-metrics", "--port", str(port)]
    assert 'job="wellness"' in rules()[0]["expr"]
    assert job["job_name"] == "wellness"
    (source,) = loaded("grafana/datasource.yml")["datasources"]
    assert source["url"] == "http://prometheus:9090"
    (provider,) = loaded("grafana/dashboards.yml")["providers"]
    shown = mounted["./monitoring/grafana/redis-wellness.json"]
    assert shown.startswith(provider["options"]["path"] + "/")
    home = services["grafana"]["environment"]["GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH"]
    assert home == shown


def test_they_come_by_profile_only() -> None:
    services = yaml.safe_load((ROOT / "compose.yaml").read_text("utf-8"))["services"]
    profiled = {name for name, of in services.items() if of.get("profiles") == ["metrics"]}
    assert profiled == {"metrics", "prometheus", "grafana"}
    environment = services["grafana"]["environment"]
    assert environment["GF_AUTH_ANONYMOUS_ORG_ROLE"] == "Viewer"
    assert environment["GF_ANALYTICS_REPORTING_ENABLED"] == "false"
