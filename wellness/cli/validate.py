"""`wellness validate`: the numbers of any answer, against the output of any tools."""

from __future__ import annotations

import json as jsons
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from wellness.cli.console import Json, moment, table, write, write_json
from wellness.errors import ResultError
from wellness.zones import machine_zone, zone_named

LARGEST = 20_000_000  # bytes of tool results: far more than an answer can be made of


def validate(
    answer: Annotated[str, typer.Option(help='For instance "You took 8,214 steps yesterday."')],
    results: Annotated[
        str, typer.Option(help="JSON file with what the tools gave; `-` reads standard input.")
    ],
    question: Annotated[
        str, typer.Option(help="What was asked; its own thresholds may be repeated.")
    ] = "",
    now: Annotated[str, typer.Option(help="The moment to count from, ISO 8601.")] = "",
    zone: Annotated[str, typer.Option(help="IANA time zone; this machine's by default.")] = "",
    json: Json = False,
) -> None:
    """Check each number of an answer against tool results: the kit's, or any JSON.

    Exit codes: 0 all numbers hold; 1 one does not; 2 the input cannot be read.
    """
    from datetime import datetime

    from wellness.agent.validator import results_from_json
    from wellness.agent.validator import validate as check

    where = zone_named(zone) if zone else machine_zone()
    at = moment(now, where) if now else datetime.now(where)
    read = results_from_json(_json(results))
    found = check(answer, read, now=at, zone=where, question=question)
    if json:
        write_json({**found.to_dict(), "now": at.isoformat(), "zone": where.key})
    else:
        if found.numbers:
            table(
                ("number", "unit", "verdict", "from", "why"),
                [
                    (one.text, one.unit, one.verdict.words, one.source, one.reason)
                    for one in found.numbers
                ],
            )
            write("")
        write(found.summary)
    if not found.ok:
        raise SystemExit(1)


def _json(source: str) -> Any:
    """The JSON in a file, or on standard input."""
    name = "standard input" if source == "-" else source
    try:
        if source == "-":
            data = sys.stdin.buffer.read(LARGEST + 1)
        else:
            with Path(source).open("rb") as file:
                data = file.read(LARGEST + 1)
        if len(data) > LARGEST:
            raise ResultError(f"{name} has more than {LARGEST:,} bytes; no answer needs so many.")
        return jsons.loads(data)
    except OSError as error:
        hint = "Name a JSON file, or - for standard input."
        raise ResultError(f"{name} cannot be read: {error.strerror}.", hint=hint) from error
    except (ValueError, RecursionError) as error:
        raise ResultError(f"{name} holds no JSON: {error}.") from error
