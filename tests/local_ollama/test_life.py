"""The life of the kit's model server, which is like that of the embedded Redis."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from wellness import local_ollama, models
from wellness.embedded.data_folder import DataFolder
from wellness.errors import ServerError, ServerStartError
from wellness.local_ollama import EMBEDDING_MODEL, Address, LocalOllama
from wellness.settings import Settings

from .asking import post, wait_until

USER = """
import sys, time
from pathlib import Path
from wellness import local_ollama, models
from wellness.embedded.data_folder import DataFolder
from wellness.errors import ServerError, ServerStartError
from wellness.settings import Settings
server = local_ollama.start(Settings(home=Path(sys.argv[1])))
print(server.url, server.pid, flush=True)
time.sleep(600)
"""


def another_process(home: Path) -> tuple[subprocess.Popen[str], str, int]:
    """A process that uses the server until it is killed; the URL and process id it was given."""
    user = subprocess.Popen([sys.executable, "-c", USER, home], stdout=subprocess.PIPE, text=True)
    assert user.stdout
    url, pid = user.stdout.readline().split()
    return user, url, int(pid)


def runs(settings: Settings) -> bool:
    return local_ollama.running_at(settings) is not None


def test_two_processes_share_one_until_the_last_is_killed(settings: Settings) -> None:
    user, url, pid = another_process(settings.home)
    try:
        with local_ollama.start(settings) as ours:
            assert (ours.url, ours.pid, ours.reused) == (url, pid, True)
            assert local_ollama.running_at(settings) == url
        assert runs(settings), "the other one still uses it"
    finally:
        user.kill()
        user.communicate()
    wait_until(lambda: not runs(settings))


def test_racing_starts_share_one(settings: Settings) -> None:
    with ThreadPoolExecutor(4) as pool:
        servers = list(pool.map(lambda _: local_ollama.start(settings), range(4)))
    assert len({server.pid for server in servers}) == 1
    for server in servers:
        server.close()
        server.close()
    wait_until(lambda: not runs(settings))


def test_a_killed_server_is_started_anew(settings: Settings) -> None:
    with local_ollama.start(settings) as first:
        os.kill(first.pid, signal.SIGKILL)
        wait_until(lambda: not runs(settings))
        with local_ollama.start(settings) as second:
            assert second.pid != first.pid
            assert post(second.url, "/api/embed", model=EMBEDDING_MODEL, input="x")[0] == 200


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the next start ends the orphan")
def test_a_killed_keeper_leaves_no_server(settings: Settings) -> None:
    folder = DataFolder((settings.home / "ollama").resolve(), "ollama", "ollama.port")
    with local_ollama.start(settings) as first:
        state = folder.state()
        assert state
        os.kill(state.keeper, signal.SIGKILL)
        wait_until(lambda: not runs(settings))
        assert Address.read(state.socket), "nobody was left to remove it"
        with local_ollama.start(settings) as second:
            assert (second.reused, second.pid == first.pid) == (False, False)
            assert post(second.url, "/api/embed", model=EMBEDDING_MODEL, input="x")[0] == 200


def test_files_that_a_power_failure_emptied_do_no_harm(settings: Settings) -> None:
    folder = DataFolder((settings.home / "ollama").resolve(), "ollama", "ollama.port")
    folder.path.mkdir(parents=True)
    folder.socket_path().parent.mkdir(mode=0o700)
    folder.socket_path().touch()
    folder.state_file.touch()
    assert not runs(settings)
    with local_ollama.start(settings) as server:
        assert local_ollama.running_at(settings) == server.url


def test_only_the_server_loads_llama_cpp() -> None:
    """Its runtime reads once how threads wait, so the server says that first; and users are light.

    `python -m` imports the package before it runs `__main__`.
    """
    code = (
        "import sys, wellness.memory.embedder\n"
        "assert 'wellness.local_ollama' in sys.modules\n"
        "print(*{'xllamacpp', 'gguf', 'safetensors'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""


@pytest.mark.skipif(sys.platform != "linux", reason="GNU's OpenMP runtime tells its settings")
def test_its_threads_do_not_spin(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OMP_DISPLAY_ENV", "verbose")
    for name in ("OMP_WAIT_POLICY", "GOMP_SPINCOUNT"):
        monkeypatch.delenv(name, raising=False)
    with local_ollama.start(settings) as server:
        said = server.log.read_text()
    assert "OMP_WAIT_POLICY = 'PASSIVE'" in said
    assert "GOMP_SPINCOUNT = '0'" in said


def test_a_platform_without_it_is_told_what_else(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(local_ollama, "RUNS_HERE", False)
    with pytest.raises(ServerError, match="Run Ollama"):
        local_ollama.start(settings)


def test_a_file_that_is_no_model_is_named_in_the_log(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "damaged.gguf").write_bytes(b"GGUF and nothing else")
    monkeypatch.setattr(models, "embedding_model", lambda *_, **__: tmp_path / "damaged.gguf")
    with pytest.raises(ServerStartError, match="did not start") as caught:
        local_ollama.start(settings)
    assert caught.value.log
    assert "Run Ollama" in caught.value.hint


def test_it_can_be_stopped(settings: Settings) -> None:
    assert not local_ollama.stop(settings)
    with local_ollama.start(settings):
        assert local_ollama.stop(settings)
        assert not runs(settings)


def test_another_server_on_a_reused_port_is_not_taken_for_ours(
    model_server: LocalOllama, tmp_path: Path
) -> None:
    port = urlsplit(model_server.url).port
    address = tmp_path / "ollama.port"
    service = local_ollama.OllamaService()
    address.write_text(f"{port} {model_server.pid}")
    assert service.look(address).state == "ready"
    address.write_text(f"{port} {model_server.pid + 1}")
    assert service.look(address).state == "silent"
    assert service.look(tmp_path / "nothing").state == "silent"
    assert Address.read(tmp_path / "nothing") is None
