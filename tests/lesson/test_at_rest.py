"""What is said about data at rest is what is found: a mode that changes changes the verdict."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from redis import Redis

from wellness.keys import Keys
from wellness.lesson.at_rest import AtRest, at_rest
from wellness.server import start
from wellness.settings import Settings


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Redis, Path, Path]]:
    """A server of this module's own, its folder and its socket."""
    home = tmp_path_factory.mktemp("rest")
    with start(Settings(home=home)) as server, Redis.from_url(server.url) as client:
        yield client, server.data_dir, server.socket


def look(client: Redis) -> AtRest:
    return at_rest(client, Keys("wellness:test:rest", "ann").scratch("marker"))


def test_the_kits_own_server_is_closed_to_others_and_open_to_this_user(
    own: tuple[Redis, Path, Path],
) -> None:
    client, _, _ = own
    found = look(client)
    assert found["other users: the folder"].verdict == "protected"
    assert found["other users: the socket"].verdict == "protected"
    assert "has mode 700" in found["other users: the socket"].found
    assert found["the network"].verdict == "protected"
    assert found["the words in the file"].verdict == "open"
    assert found["whoever is this user"].verdict == "open"
    assert found["whoever is root, or has the disk"].verdict == "open"
    assert client.keys("wellness:test:rest*") == []
    assert "open       the words in the file" in repr(found)
    assert "<th" in found._repr_html_()


def test_a_mode_that_is_changed_is_seen(own: tuple[Redis, Path, Path]) -> None:
    client, folder, socket = own
    socket.chmod(0o777)
    files = sorted((folder / "appendonlydir").glob("*"))
    modes = [one.stat().st_mode for one in files]
    try:
        assert look(client)["other users: the socket"].verdict == "open"
        for one in files:
            one.chmod(0o600)
        assert look(client)["other users: the append-only files"].verdict == "protected"
        files[0].chmod(0o644)
        assert look(client)["other users: the append-only files"].verdict == "open"
    finally:
        socket.chmod(0o700)
        for one, mode in zip(files, modes, strict=True):
            one.chmod(mode)


def test_a_redis_that_refuses_config_is_unknown(own: tuple[Redis, Path, Path]) -> None:
    client, _, socket = own
    client.acl_setuser("small", enabled=True, nopass=True, keys=["*"], commands=["+get", "+ping"])
    try:
        with Redis(unix_socket_path=str(socket), username="small", password="x") as small:
            assert look(small).rows[0].verdict == "unknown"
    finally:
        client.acl_deluser("small")
