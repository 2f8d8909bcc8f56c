"""Commands about the installation: setup, models and doctor."""

from __future__ import annotations

import platform
import shutil
from dataclasses import asdict, dataclass
from typing import Annotated, Literal

import typer

from wellness.cli.console import Json, progress, table, write, write_json
from wellness.errors import BootstrapError, WellnessError
from wellness.settings import Settings, load

LEAST_FREE = 500_000_000  # bytes of disk: a large export and its append-only file


def setup(json: Json = False) -> None:
    """Fetch what is needed besides the Python packages: a Redis build and two small models."""
    settings = load()
    answer = {
        "redis": _fetch_redis(settings, json),
        "embeddings": _fetch_model(settings, json),
        "chat": _fetch_chat(settings, json),
    }
    if json:
        write_json(answer)
    else:
        write(f"Redis: {answer['redis']}\nEmbeddings: {answer['embeddings']}")
        write(f"Chat: {answer['chat']}")


def _fetch_redis(settings: Settings, quiet: bool) -> str:
    from wellness.bootstrap import find_redis_build, redis_build

    if settings.redis_url:
        return "your own, from REDIS_URL"
    if found := find_redis_build(settings):
        return str(found.root)
    with progress("Fetching Redis", quiet=quiet) as update:
        return str(redis_build(settings, progress=update).root)


def _fetch_model(settings: Settings, quiet: bool) -> str:
    from wellness import models

    if settings.ollama_host:
        return f"{settings.embed_model} from your own Ollama, at OLLAMA_HOST"
    if found := models.find_embedding_model(settings):
        return str(found)
    with progress("Fetching the embedding model", quiet=quiet) as update:
        return str(models.embedding_model(settings, progress=update))


def _fetch_chat(settings: Settings, quiet: bool) -> str:
    """Which chat model is there now. None is no failure: all but the agent works without."""
    from wellness import local_ollama
    from wellness.models import chat

    if settings.ollama_host:
        return f"{settings.chat_model} from your own Ollama, at OLLAMA_HOST"
    if not local_ollama.RUNS_HERE:
        return f"none. {local_ollama.NOT_HERE} {local_ollama.INSTEAD}"
    found = local_ollama.chat_model(settings)
    if found and found.name != chat.WEIGHTS["135m"].name:
        return str(found.path)
    try:
        return _fetch_size("0.5b", settings, quiet)
    except BootstrapError as error:
        try:  # the packages of the first may be gone
            return _fetch_size("135m", settings, quiet)
        except BootstrapError:
            return f"none. {error} {local_ollama.INSTEAD}"


def _fetch_size(size: str, settings: Settings, quiet: bool) -> str:
    from wellness.models import chat

    with progress(f"Fetching {chat.WEIGHTS[size].name}", quiet=quiet) as update:
        return str(chat.fetch(size, settings, progress=update).path)


def models(
    size: Annotated[
        Literal["1.5b", "0.5b", "135m"] | None,
        typer.Option(help="Fetch the model of this size first, if it is not there."),
    ] = None,
    json: Json = False,
) -> None:
    """List the chat models that the kit can serve by itself, and fetch another one."""
    from wellness import local_ollama
    from wellness.models import chat

    settings = load()
    if size:
        _fetch_size(size, settings, json)
    there = {model.name: model.path for model in (*chat.fetched(settings), *chat.adopted(settings))}
    if own := chat.own(settings):
        there[own.name] = own.path
    used = local_ollama.chat_model(settings)
    rows = [_Row(name, path.stat().st_size, str(path)) for name, path in there.items()]
    rows += [
        _Row(weights.name, weights.bundle.unpacked, "")
        for weights in chat.WEIGHTS.values()
        if weights.name not in there
    ]
    if json:
        name = used.name if used else None
        write_json([asdict(row) | {"used": row.name == name} for row in rows])
        return
    cells = [(row.name, f"{row.bytes / 1e6:,.0f}", row.path or "-") for row in rows]
    table(("model", "MB", "on this disk"), cells)
    if used:
        write(f"Without an Ollama that has {settings.chat_model}, {used.name} answers.")


@dataclass(frozen=True)
class _Row:
    name: str
    bytes: int
    path: str  # "" if it is not there


