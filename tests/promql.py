"""As much of PromQL as our rules and panels use, read strictly: anything else is an error.

There is no Prometheus among Python's packages, so a grammar made with pyparsing stands in: it knows
which functions want a range, and gives each selector with its labels and what it is grouped by.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import pyparsing as pp

RANGED = {"rate", "increase"}
PLAIN = {"abs", "ceil", "floor", "clamp_min", "clamp_max", "time"}
AGGREGATIONS = ("sum", "avg", "min", "max", "count")
WORDS = {"and", "or", "unless", "by", "bool", "on", "ignoring", "offset", *AGGREGATIONS}


@dataclass
class Node:
    """A part of an expression; `kind` is selector, call, aggregation, number or operation."""

    kind: str
    name: str = ""
    parts: list[Node] = field(default_factory=list)
    labels: dict[str, str] = field(default_factory=dict)
    by: tuple[str, ...] | None = None
    ranged: bool = False

    def walk(self) -> Iterator[Node]:
        yield self
        for part in self.parts:
            yield from part.walk()


def _grammar() -> pp.ParserElement:
    expression = pp.Forward()
    name = pp.Regex(r"[a-zA-Z_][a-zA-Z0-9_]*").add_condition(lambda t: t[0] not in WORDS)
    number = pp.Regex(r"\d+(\.\d+)?(e\d+)?").set_parse_action(lambda t: Node("number", t[0]))
    duration = pp.Regex(r"(\d+(ms|[smhdwy]))+|\$__rate_interval")
    text = pp.QuotedString('"', esc_char="\\")
    comma = pp.Suppress(",")
    matcher = pp.Group(name + pp.one_of("= != =~ !~") + text)
    braces = pp.Suppress("{") + pp.DelimitedList(matcher) + pp.Suppress("}")
    window = pp.Suppress("[") + duration + pp.Suppress("]")
    grouping = (
        pp.Suppress(pp.Keyword("by")) + pp.Suppress("(") + pp.DelimitedList(name) + pp.Suppress(")")
    )
    selector = (
        name("name") + pp.Optional(pp.Group(braces))("labels") + pp.Optional(window)("window")
    )

    def select(found: pp.ParseResults) -> Node:
        labels = {one[0]: one[2] for one in found.labels[0]} if found.labels else {}
        return Node("selector", found["name"], labels=labels, ranged="window" in found)

    arguments = (
        pp.Suppress("(") + pp.Group(pp.DelimitedList(expression))("inner") + pp.Suppress(")")
    )
    aggregation = (
        pp.one_of(AGGREGATIONS, as_keyword=True)("name") + pp.Optional(grouping("by")) + arguments
    ).set_parse_action(lambda t: Node(
        "aggregation", t["name"], list(t.inner), by=tuple(t["by"]) if "by" in t else None
    ))  # fmt: skip
    top = (
        pp.Keyword("topk")("name")
        + pp.Suppress("(") + number + comma + pp.Group(expression)("inner") + pp.Suppress(")")
    ).set_parse_action(lambda t: Node("aggregation", "topk", list(t.inner)))  # fmt: skip
    quantile = (
        pp.Keyword("histogram_quantile")
        + pp.Suppress("(") + number + comma + pp.Group(expression)("inner") + pp.Suppress(")")
    ).set_parse_action(lambda t: Node("call", "histogram_quantile", list(t.inner)))  # fmt: skip
    call = (pp.one_of([*RANGED, *PLAIN], as_keyword=True)("name") + arguments).set_parse_action(
        lambda t: Node("call", t["name"], list(t.inner))
    )
    atom = quantile | top | aggregation | call | number | selector.set_parse_action(select)

    def join(found: pp.ParseResults) -> Node:
        return Node("operation", found[0][1], list(found[0][::2]))

    expression <<= pp.infix_notation(
        atom,
        [
            (pp.one_of("* / %"), 2, pp.OpAssoc.LEFT, join),
            (pp.one_of("+ -"), 2, pp.OpAssoc.LEFT, join),
            (pp.one_of("== != >= <= > <"), 2, pp.OpAssoc.LEFT, join),
            (pp.one_of("and unless", as_keyword=True), 2, pp.OpAssoc.LEFT, join),
            (pp.Keyword("or"), 2, pp.OpAssoc.LEFT, join),
        ],
    )
    return expression


pp.ParserElement.enable_packrat()  # or each parenthesis is read as often as there are operators
_EXPRESSION = _grammar()


def parse(text: str) -> Node:
    """An expression; ValueError when it is none, or its parts do not fit together."""
    try:
        (found,) = _EXPRESSION.parse_string(text, parse_all=True)
    except pp.ParseException as error:
        raise ValueError(f"{text!r}: {error}") from None
    _check(found, text)
    return found


def _check(node: Node, text: str, in_range: bool = False) -> None:
    if node.kind == "selector" and node.ranged != in_range:
        raise ValueError(f"{text!r}: {node.name} must {'' if in_range else 'not '}have a range.")
    if node.kind == "call" and node.name == "histogram_quantile":
        (of,) = node.parts
        if of.kind != "aggregation" or "le" not in (of.by or ()):
            raise ValueError(f"{text!r}: histogram_quantile needs a sum by (le).")
    for part in node.parts:
        _check(part, text, in_range=node.kind == "call" and node.name in RANGED)
