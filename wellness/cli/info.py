"""The command that shows what Redis says about itself: info."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from wellness.cli.console import Json, connected, table, write, write_json

ANY_NUMBER = sys.maxsize  # of keys: the time that was given is the only limit


def info(
    user: Annotated[str, typer.Option(help="Count only this person's keys.")] = "",
    namespace: Annotated[
        str, typer.Option(help="Whose keys and indexes; by default WELLNESS_NAMESPACE.")
    ] = "",
    seconds: Annotated[
        float, typer.Option(help="How long each walk through the keys may take.", min=0.0)
    ] = 1.0,
    json: Json = False,
) -> None:
    """Show what Redis says about itself: memory, clients, persistence, keys, slow commands.

    Each item has a verdict: fine, look here with what to do, or not read where Redis refuses to
    tell, as hosted services do. No value of anybody's data is shown.
    """
    from wellness.ops.info import dashboard
    from wellness.ops.walk import Budget

    with connected() as (client, settings):
        found = dashboard(
            client,
            namespace or settings.namespace,
            user or None,
            settings=settings,
            budget=Budget(keys=ANY_NUMBER, seconds=seconds),
        )
    if json:
        write_json(found.to_dict())
        return
    for part in found.parts:
        write(f"{part.caption}")
        table(
            ("", "item", "value", "verdict"),
            [("", one.what, one.value, one.verdict) for one in part.findings],
        )
        for extra in part.tables:
            write("")
            table(("", *extra.head), [("", *row) for row in extra.rows])
        for note in part.notes:
            write(f"  {note}")
        write("")
    write(found.summary)
    for one in found.to_explain:
        write(f"\n{one.what}: {one.value if one.do else one.verdict}\n  {one.why}")
        if one.do:
            write(f"  {one.do}")
