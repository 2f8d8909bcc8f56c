"""Charts as those meet them who read the page: the SVG, its label, and the table below it."""

from __future__ import annotations

import math
import re
import subprocess
import sys
from collections.abc import Callable
from datetime import date, timedelta

import numpy as np
import pytest
from lxml import etree, html

from wellness.errors import LessonError
from wellness.lesson import charts
from wellness.lesson.charts import Chart
from wellness.lesson.frontier import frontier
from wellness.lesson.heat import heatmap
from wellness.lesson.intervals import intervals
from wellness.lesson.routing_figures import share
from wellness.lesson.samples import Comparison, Sample, paired_ratio
from wellness.lesson.tables import duration

SVG = "{http://www.w3.org/2000/svg}"
FIRST = date(2024, 2, 26)
NASTY = "a <b> & \"c\" $x^2$ 'd'"


def samples() -> dict[str, Sample]:
    source = np.random.default_rng(1)
    return {
        name: Sample(name, source.lognormal(math.log(ns), 0.2, 120).astype(np.int64))
        for name, ns in (("sorted set", 4e5), ("JSON blob", 4e6), (NASTY, 9e3))
    }


def comparison() -> Comparison:
    found = samples()
    base = found["JSON blob"].ns
    ratios = {name: paired_ratio(sample.ns, base) for name, sample in found.items()}
    return Comparison("JSON blob", found, ratios, ratios["JSON blob"], 120)


def day_values(*missing: int) -> dict[date, float]:
    return {FIRST + timedelta(i): 60.0 + i % 7 for i in range(30) if i not in missing}


KINDS: dict[str, Callable[[], Chart]] = {
    "bars": lambda: charts.bars({"one": 3, NASTY: 4.5}, title="Bars", unit="B"),
    "dots": lambda: charts.bars(
        {"one": 3e3, NASTY: 4.5e7}, title="Dots", unit="ns", baseline="one"
    ),
    "samples": lambda: charts.latency(samples(), title="Samples"),
    "comparison": lambda: charts.latency(comparison(), title="Comparison"),
    "lines": lambda: charts.lines(
        [1, 10, 100],
        {"flat": [2e3, 2e3, 2.1e3], NASTY: [1e3, math.nan, 1e5]},
        title="Lines",
        xlabel="readings",
        ylabel="p50",
        unit="ns",
    ),
    "stacked": lambda: charts.stacked(
        [1, 2, 3],
        {"fixed": [40, 40, 40], NASTY: [10, 25.5, 60]},
        title="Stacked",
        xlabel="turns",
        ylabel="what it takes",
        unit="tokens",
        limits={"budget": 90},
    ),
    "heatmap": lambda: heatmap(
        [[0, 0.1, 0.8], [0.1, 0, 0.9], [0.8, 0.9, 0]],
        ["one", NASTY, "a name that is so long that it takes two lines"],
        title="Heat map",
        marked=[(0, 1)],
        marks="same",
    ),
    "frontier": lambda: frontier(
        {"M 4": [(1e5, 0.5), (2e5, 0.9)], NASTY: [(1.5e5, 0.6), (3e5, 1.0)]},
        [10, 50],
        title="Frontier",
        cost="p50 of a search",
        quality="recall@10",
        setting="EF",
        unit="ns",
    ),
    "intervals": lambda: intervals(
        {
            f"one / {NASTY}": share([True] * 9 + [False]),
            "one / b": share([True] * 3),
            "two / b": share([False] * 4),
        },
        title="Intervals",
    ),
    "daily": lambda: charts.daily(
        {"resting": day_values(3, 10, 11), NASTY: day_values(11)},
        title="Daily",
        ylabel="heart rate",
        unit="bpm",
    ),
}


