"""`python -m wellness.health.sample OUT.zip`: write a sample export, and its answers if asked."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from time import perf_counter
from typing import Annotated

import typer
from tqdm import tqdm

from wellness.health.sample import EXPORT_DAY, density_for, generate, to_json


def main(
    out: Annotated[Path, typer.Argument(help="the zip to write", dir_okay=False)],
    truth: Annotated[
        Path | None, typer.Option(help="write the exact answers here, as JSON")
    ] = None,
    seed: Annotated[int, typer.Option(help="another seed, another life, the same story")] = 7,
    days: Annotated[int, typer.Option(min=1, help="how many days, up to --last")] = 730,
    density: Annotated[
        float, typer.Option(min=0.05, help="readings a day, relative to the shipped sample")
    ] = 1.0,
    records: Annotated[
        int | None, typer.Option(min=1, help="about so many Records, in place of --density")
    ] = None,
    last: Annotated[str, typer.Option(metavar="YYYY-MM-DD", help="the day of the export")] = str(
        EXPORT_DAY
    ),
) -> None:
    """Write an Apple Health export of an invented person."""
    until = date.fromisoformat(last)
    if records is not None:
        density = density_for(records, seed=seed, days=days, last=until)
    began = perf_counter()
    with tqdm(total=100, bar_format="{l_bar}{bar}| {elapsed}") as bar:

        def show(fraction: float) -> None:
            bar.update(100 * fraction - bar.n)

        answers = generate(out, seed=seed, days=days, density=density, last=until, progress=show)
    if truth is not None:
        truth.write_text(to_json(answers), encoding="utf-8", newline="\n")
    speed = answers.records / (perf_counter() - began)
    typer.echo(
        f"{out}: {answers.records:,} Records of {days} days at density {density:g}, "
        f"{out.stat().st_size / 1e6:.2f} MB, {speed:,.0f} Records a second"
    )


if __name__ == "__main__":
    typer.run(main)