@dataclass(frozen=True)
class Check:
    """One line of the doctor's report. `remedy` is empty when all is well."""

    what: str
    found: str
    remedy: str = ""


def doctor(json: Json = False) -> None:
    """Check what is installed and which Redis answers; exit code 1 when something is missing."""
    settings = load()
    checks = [
        Check("Python", f"{platform.python_version()} on {platform.system()} {platform.machine()}"),
        _disk(settings),
        *_redis(settings),
        _embeddings(settings),
        _chat(settings),
    ]
    if json:
        write_json([asdict(check) for check in checks])
    else:
        for check in checks:
            write(f"{'ok  ' if not check.remedy else 'FIX '} {check.what}: {check.found}")
            if check.remedy:
                write(f"     {check.remedy}")
    if any(check.remedy for check in checks):
        raise SystemExit(1)


def _disk(settings: Settings) -> Check:
    folder = next(path for path in (settings.home, *settings.home.parents) if path.exists())
    free = shutil.disk_usage(folder).free
    remedy = "" if free > LEAST_FREE else "Free some space, or set WELLNESS_HOME to another disk."
    return Check("disk", f"{free / 1e9:.1f} GB free for {settings.home}", remedy)


def _embeddings(settings: Settings) -> Check:
    """Which embedder a notebook would get; starts nothing."""
    from wellness import local_ollama, models
    from wellness.hosts import USUAL_HOST, has_model

    host = settings.ollama_host or USUAL_HOST
    if has_model(host, settings.embed_model):
        return Check("embeddings", f"{settings.embed_model} from Ollama at {host}")
    if settings.ollama_host:
        remedy = f"Start it, run `ollama pull {settings.embed_model}`, or unset OLLAMA_HOST."
        return Check("embeddings", f"no {settings.embed_model} at {host}", remedy)
    if not local_ollama.RUNS_HERE:
        found = "no Ollama answers, and the kit's model server does not run on Windows"
        return Check("embeddings", found, local_ollama.INSTEAD)
    if models.find_embedding_model(settings) is None:
        return Check("embeddings", "the kit's own model is not fetched", "Run `wellness setup`.")
    return Check("embeddings", f"{local_ollama.EMBEDDING_MODEL} from the kit's own model server")


def _chat(settings: Settings) -> Check:
    """Which chat model a notebook would get; starts nothing."""
    from wellness import local_ollama
    from wellness.hosts import USUAL_HOST, has_model

    host, name = settings.ollama_host or USUAL_HOST, settings.chat_model
    if has_model(host, name):
        return Check("chat", f"{name} from Ollama at {host}")
    if settings.ollama_host:
        remedy = f"Start it, run `ollama pull {name}`, or unset OLLAMA_HOST."
        return Check("chat", f"no {name} at {host}", remedy)
    if not local_ollama.RUNS_HERE:
        found = "no Ollama answers, and the kit's model server does not run on Windows"
        return Check("chat", found, local_ollama.INSTEAD)
    try:
        model = local_ollama.chat_model(settings)
    except WellnessError as error:
        return Check("chat", error.message, error.hint)
    if model is None and local_ollama.is_local(name):
        return Check("chat", f"{name} is not fetched", "`wellness models` lists and fetches them.")
    if model is None:
        return Check("chat", "no chat model is fetched", "Run `wellness setup`.")
    return Check("chat", f"{model.name} from the kit's own model server")


def _redis(settings: Settings) -> list[Check]:
    from wellness import keys
    from wellness.client import connect, health, require_search

    try:
        client = connect(settings)
    except WellnessError as error:
        return [Check("Redis", error.message, error.hint)]
    try:
        state = health(client)
        if not state.ok:
            return [Check("Redis", state.problem, "Start it, or correct or unset REDIS_URL.")]
        kind = "from REDIS_URL" if settings.redis_url else "embedded"
        found = f"{state.version} at {state.endpoint} ({kind}), {state.persistence}"
        checks = [Check("Redis", found)]
        try:
            require_search(client)
            checks.append(Check("Search module", "there"))
        except WellnessError as error:
            checks.append(Check("Search module", error.message, error.hint))
        users = keys.users(client, settings.namespace)
        checks.append(Check("data", ", ".join(users) or "nobody's yet: `wellness import PATH`"))
        return checks
    finally:
        client.close()
