"""The frame around the package: lock, conda file, Makefile, containers, CI script."""

from __future__ import annotations

import os
import random
import re
import shutil
import socket
import subprocess
import tempfile
import time
import tomllib
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from packaging.markers import default_environment
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from redis import Redis
from redis.exceptions import RedisError

from wellness.bootstrap import redis_build
from wellness.settings import Settings

ROOT = Path(__file__).parent.parent
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
PYTHONS = ["3.11", "3.12", "3.13"]
CLUSTER = tuple(f"cluster-{n}" for n in range(1, 7))


# --- The lock -------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def lock() -> list[Requirement]:
    lines = (ROOT / "requirements.lock").read_text(encoding="utf-8").splitlines()
    return [Requirement(line) for line in lines if line.strip() and line.strip()[0] != "#"]


def wanted() -> list[str]:
    """Every requirement of the package, of its extras, and of building it."""
    project = PYPROJECT["project"]
    lists = [
        project["dependencies"],
        *project["optional-dependencies"].values(),
        PYPROJECT["build-system"]["requires"],
        ["pip>=24.1"],  # `--progress-bar raw`, which the bootstrap reads
    ]
    own = project["name"] + "["
    return sorted({line for one in lists for line in one if not line.startswith(own)})


@pytest.mark.parametrize("python", PYTHONS)
@pytest.mark.parametrize("line", wanted())
def test_the_lock_satisfies_pyproject(lock: list[Requirement], line: str, python: str) -> None:
    requirement = Requirement(line)
    here = {**default_environment(), "python_version": python, "python_full_version": f"{python}.5"}
    if requirement.marker and not requirement.marker.evaluate(here):
        pytest.fail(f"{line} does not apply here; teach this test which machine it is for")
    name = canonicalize_name(requirement.name)
    pins = [
        pin
        for pin in lock
        if canonicalize_name(pin.name) == name and (pin.marker is None or pin.marker.evaluate(here))
    ]
    assert len(pins) == 1, f"{line}: run `make lock`"
    (pin,) = pins[0].specifier
    assert pin.operator == "=="
    assert requirement.specifier.contains(pin.version), f"{line} is locked at {pin.version}"


def test_the_lock_pins_others_and_names_no_place_to_fetch_from(lock: list[Requirement]) -> None:
    text = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    assert PYPROJECT["project"]["name"] not in {pin.name for pin in lock}
    assert not re.search(r"://|--(extra-)?index-url|--find-links|^-e|file:", text, re.MULTILINE)


def test_what_is_installed_here_is_what_is_locked(lock: list[Requirement]) -> None:
    """pip took the lock as constraints: no locked package is here in another version."""
    from importlib.metadata import PackageNotFoundError, version

    wrong = []
    for pin in lock:
        if pin.marker is None or pin.marker.evaluate():
            try:
                installed = version(pin.name)
            except PackageNotFoundError:
                continue
            if not pin.specifier.contains(installed, prereleases=True):
                wrong.append(f"{pin}, here {installed}")
    assert not wrong


def test_the_conda_file_takes_the_same_lock() -> None:
    conda = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))
    *packages, pip_section = conda["dependencies"]
    assert packages == [f"python={PYTHONS[0]}", "pip>=24.1"]
    assert pip_section == {"pip": ["-c requirements.lock", "-e .[test]"]}
    assert PYPROJECT["project"]["requires-python"] == f">={PYTHONS[0]}"
    # conda resolves both from the folder of environment.yml.
    assert (ROOT / "requirements.lock").is_file()
    assert "test" in PYPROJECT["project"]["optional-dependencies"]


# --- make -----------------------------------------------------------------------------------------

needs_make = pytest.mark.skipif(shutil.which("make") is None, reason="make is not installed")


def make(*arguments: str, cwd: Path = ROOT, **env: str) -> subprocess.CompletedProcess[str]:
    command = [shutil.which("make") or "make", *arguments]
    outer = {"MAKEFLAGS", "MAKELEVEL", "MFLAGS", "PYTHON", "PORT"}  # of the make that runs us
    clean = {name: value for name, value in os.environ.items() if name not in outer}
    return subprocess.run(command, cwd=cwd, env={**clean, **env}, capture_output=True, text=True)


