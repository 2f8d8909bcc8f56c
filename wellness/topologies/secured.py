"""One server that is reached by TLS only, by users with rights of their own, or both."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from wellness.bootstrap import redis_build
from wellness.client import Client, connect
from wellness.settings import Settings
from wellness.topologies.certificates import make_certificates
from wellness.topologies.crew import Crew
from wellness.topologies.local_server import LocalServer, data_server
from wellness.topologies.ports import LOOPBACK

OPERATOR = "operator"  # may do everything; nobody else looks after the server


@dataclass
class Secured:
    """A server with TLS, users, or both.

    Attributes:
        settings: with the `redis_url` of someone who may do everything.
        server: for killing it and reading its log.
        certificate_authority: vouches for the server; None without TLS.
    """

    settings: Settings
    server: LocalServer
    certificate_authority: Path | None
    _passwords: dict[str, str] = field(repr=False)

    def settings_of(self, user: str) -> Settings:
        """Settings with the `redis_url` of one of the users.

        Raises:
            KeyError: there is no such user.
        """
        url = self._url(f"{user}:{self._passwords[user]}@")
        return self.settings.model_copy(update={"redis_url": url})

    def client(self, user: str) -> Client:
        """A client as one of the users; close it.

        Raises:
            KeyError: there is no such user.
        """
        return connect(self.settings_of(user))

    def _url(self, login: str) -> str:
        scheme = "rediss" if self.certificate_authority else "redis"
        return f"{scheme}://{login}{LOOPBACK}:{self.server.port}"


@contextmanager
def secured(
    settings: Settings, *, users: Mapping[str, Sequence[str]] | None = None, tls: bool = True
) -> Iterator[Secured]:
    """A server that must be reached as it says, until the end of the block.

    Args:
        settings: where the build is, and how long a start may take.
        users: by name, each with its ACL rules, as `wellness.keys.acl` gives them. Their
            passwords are made here, and the server gets only digests of them. Without users,
            everybody is let in who uses TLS.
        tls: there is no other port than that for TLS; its certificate is made here.

    Raises:
        NoEmbeddedServer, BootstrapError: there is no Redis build here.
        ServerStartError: it did not start, or no certificate could be made.
    """
    build = redis_build(settings)
    with Crew() as crew:
        more: list[str] = []
        authority = None
        if tls:
            files = make_certificates(crew.folder)
            authority = files.authority
            more += files.server_args
        passwords: dict[str, str] = {}
        if users is not None:
            passwords = {name: secrets.token_urlsafe(24) for name in (OPERATOR, *users)}
            rules = {OPERATOR: ("~*", "&*", "+@all"), **users}
            file = crew.folder / "users.acl"
            file.write_text(_acl(rules, passwords), encoding="utf-8")
            more += ["--aclfile", file.name]
        command = data_server(build, "secured", *more)

        def arguments(port: int) -> list[str]:
            return command(port) + (["--port", "0", "--tls-port", str(port)] if tls else [])

        login = f"{OPERATOR}:{passwords[OPERATOR]}@" if passwords else ""
        server = LocalServer("secured", crew, settings, arguments, login)
        server.start()
        trusting = settings.model_copy(update={"redis_ca": authority})
        local = Secured(trusting, server, authority, passwords)
        local.settings = trusting.model_copy(update={"redis_url": local._url(login)})
        yield local


def _acl(rules: Mapping[str, Sequence[str]], passwords: Mapping[str, str]) -> str:
    """An ACL file; who has no name is not let in."""
    lines = ["user default off"]
    for name, words in rules.items():
        digest = hashlib.sha256(passwords[name].encode()).hexdigest()
        lines.append(f"user {name} on #{digest} resetkeys resetchannels {' '.join(words)}")
    return "\n".join(lines) + "\n"
