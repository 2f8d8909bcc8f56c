"""How values become one: what is asked for, or what a metric has by default."""

from __future__ import annotations

from functools import lru_cache

from wellness.errors import UnknownMetric
from wellness.health import catalogue
from wellness.health.catalogue import Aggregation, Metric

UNUSUAL = {"when", "whether", "why", "where", "who", "how", "compare", "should"}
TIMES = {"duration", "minutes", "hours"}
SUMMED = (Aggregation.SUM, Aggregation.EVENTS)
DEFAULTS = {
    Aggregation.SUM: "sum", Aggregation.EVENTS: "duration", Aggregation.LAST: "latest",
    Aggregation.MEAN: "average", Aggregation.TIME_WEIGHTED: "average",
    Aggregation.ENERGY: "average",
}  # fmt: skip


def aggregate(
    metrics: tuple[str, ...], wanted: list[str], concepts: set[str], *, asks: bool, habitual: bool
) -> str:
    """What is asked for, or what the metric has by default; may reword `concepts`.

    Args:
        metrics: of the sentence; a default is that of the only one.
        wanted: the aggregations that it names, in order.
        concepts: of the sentence.
        asks: whether it asks for a value, not for a goal.
        habitual: whether it asks how much one does as a rule: "how much do I sleep?"
    """
    wanted = _timed(metrics, wanted)
    if len(metrics) != 1 or not (metric := metric_named(metrics[0])):
        return ", ".join(_plain_sum(wanted))
    silent = {"how many", "how much"} | (TIMES if metric.unit == "s" else set())
    wanted = [name for name in wanted if name not in silent]
    summed, default = metric.aggregation in SUMMED, DEFAULTS[metric.aggregation]
    if asks and "usually" in concepts:
        concepts.discard("usually")
        wanted = [*wanted, "average"] if "average" not in wanted else wanted
    if metric.aggregation is not Aggregation.EVENTS:
        concepts.discard("how")  # "how was my pulse"
    wanted = [default if name == "sum" and summed else name for name in wanted]
    if default in wanted and len(wanted) > 1:
        wanted.remove(default)
    usual = asks and not concepts & UNUSUAL
    daily = concepts & {"per day", "per night"}
    if not wanted and usual:
        wanted = ["average" if (daily or habitual) and summed else default]
    if summed and wanted[:1] in (["average"], ["maximum"], ["minimum"]):
        concepts -= daily
        concepts.add("per day")
    return ", ".join(wanted)


def _timed(metrics: tuple[str, ...], wanted: list[str]) -> list[str]:
    """How long one slept is told in hours, all else in minutes; another unit is asked for."""
    usual = "hours" if "SleepAnalysis" in metrics else "minutes"
    names = {"last": "latest", usual: "duration"}
    return list(dict.fromkeys(names.get(name, name) for name in wanted))


def _plain_sum(wanted: list[str]) -> list[str]:
    """How often and for how long are sums already."""
    wanted = list(dict.fromkeys("count" if name == "how many" else name for name in wanted))
    silent = {"sum"} if {"count", "duration", "hours", "minutes"} & set(wanted) else set()
    silent |= {"duration"} if {"longest", "shortest"} & set(wanted) else set()
    return sorted(name for name in wanted if name not in silent)


@lru_cache(maxsize=1_024)
def metric_named(name: str) -> Metric | None:
    """The metric of a name; None for one that is negated or compared.

    >>> metric_named("StepCount").unit, metric_named("not StepCount")
    ('count', None)
    """
    if name.startswith("Dietary"):
        return catalogue.describe(catalogue.QUANTITY + name)
    try:
        return catalogue.find(name)
    except UnknownMetric:
        return None
