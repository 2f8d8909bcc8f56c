"""Units as Apple writes them, and one table to convert between those of a kind.

An export keeps the unit each reading was saved in, and one type may hold several. `%` in a file
carries a fraction (0.97), so it converts to `percent` by 100.

>>> convert(180, "lb", "kg")
81.6466266
>>> convert(98.6, "degF", "degC")
37.0
"""

from __future__ import annotations

from typing import NamedTuple

from wellness.errors import UnitError


class Unit(NamedTuple):
    """A unit as `base = value * factor + offset`; exact by definition unless noted."""

    base: str
    factor: float
    offset: float = 0.0


UNITS: dict[str, Unit] = {
    "kg": Unit("kg", 1), "g": Unit("kg", 1e-3), "mg": Unit("kg", 1e-6), "mcg": Unit("kg", 1e-9),
    "lb": Unit("kg", 0.45359237), "oz": Unit("kg", 0.028349523125), "st": Unit("kg", 6.35029318),
    "m": Unit("m", 1), "km": Unit("m", 1e3), "cm": Unit("m", 1e-2), "mm": Unit("m", 1e-3),
    "mi": Unit("m", 1609.344), "ft": Unit("m", 0.3048), "in": Unit("m", 0.0254),
    "yd": Unit("m", 0.9144),
    "kcal": Unit("kcal", 1), "Cal": Unit("kcal", 1), "cal": Unit("kcal", 1e-3),
    "kJ": Unit("kcal", 1 / 4.184), "J": Unit("kcal", 1 / 4184),
    "s": Unit("s", 1), "ms": Unit("s", 1e-3), "min": Unit("s", 60), "hr": Unit("s", 3600),
    "d": Unit("s", 86400),
    "m/s": Unit("m/s", 1), "km/hr": Unit("m/s", 1 / 3.6), "mi/hr": Unit("m/s", 0.44704),
    "degC": Unit("degC", 1), "degF": Unit("degC", 5 / 9, -160 / 9), "K": Unit("degC", 1, -273.15),
    "%": Unit("%", 1), "percent": Unit("%", 0.01),
    "count/min": Unit("count/min", 1), "count/s": Unit("count/min", 60),
    "mL": Unit("mL", 1), "L": Unit("mL", 1e3), "fl_oz_us": Unit("mL", 29.5735295625),
    "cup_us": Unit("mL", 236.5882365),
    "mmHg": Unit("mmHg", 1), "kPa": Unit("mmHg", 7.500615758456564),
    "mg/dL": Unit("mg/dL", 1),
    "mmol<180.1558800000541>/L": Unit("mg/dL", 18.01558800000541),
}  # fmt: skip


def unit(name: str) -> Unit:
    """What is known of a unit; one that is not in the table converts only to itself."""
    return UNITS.get(name) or Unit(name, 1.0)


def factors(have: str, want: str) -> tuple[float, float]:
    """`(a, b)` so that a value in `want` is `a * value + b`.

    Raises:
        UnitError: the two are of different kinds.
    """
    if have == want:
        return 1.0, 0.0
    source, target = unit(have), unit(want)
    if source.base != target.base:
        raise UnitError(have, want)
    return source.factor / target.factor, (source.offset - target.offset) / target.factor


def convert(value: float, have: str, want: str) -> float:
    """A value in another unit, rounded to twelve digits so that 37 stays 37."""
    a, b = factors(have, want)
    return float(f"{a * value + b:.12g}") if (a, b) != (1.0, 0.0) else value
