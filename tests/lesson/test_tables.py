from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import html

from wellness.lesson.tables import duration, html_table, number

UNITS = {"ns": 1.0, "µs": 1e3, "ms": 1e6, "s": 1e9}


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0"),
        (98_751, "98,751"),
        (98_751.4, "98,751"),
        (0.0311, "0.0311"),
        (5.0, "5"),
        (99.96, "100"),
        (-3.456, "-3.46"),
        (math.nan, "no value"),
    ],
)
def test_number(value: float, text: str) -> None:
    assert number(value) == text


@given(st.floats(0.5, 1e13))
def test_duration_keeps_three_digits_and_the_largest_unit_below_a_thousand(ns: float) -> None:
    figure, unit = duration(ns).split()
    value = float(figure.replace(",", ""))
    assert value * UNITS[unit] == pytest.approx(ns, rel=0.0051)
    assert unit == "s" or value < 1000
    assert unit == "ns" or value >= 1


def test_table_is_escaped_and_its_cells_have_headings() -> None:
    table = html.fromstring(html_table(["<a>", "b"], [["x & y", "<script>"]], caption="<c>"))
    assert table.findtext("caption") == "<c>"
    assert [th.get("scope") for th in table.iter("th")] == ["col", "col", "row"]
    assert [td.text for td in table.iter("td")] == ["<script>"]
    assert not list(table.iter("script"))
