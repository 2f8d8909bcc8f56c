"""What a URL with Sentinels or a Cluster in it means: where to ask, and how to reach a node.

    redis+sentinel://[[user]:password@]host:port[,host:port...]/service[/db][?options]
    redis+cluster://[[user]:password@]host:port[,host:port...][?options]

With `rediss+` in front, the data nodes are reached by TLS, as are the Sentinels. User, password
and options are those of the data nodes; `sentinel_username` and `sentinel_password` among the
options are for the Sentinels.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal
from urllib.parse import parse_qsl, unquote, urlencode, urlsplit

Address = tuple[str, int]
Kind = Literal["sentinel", "cluster"]
DEFAULT_PORTS: dict[Kind, int] = {"sentinel": 26_379, "cluster": 6_379}


@dataclass(frozen=True)
class Target:
    """A URL taken apart.

    Attributes:
        hosts: Sentinels, or nodes of the Cluster to begin with.
        service: what the Sentinels call the primary; empty for a Cluster.
        login: of the nodes, still quoted: "user:password@", or empty.
        sentinel_login: user and password for the Sentinels.
    """

    kind: Kind
    hosts: tuple[Address, ...]
    service: str
    tls: bool
    db: int
    login: str = field(repr=False)
    options: str = field(repr=False)
    sentinel_login: tuple[str | None, str | None] = field(repr=False)

    @property
    def label(self) -> str:
        """The URL without user, password and options."""
        hosts = ",".join(map(written, self.hosts))
        tail = f"/{self.service}/{self.db}" if self.service else ""
        return f"{'rediss' if self.tls else 'redis'}+{self.kind}://{hosts}{tail}"

    def url(self, address: Address) -> str:
        """The URL of one node."""
        scheme = "rediss" if self.tls else "redis"
        options = f"?{self.options}" if self.options else ""
        return f"{scheme}://{self.login}{written(address)}/{self.db}{options}"


def target(url: str) -> Target | None:
    """What a URL of several hosts means; None if it is none of those.

    Raises:
        ValueError: it is one, and cannot be used. The message does not repeat the URL.

    >>> found = target("redis+sentinel://:secret@10.0.0.1:26379,10.0.0.2/health/1")
    >>> found.label
    'redis+sentinel://10.0.0.1:26379,10.0.0.2:26379/health/1'
    >>> found.url(("10.0.0.3", 6379))
    'redis://:secret@10.0.0.3:6379/1'
    """
    parts = urlsplit(url)
    scheme, _, kind = parts.scheme.partition("+")
    if scheme not in ("redis", "rediss") or kind not in ("sentinel", "cluster"):
        return None
    several: Kind = "sentinel" if kind == "sentinel" else "cluster"
    login, at, hosts = parts.netloc.rpartition("@")
    service, _, db = parts.path.strip("/").partition("/")
    if (several == "sentinel") != bool(service):
        raise ValueError("Sentinel needs the name of a service, and a Cluster has none")
    if db and not db.isdecimal():
        raise ValueError("the database is not a number")
    options = dict(parse_qsl(parts.query))
    sentinel_login = (
        options.pop("sentinel_username", None),
        options.pop("sentinel_password", None),
    )
    return Target(
        several,
        tuple(_address(host, DEFAULT_PORTS[several]) for host in hosts.split(",")),
        unquote(service),
        scheme == "rediss",
        int(db or 0),
        login + at,
        urlencode(options),
        sentinel_login,
    )


def written(address: Address) -> str:
    """An address as a URL has it."""
    host, port = address
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def _address(text: str, default: int) -> Address:
    parts = urlsplit(f"//{text}")
    if not parts.hostname:
        raise ValueError("a host has no name")
    return parts.hostname, parts.port or default