def targets() -> list[str]:
    (phony,) = re.findall(r"^\.PHONY: (.*)$", (ROOT / "Makefile").read_text(), re.MULTILINE)
    return str(phony).split()


@needs_make
def test_help_is_the_default_and_lists_every_target() -> None:
    shown = make().stdout
    assert re.findall(r"^  make (\S+)", shown, re.MULTILINE) == sorted(
        targets(), key=lambda name: shown.index(f"make {name} ")
    )
    assert set(targets()) == set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.M))


def program(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)
    return path


@needs_make
def test_without_a_new_enough_python_make_says_what_to_do(tmp_path: Path) -> None:
    for name in ("python3.12", "python3"):  # a shim for nothing, and an old Python
        program(tmp_path / name, "exit 1")
    (tmp_path / "sh").symlink_to("/bin/sh")
    for target in ("demo", "test", "doctor"):
        result = make(target, PATH=str(tmp_path))
        assert result.returncode == 2
        assert result.stderr.startswith("No Python 3.11 or newer was found on PATH.\n")
        assert "PYTHON=/path/to/python3.11" in result.stderr
        assert "Traceback" not in result.stderr


@needs_make
def test_make_takes_the_first_python_that_is_new_enough(tmp_path: Path) -> None:
    """In a folder and an environment with spaces; no path of the machine is written anywhere."""
    checkout = tmp_path / "a checkout of Zoë"
    checkout.mkdir()
    shutil.copy(ROOT / "Makefile", checkout)
    programs = tmp_path / "programs"
    program(programs / "python3.11", "exit 1")
    for name in ("python3.12", "python3"):
        program(programs / name, f'test "$1" = -c || echo "{name}: $*"')
    (programs / "sh").symlink_to("/bin/sh")
    program(checkout / "my env" / "bin" / "python", 'echo "env: $*"')
    shown = make("doctor", "VENV=my env", cwd=checkout, PATH=str(programs))
    assert shown.stdout.splitlines() == [
        "python3.12: install.py --venv my env lab",
        "env: -m wellness doctor",
    ], shown.stderr


@needs_make
def test_clean_keeps_the_data_of_a_person(tmp_path: Path) -> None:
    shutil.copy(ROOT / "Makefile", tmp_path)
    for name in ("wellness", "tests", "notebooks"):
        (tmp_path / name / "__pycache__").mkdir(parents=True)
    data = tmp_path / ".wellness" / "redis" / "appendonly.aof"
    for file in (data, tmp_path / ".venv" / "pyvenv.cfg", tmp_path / "build" / "html" / "x.html"):
        file.parent.mkdir(parents=True)
        file.touch()
    assert make("clean", cwd=tmp_path).returncode == 0
    assert data.exists()
    left = {path.name for path in tmp_path.iterdir()}
    assert left == {"Makefile", ".wellness", "wellness", "tests", "notebooks"}
    assert not list(tmp_path.rglob("__pycache__"))


def test_ci_runs_the_test_command_and_nothing_else() -> None:
    script = ROOT / ".ci" / "run"
    lines = [line for line in script.read_text().splitlines() if line and line[0] != "#"]
    assert lines[0] == "set -euo pipefail"
    assert lines[-1] == "exec make test"
    assert len(lines) == 3
    assert os.access(script, os.X_OK)


# --- Containers -----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def services() -> dict[str, dict[str, Any]]:
    compose = yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))
    return dict(compose["services"])


