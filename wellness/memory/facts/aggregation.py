"""How values become one: what is asked for, or what a metric has by default."""

from __future__ import annotations

from wellness.errors import UnknownMetric
from wellness.health import catalogue
from wellness.health.catalogue import Aggregation

SUMMED = (Aggregation.SUM, Aggregation.EVENTS)
DEFAULTS = {
    Aggregation.SUM: "sum", Aggregation.EVENTS: "duration", Aggregation.LAST: "latest",
    Aggregation.MEAN: "average", Aggregation.TIME_WEIGHTED: "average",
    Aggregation.ENERGY: "average",
}  # fmt: skip


def aggregate(
    metrics: tuple[str, ...], wanted: list[str], concepts: set[str], *, usual: bool, asks: bool
) -> str:
    """What is asked for, or what the metric has by default; may reword `concepts`."""
    wanted = list(dict.fromkeys("latest" if name == "last" else name for name in wanted))
    if len(metrics) != 1 or not (metric := _known(metrics[0])):
        return ", ".join(_plain_sum(wanted))
    wanted = [name for name in wanted if name not in ("how many", "how much")]
    summed, default = metric in SUMMED, DEFAULTS[metric]
    if asks and "usually" in concepts:
        concepts.discard("usually")
        wanted = [*wanted, "average"] if "average" not in wanted else wanted
    if metric is not Aggregation.EVENTS:
        concepts.discard("how")  # "how was my pulse"
    wanted = [default if name == "sum" and summed else name for name in wanted]
    if default in wanted and len(wanted) > 1:
        wanted.remove(default)
    daily = concepts & {"per day", "per night"}
    if not wanted and usual:
        wanted = ["average" if daily and summed else default]
    if summed and wanted[:1] in (["average"], ["maximum"], ["minimum"]):
        concepts -= daily
        concepts.add("per day")
    return ", ".join(wanted)


def _plain_sum(wanted: list[str]) -> list[str]:
    """How often and for how long are sums already."""
    wanted = list(dict.fromkeys("count" if name == "how many" else name for name in wanted))
    added = {"count", "duration"} & set(wanted)
    return [name for name in wanted if not (name == "sum" and added)]


def _known(name: str) -> Aggregation | None:
    """How a metric adds up; None for one that is negated or compared."""
    try:
        return catalogue.find(name).aggregation
    except UnknownMetric:
        return Aggregation.SUM if name.startswith("Dietary") else None
