"""Units: each pair converts there and back, and the definitions are those of the standards."""

from __future__ import annotations

import math
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wellness.errors import UnitError
from wellness.health.units import UNITS, convert, factors, unit

PAIRS = list(permutations(UNITS, 2))
SAME_KIND = [(a, b) for a, b in PAIRS if UNITS[a].base == UNITS[b].base]
OTHER_KIND = [(a, b) for a, b in PAIRS if UNITS[a].base != UNITS[b].base]

# From the definitions, not from the table.
KNOWN = [
    (1, "lb", "kg", 0.45359237),
    (1, "st", "lb", 14),
    (1, "lb", "oz", 16),
    (2500, "mg", "g", 2.5),
    (70, "mcg", "mg", 0.07),
    (1, "mi", "km", 1.609344),
    (1, "mi", "ft", 5280),
    (1, "yd", "ft", 3),
    (1, "ft", "in", 12),
    (172, "cm", "m", 1.72),
    (10, "kJ", "kcal", 10 / 4.184),
    (4.184, "J", "cal", 1),
    (1, "Cal", "kcal", 1),
    (1.5, "hr", "min", 90),
    (2, "d", "hr", 48),
    (450, "ms", "s", 0.45),
    (10, "m/s", "km/hr", 36),
    (1, "mi/hr", "km/hr", 1.609344),
    (212, "degF", "degC", 100),
    (32, "degF", "degC", 0),
    (-40, "degC", "degF", -40),
    (98.6, "degF", "degC", 37),
    (0, "K", "degC", -273.15),
    (310.15, "K", "degF", 98.6),
    (0.97, "%", "percent", 97),
    (18.5, "percent", "%", 0.185),
    (1.2, "count/s", "count/min", 72),
    (1, "cup_us", "fl_oz_us", 8),
    (1.5, "L", "mL", 1500),
    (120, "mmHg", "kPa", 120 * 0.133322387415),
    (5.5, "mmol<180.1558800000541>/L", "mg/dL", 5.5 * 180.1558800000541 / 10),
]


@pytest.mark.parametrize(("value", "have", "want", "expected"), KNOWN)
def test_conversions_are_those_of_the_definitions(
    value: float, have: str, want: str, expected: float
) -> None:
    assert convert(value, have, want) == pytest.approx(expected, rel=1e-9)
    assert convert(expected, want, have) == pytest.approx(value, rel=1e-9, abs=1e-9)


def test_there_is_something_to_convert_in_each_kind() -> None:
    assert {UNITS[a].base for a, _ in SAME_KIND} >= {
        "kg", "m", "kcal", "s", "m/s", "degC", "%", "count/min", "mL", "mmHg", "mg/dL",
    }  # fmt: skip


@pytest.mark.parametrize("value", [0.0, 1.0, -40.0, 37.0, 1234.5])
def test_each_pair_of_a_kind_converts_there_and_back(value: float) -> None:
    for have, want in SAME_KIND:
        there = convert(value, have, want)
        assert convert(there, want, have) == pytest.approx(value, rel=1e-9, abs=1e-8), (have, want)
        a, b = factors(have, want)
        assert a * value + b == pytest.approx(there, rel=1e-11, abs=1e-12), (have, want)


@pytest.mark.parametrize("base", sorted({UNITS[a].base for a, _ in SAME_KIND}))
def test_a_detour_changes_nothing(base: str) -> None:
    kind = [name for name, known in UNITS.items() if known.base == base]
    for have in kind:
        for between in kind:
            for want in kind:
                detour = convert(convert(7.25, have, between), between, want)
                assert detour == pytest.approx(convert(7.25, have, want), rel=1e-8, abs=1e-8)


def test_units_of_different_kinds_never_convert() -> None:
    assert len(OTHER_KIND) > len(SAME_KIND)
    for have, want in OTHER_KIND:
        with pytest.raises(UnitError):
            factors(have, want)


def test_the_error_names_both_units_and_a_way_out() -> None:
    with pytest.raises(UnitError) as caught:
        convert(70, "kg", "mi")
    assert (caught.value.unit, caught.value.wanted) == ("kg", "mi")
    assert "'kg'" in str(caught.value)
    assert "'mi'" in str(caught.value)
    assert caught.value.hint


@pytest.mark.parametrize("name", ["dBASPL", "mL/min·kg", "IU", "", "KG", "Kg"])
def test_a_unit_that_is_not_in_the_table_converts_to_itself_alone(name: str) -> None:
    assert name not in UNITS
    assert convert(61.7, name, name) == 61.7
    assert unit(name).base == name
    with pytest.raises(UnitError):
        convert(61.7, name, "kg")
    with pytest.raises(UnitError):
        convert(61.7, "kg", name)


@given(st.floats(allow_nan=False), st.sampled_from(sorted(UNITS)))
def test_the_same_unit_leaves_every_bit(value: float, name: str) -> None:
    converted = convert(value, name, name)
    assert converted == value
    assert math.copysign(1, converted) == math.copysign(1, value)


@pytest.mark.parametrize("value", [37.0, 36.6, 20.0, 100.0])
def test_round_values_stay_round(value: float) -> None:
    assert convert(convert(value, "degC", "degF"), "degF", "degC") == value