def test_every_port_is_published_on_loopback_only(services: dict[str, dict[str, Any]]) -> None:
    ports = {name: service["ports"] for name, service in services.items() if "ports" in service}
    # A Cluster's nodes say which port they have, so theirs are the same inside and outside.
    assert ports.pop("cluster-net") == ["127.0.0.1:7001-7006:7001-7006"]
    assert set(ports) == {"redis", "ollama", "lab", "prometheus", "grafana"}
    for port in (port for one in ports.values() for port in one):
        assert re.fullmatch(r"127\.0\.0\.1:\$\{\w+_PORT:-(\d+)\}:\1", port), port
    shared = {name: of["network_mode"] for name, of in services.items() if "network_mode" in of}
    nodes = dict.fromkeys((*CLUSTER, "cluster-create"), "service:cluster-net")
    assert shared == {"metrics": "service:prometheus", **nodes}, "none has the host's network"
    assert not any("ports" in services[name] for name in shared)


def test_every_image_is_pinned(services: dict[str, dict[str, Any]]) -> None:
    images = [service["image"] for service in services.values() if "image" in service]
    (base,) = re.findall(r"^FROM (\S+)$", (ROOT / "Dockerfile").read_text(), re.MULTILINE)
    for image in [*images, base]:
        assert re.search(r":v?\d+\.\d+", image), image


def test_what_stays_up_is_checked_and_restarted(services: dict[str, dict[str, Any]]) -> None:
    for name in ("redis", "ollama", "lab", "metrics", "prometheus", "grafana", *CLUSTER):
        assert services[name]["restart"] == "unless-stopped"
        assert services[name]["healthcheck"]["test"]
    compose = yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))
    named = {volume.split(":")[0] for service in services.values() for volume in
             service.get("volumes", []) if not volume.startswith(".")}  # fmt: skip
    assert named == set(compose["volumes"])


def test_dependencies_exist_and_redis_starts_alone(services: dict[str, dict[str, Any]]) -> None:
    for service in services.values():
        for other, how in service.get("depends_on", {}).items():
            needed = how["condition"]
            if other != "cluster-net":  # which does nothing but hold a network
                assert needed == "service_healthy"
                assert "healthcheck" in services[other]
            # A service of a profile is not there unless it is asked for.
            hidden = set(services[other].get("profiles", [])) - set(service.get("profiles", []))
            assert how.get("required", True) is not bool(hidden)
    assert "depends_on" not in services["redis"]
    assert "profiles" not in services["redis"]
    # compose checks `${NAME:?}` of every service, also of those that are not started.
    assert ":?" not in re.sub(r"#.*", "", (ROOT / "compose.yaml").read_text())


def test_the_models_are_pulled_once_ollama_answers(services: dict[str, dict[str, Any]]) -> None:
    puller = services["ollama-models"]
    assert puller["image"] == services["ollama"]["image"]
    assert puller["depends_on"] == {"ollama": {"condition": "service_healthy"}}
    embeddings = Settings.model_fields["embed_model"].default
    assert puller["command"] == [f"ollama pull qwen2.5:7b && ollama pull {embeddings}"]
    assert puller["restart"] == "on-failure:3"


# --- the Cluster ----------------------------------------------------------------------------------


def free_ports(n: int) -> list[int]:
    """Ports of loopback that nobody has, as nobody has those of the Cluster's bus above them."""
    found: list[int] = []
    for port in random.sample(range(20_000, 30_000), 400):
        try:
            for one in (port, port + 10_000):
                with socket.socket() as probe:
                    probe.bind(("127.0.0.1", one))
        except OSError:
            continue
        found.append(port)
        if len(found) == n:
            break
    return found