@pytest.fixture(scope="module", params=KINDS)
def kind(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture(scope="module")
def chart(kind: str) -> Chart:
    return KINDS[kind]()


@pytest.fixture(scope="module")
def again(kind: str, chart: Chart) -> Chart:
    """A second chart of the same data, as when a cell is copied."""
    return KINDS[kind]()


def parsed(chart: Chart) -> etree._Element:
    return etree.fromstring(chart.svg)


def texts(chart: Chart) -> list[str]:
    return ["".join(node.itertext()) for node in parsed(chart).iter(f"{SVG}text")]


def cells(chart: Chart) -> list[list[str]]:
    page = html.fromstring(f"<div>{chart._repr_html_()}</div>")
    return [[cell.text_content() for cell in row] for row in page.iterfind(".//table//tr")]


def test_svg_is_an_image_with_a_label(chart: Chart) -> None:
    root = parsed(chart)
    assert root.tag == f"{SVG}svg"
    assert root.get("role") == "img"
    assert root.get("aria-label") == chart.label == repr(chart)
    assert chart.title in chart.label
    assert NASTY in chart.label


def test_svg_brings_nothing_from_outside_and_changes_nothing_outside(chart: Chart) -> None:
    assert chart.svg.startswith("<svg ")
    assert re.findall(r"https?://[^\"]*", chart.svg) == ["http://www.w3.org/2000/svg"]
    tags = {etree.QName(node).localname for node in parsed(chart).iter()}
    assert tags <= {"svg", "g", "defs", "path", "use", "text", "tspan", "clipPath", "rect"}


def test_text_is_text_in_the_reader_s_font_and_large_enough(chart: Chart) -> None:
    assert NASTY.split()[0] in " ".join(texts(chart))
    assert "DejaVu" not in chart.svg
    assert parsed(chart).get("viewBox", "").startswith("0 0 800 ")
    sizes = re.findall(r"font(?:-size)?:[^;]*?([\d.]+)px", chart.svg)
    assert len(sizes) >= len(texts(chart)) > 0
    assert min(map(float, sizes)) >= 12


def test_ids_are_unique_in_a_page_and_every_reference_is_met(chart: Chart, again: Chart) -> None:
    page = etree.fromstring(f"<div>{chart.svg}{again.svg}</div>")
    ids = page.xpath("//@id")
    assert ids
    assert len(ids) == len(set(ids))
    for svg in page:
        inside = set(svg.xpath(".//@id"))
        source = etree.tostring(svg, encoding="unicode")
        assert set(re.findall(r'url\(#([^)]+)\)|href="#([^"]+)"', source)) <= {
            pair for name in inside for pair in ((name, ""), ("", name))
        }


def test_the_same_data_makes_the_same_drawing(chart: Chart, again: Chart) -> None:
    def bare(chart: Chart) -> str:
        return re.sub(r"chart-[0-9a-f]{8}-\d+-", "", chart.svg)

    assert bare(chart) == bare(again)


def test_the_table_below_is_folded_and_has_every_value(chart: Chart) -> None:
    page = html.fromstring(f"<div>{chart._repr_html_()}</div>")
    assert page.find(".//details").get("open") is None
    header, *rows = cells(chart)
    assert header[1:] == list(chart.table.columns)
    assert [row[0] for row in rows] == [str(name) for name in chart.table.index]
    assert all(len(row) == len(header) for row in rows)


def test_bars_draw_label_and_tabulate_the_values_given() -> None:
    values = {"sorted set": 0.4, "JSON blob": 4.1, "gone": math.nan}
    chart = charts.bars(values, title="p50", unit="ms", baseline="sorted set")
    assert chart.label == (
        "Bar chart: p50. sorted set 0.4 ms (baseline); JSON blob 4.1 ms (10.2×); gone no value."
    )
    assert chart.table["value"].tolist() == pytest.approx([0.4, 4.1, math.nan], nan_ok=True)
    assert cells(chart)[1:] == [
        ["sorted set", "0.4 ms"],
        ["JSON blob", "4.1 ms"],
        ["gone", "no value"],
    ]
    assert {"sorted set", "JSON blob", "0.4 ms (baseline)", "4.1 ms (10.2×)"} <= set(texts(chart))


def test_bars_have_lengths_in_proportion() -> None:
    chart = charts.bars({"a": 2, "b": 8}, title="t")
    boxes = []
    for path in parsed(chart).iter(f"{SVG}path"):
        if "#0072b2" in path.get("style", ""):
            xs = [float(x) for x in re.findall(r"[ML] ([\d.]+) ", path.get("d", ""))]
            boxes.append(max(xs) - min(xs))
    assert boxes[1] / boxes[0] == pytest.approx(4, rel=1e-3)


@pytest.mark.parametrize(("highest", "log"), [(29, False), (31, True)])
def test_the_axis_is_logarithmic_only_beyond_a_thirtyfold_spread(highest: int, log: bool) -> None:
    said = [
        charts.bars({"a": 1, "b": highest}, title="t").label,
        charts.latency({"a": Sample("a", np.array([1, highest] * 5))}).label,
        charts.lines([1, highest], {"a": [5, 5]}, title="t", xlabel="x", ylabel="y").label,
        charts.lines([1, 2], {"a": [1, highest]}, title="t", xlabel="x", ylabel="y").label,
    ]
    assert ["logarithmic" in label for label in said] == [log] * 4


def test_zero_and_negative_values_keep_the_axis_linear() -> None:
    assert "Bar chart" in charts.bars({"a": 0, "b": 900, "c": 1}, title="t").label
    assert "Bar chart" in charts.bars({"a": -1, "b": 900}, title="t").label


def test_a_logarithmic_axis_can_be_asked_for_or_refused() -> None:
    def label(log: str) -> str:
        series = {"a": [1.0, 1000.0]}
        return charts.lines([1, 2], series, title="t", xlabel="x", ylabel="y", log=log).label  # type: ignore[arg-type]

    assert label("none").startswith("Line chart: ")
    assert label("xy").startswith("Line chart, logarithmic x axis, logarithmic y axis: ")


def test_latency_shows_n_and_the_percentiles_of_each_sample() -> None:
    chart = charts.latency(comparison(), title="Range")
    written = texts(chart)
    for name, sample in samples().items():
        figures = [duration(np.percentile(sample.ns, q)) for q in (50, 95, 99)]
        row = next(row for row in cells(chart) if row[0] == name)
        assert row[1:5] == ["120", *figures]
        assert "p50 {}, p95 {}, p99 {}".format(*figures) in chart.label
        assert {*figures} <= set(written)
        assert chart.table.loc[name, "p95"] == np.percentile(sample.ns, 95)
        assert chart.table.loc[name, "slowest"] == sample.ns.max()
    assert {"n", "120", "● p50", "◆ p95", "▲ p99"} <= set(written)
    assert "ratio to baseline" in chart.table
    assert "ratio to baseline" not in charts.latency(samples()).table


def test_lines_are_told_by_name_and_ends() -> None:
    chart = KINDS["lines"]()
    assert "flat from 2 µs at 1 to 2.1 µs at 100" in chart.label
    assert f"{NASTY} from 1 µs at 1 to 100 µs at 100" in chart.label
    assert chart.table["flat"].tolist() == [2e3, 2e3, 2.1e3]
    assert chart.table.index.tolist() == [1, 10, 100]
    assert cells(chart)[2][2] == "no value"


def test_stacked_parts_add_up_and_are_told() -> None:
    chart = KINDS["stacked"]()
    assert chart.table["total"].tolist() == [50, 65.5, 100]
    assert "what it takes by turns: total from 50 tokens at 1 to 100 tokens at 3" in chart.label
    assert "in the last bar fixed 40 tokens" in chart.label
    assert "limit budget 90 tokens" in chart.label
    assert {"fixed", "budget"} <= set(texts(chart))
    assert cells(chart)[2] == ["2", "40 tokens", "25.5 tokens", "65.5 tokens"]


def test_stacked_bars_stand_on_each_other() -> None:
    chart = charts.stacked([1, 2], {"a": [1, 3], "b": [2, 1]}, title="t", xlabel="x", ylabel="y")
    edges: dict[str, list[tuple[float, float]]] = {}
    for path in parsed(chart).iter(f"{SVG}path"):
        fill = re.search(r"fill: (#0072b2|#d55e00); stroke: #ffffff", path.get("style", ""))
        if fill:
            ys = [float(y) for y in re.findall(r"[ML] [\d.]+ ([\d.]+)", path.get("d", ""))]
            edges.setdefault(fill[1], []).append((max(ys), min(ys)))  # y grows downwards
    lower, upper = edges["#0072b2"], edges["#d55e00"]
    assert [top for _, top in lower] == pytest.approx([bottom for bottom, _ in upper])
    heights = [bottom - top for bottom, top in (*lower, *upper)]
    assert [height / heights[0] for height in heights] == pytest.approx([1, 3, 2, 1], rel=1e-3)


def test_a_part_that_is_not_in_the_last_bar_is_not_named_there() -> None:
    parts = {"gone": [5, 0], "here": [1, 2]}
    chart = charts.stacked([1, 2], parts, title="t", xlabel="x", ylabel="y")
    assert "gone" not in texts(chart)
    assert "gone" in chart.table


def test_names_at_line_ends_do_not_overlap() -> None:
    series = {f"line {i}": [1.0, 5.0 + i / 1000] for i in range(6)}
    chart = charts.lines([1, 2], series, title="t", xlabel="x", ylabel="y")
    nodes = [n for n in parsed(chart).iter(f"{SVG}text") if (n.text or "").startswith("line ")]
    heights = sorted(float(node.get("y", "")) for node in nodes)
    assert len(heights) == 6
    assert min(np.diff(heights)) >= 16
    assert heights[-1] < float(parsed(chart).get("viewBox", "").split()[3])


def test_lines_differ_by_more_than_colour() -> None:
    series = {f"line {i}": [float(i), i + 1.0] for i in range(14)}
    chart = charts.lines([1, 2], series, title="t", xlabel="x", ylabel="y")
    looks = set()
    for group in parsed(chart).iter(f"{SVG}g"):
        line, marker = group.find(f"{SVG}path"), group.find(f"{SVG}g/{SVG}use")
        if line is not None and marker is not None and "stroke-width: 2.5" in line.get("style", ""):
            dash = re.search(r"stroke-dasharray: [^;]+", line.get("style", ""))
            looks.add((marker.get("href"), dash and dash.group()))
    assert len(looks) == 14


def runs(chart: Chart) -> list[int]:
    """How many separate strokes each data line has."""
    blue = re.compile(r"fill: none;.*stroke: #0072b2")
    paths = parsed(chart).iter(f"{SVG}path")
    return [p.get("d", "").count("M ") for p in paths if blue.search(p.get("style", ""))]


def test_days_without_a_value_are_gaps_and_never_filled() -> None:
    whole = charts.daily({"a": day_values()}, title="t", ylabel="y")
    broken = charts.daily({"a": day_values(3, 4, 10)}, title="t", ylabel="y")
    assert runs(whole) == [1]
    assert runs(broken) == [3]
    assert "shaded: no data" in texts(broken)
    assert "shaded: no data" not in texts(whole)
    assert broken.table["a"].isna().sum() == 3
    assert broken.table["a"].dropna().to_dict() == day_values(3, 4, 10)
    assert "a on 27 of 30 days" in broken.label
    assert "2024-02-26 to 2024-03-26" in broken.label


def test_what_is_measured_now_and_then_is_points_without_stripes() -> None:
    weighings = {FIRST + timedelta(n): float(n) for n in range(0, 90, 4)}
    chart = charts.daily({"weight": weighings}, title="t", ylabel="y")
    assert "a point for each day with data" in texts(chart)
    assert "shaded: no data" not in texts(chart)
    marks = [use for use in parsed(chart).iter(f"{SVG}use") if "#0072b2" in use.get("style", "")]
    assert len(marks) == len(weighings)


def test_a_day_between_two_gaps_is_seen() -> None:
    lonely = {FIRST: 1.0, FIRST + timedelta(50): 2.0, FIRST + timedelta(100): 3.0}
    chart = charts.daily({"a": lonely}, title="t", ylabel="y")
    marks = [use for use in parsed(chart).iter(f"{SVG}use") if "#0072b2" in use.get("style", "")]
    assert len(marks) == 3


def test_daily_label_tells_extremes_with_their_days() -> None:
    chart = charts.daily(
        {"a": {FIRST: 5, FIRST + timedelta(1): 9}}, title="t", ylabel="y", unit="km"
    )
    assert "median 7 km, lowest 5 km on 2024-02-26, highest 9 km on 2024-02-27" in chart.label


def test_a_heat_map_tells_all_pairs_from_near_to_far() -> None:
    chart = KINDS["heatmap"]()
    assert "From small to large: " in chart.label
    assert chart.label.index(" one: 0.1 (same)") < chart.label.index(" one: 0.8")
    assert chart.table["value"].tolist() == [0.1, 0.8, 0.9]
    assert chart.table["same"].tolist() == [True, False, False]
    with pytest.raises(LessonError, match="2 names"):
        heatmap(np.zeros((3, 3)), ["a", "b"], title="Wrong")


def test_a_frontier_tells_each_setting_with_its_cost() -> None:
    chart = KINDS["frontier"]()
    assert "M 4: EF 10 0.5 at 100 µs, EF 50 0.9 at 200 µs" in chart.label
    assert chart.table["EF"].tolist() == [10, 50, 10, 50]


def test_intervals_say_how_many_of_how_many() -> None:
    chart = intervals({"rules": share([True] * 9 + [False])}, title="Right")
    assert "rules 90 %, 9 of 10, 60 to 98" in chart.label
    assert chart.table.loc["rules", "count"] == "9 of 10"
    with pytest.raises(ValueError, match="no part to draw in 'Right'"):
        intervals({}, title="Right")


def test_nothing_to_draw_is_said() -> None:
    with pytest.raises(ValueError, match="no value to draw in 'Steps'"):
        charts.daily({"a": {FIRST: math.nan}}, title="Steps", ylabel="y")


def test_drawing_leaves_matplotlib_as_the_reader_had_it() -> None:
    code = """if True:
        import sys
        from wellness.lesson import charts
        heavy = {"matplotlib", "pandas"} & set(sys.modules)
        assert not heavy, heavy
        import matplotlib
        before = matplotlib.rcParams.copy()
        charts.bars({"a": 1}, title="t")
        assert matplotlib.rcParams.copy() == before
        assert "matplotlib.pyplot" not in sys.modules
    """
    subprocess.run([sys.executable, "-W", "error", "-c", code], check=True)
