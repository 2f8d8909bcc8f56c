"""The command line: `wellness COMMAND`, each with `--help`, and `--json` for scripts.

Exit codes: 0 done; 1 done in part, such as an import of a truncated export; 2 not done, the error
says why; 130 stopped with Ctrl-C.
"""

from __future__ import annotations

import io
import re
import sys
from collections.abc import Callable

import typer
from redis.exceptions import RedisError

from wellness.cli import ask, audit, backup, data, info, memory, route, stats, system, validate
from wellness.cli.console import fail, forget_output
from wellness.errors import RedisUnavailable, WellnessError

app = typer.Typer(
    name="wellness",
    help="Apple Health data in Redis: import an export, ask about it, remember, forget.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
COMMANDS: tuple[Callable[..., None], ...] = (
    data.import_, data.show, data.metrics, data.export, data.reset, data.period,
    backup.backup, backup.restore,
    ask.ask, ask.chat, audit.audit, route.route, validate.validate,
    info.info, stats.stats, stats.serve_metrics, system.setup, system.models, system.doctor,
)  # fmt: skip


def _short(command: Callable[..., None]) -> str:
    """What a list of commands has room for: its first sentence, up to the first pause."""
    return re.split(r"[:;,.](?:\s|$)", command.__doc__ or "")[0].strip()


for command in COMMANDS:
    name = command.__name__.rstrip("_").replace("_", "-")
    app.command(name, short_help=_short(command))(command)
app.add_typer(memory.app)


STOPPED = 130
REFUSED = "Check REDIS_URL: the address, the user and password, and what this user may do."


def main() -> None:
    """Run a command; turn what goes wrong into one message and an exit code."""
    as_json = "--json" in sys.argv
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # names people chose, on terminals of any kind
    try:
        app()
    except WellnessError as error:
        fail(error, as_json=as_json)
    except RedisError as error:
        fail(RedisUnavailable(f"Redis refused: {error}.", hint=REFUSED), as_json=as_json)
    except SystemExit as end:
        if end.code == STOPPED:
            sys.stderr.write("\nStopped. What was stored is safe; run it again to go on.\n")
        try:
            sys.stdout.flush()
        except BrokenPipeError:
            forget_output()
        raise