def test_six_servers_with_these_flags_become_the_cluster_that_is_promised(
    services: dict[str, dict[str, Any]], tmp_path: Path
) -> None:
    """The words of compose.yaml, run by the embedded build on other ports."""
    build = redis_build(Settings())
    ports = dict(zip((services[name]["environment"]["PORT"] for name in CLUSTER), free_ports(6),
                     strict=True))  # fmt: skip
    assert list(ports) == [str(port) for port in range(7_001, 7_007)]
    (create,) = services["cluster-create"]["command"]
    for port, free in ports.items():
        assert f"127.0.0.1:{port}" in create
        create = create.replace(port, str(free))
    create = create.replace("redis-cli", str(build.cli))
    running = []
    try:
        for name, port in zip(CLUSTER, ports.values(), strict=True):
            shell, c, line = services[name]["command"]
            line = line.replace("docker-entrypoint.sh redis-server", str(build.server))
            (tmp_path / name).mkdir()
            words = [shell, c, f"{line.replace('$$', '$')} --bind 127.0.0.1"]
            running.append(
                subprocess.Popen(words, cwd=tmp_path / name, env={**os.environ, "PORT": str(port)},
                                 stdout=subprocess.DEVNULL)
            )  # fmt: skip
        with Redis(port=next(iter(ports.values())), decode_responses=True) as first:
            for port in ports.values():
                with Redis(port=port) as node:
                    awaited(node.ping)
            for _ in range(2):  # the second time there is nothing to do
                subprocess.run(["/bin/sh", "-c", create], check=True, stdout=subprocess.DEVNULL)
            awaited(lambda: first.execute_command("CLUSTER INFO")["cluster_state"] == "ok")

            def nodes() -> dict[str, dict[str, str]]:
                found: dict[str, dict[str, str]] = first.execute_command("CLUSTER NODES")
                return found

            half = {"master": 3, "slave": 3}
            awaited(lambda: Counter(n["flags"].split(",")[-1] for n in nodes().values()) == half)
            assert {address.split("@")[0] for address in nodes()} == {
                f"127.0.0.1:{port}" for port in ports.values()
            }
            config = first.config_get("maxmemory*", "appendonly")
            assert (config["maxmemory-policy"], config["appendonly"]) == ("noeviction", "yes")
    finally:
        for process in running:
            process.terminate()
        for process in running:
            process.wait(10)


def awaited(condition: Callable[[], object]) -> None:
    """Wait for something that a start takes a moment for."""
    for _ in range(400):
        try:
            if condition():
                return
        except RedisError:
            pass
        time.sleep(0.05)
    raise AssertionError("it did not happen within 20 s")


@pytest.fixture
def composed_redis(services: dict[str, dict[str, Any]], tmp_path: Path) -> Iterator[Redis]:
    """The kit's own Redis, started with the flags that compose.yaml gives the container."""
    name, *flags = services["redis"]["command"]
    assert name == "redis-server"
    with tempfile.TemporaryDirectory(prefix="rw") as short:  # socket paths have a small limit
        place = ["--port", "0", "--unixsocket", f"{short}/s", "--dir", str(tmp_path)]
        server = subprocess.Popen(
            [redis_build(Settings()).server, *flags, *place], stdout=subprocess.DEVNULL
        )
        try:
            with Redis(unix_socket_path=f"{short}/s", decode_responses=True) as client:
                for _ in range(200):
                    try:
                        client.ping()
                        break
                    except RedisError:
                        assert server.poll() is None, "redis-server refused the flags"
                        time.sleep(0.05)
                yield client
        finally:
            server.terminate()
            server.wait(10)


def test_redis_understands_its_flags_and_never_evicts(
    composed_redis: Redis, services: dict[str, dict[str, Any]]
) -> None:
    config = composed_redis.config_get()
    assert config["appendonly"] == "yes"
    assert config["appendfsync"] == "everysec"
    assert config["save"] == ""
    assert config["maxmemory"] == str(1024**3)
    assert config["maxmemory-policy"] == "noeviction"
    assert services["redis"]["mem_limit"] == "2g"  # room for the copy while a fork rewrites
    assert composed_redis.info("persistence")["aof_enabled"] == 1


def test_the_image_copies_what_is_there_and_does_not_run_as_root() -> None:
    lines = (ROOT / "Dockerfile").read_text().splitlines()
    allowed = [
        line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line[:1] == "!"
    ]
    copied = [
        source
        for line in lines
        if line.startswith("COPY")
        for source in line.split()[1:-1]
        if not source.startswith("--")
    ]
    assert sorted(copied) == sorted(allowed)
    assert all((ROOT / source).exists() for source in copied)
    user = lines.index("USER learner")
    assert all(not line.startswith(("RUN pip", "RUN python")) for line in lines[:user])
    assert not any(re.search(r"token|password", line, re.IGNORECASE) for line in lines)
