"""How the entries of an audit log are chained, so that nobody changes one unnoticed.

Each entry holds a hash of its predecessor's hash, its own number and its own content. To change,
remove, insert or move an entry, all hashes after it must be made anew.

With plain SHA-256 everybody can do that: it shows accidents, and whoever changes Redis without
knowing or caring. With HMAC-SHA-256 (RFC 2104) it takes the key, which never goes to Redis. Both
have one limit: who takes away the newest entries *and* sets the tip back to an older one leaves a
log that was valid once. Against that, keep the tip elsewhere now and then and verify from it.

>>> chain = Chain(None, "a log")
>>> one = chain.link(chain.genesis, 1, "first")
>>> chain.link(one, 2, "second") == chain.link(one, 2, "second")
True
>>> chain.link(one, 2, "second") == Chain("sixteen or longer", "a log").link(one, 2, "second")
False
"""

from __future__ import annotations

import hashlib
import hmac

PLAIN = "sha256"


class Chain:
    """Makes the hashes of one log.

    Args:
        key: secret of the HMAC; None for plain SHA-256.
        origin: what the chain begins with, such as the log's name, so that no log passes as
            another.

    Attributes:
        scheme: how it is made, with a fingerprint of the key.
        genesis: what stands for the predecessor's hash in the first entry.
    """

    def __init__(self, key: str | None, origin: str) -> None:
        self._key = key.encode() if key else None
        self.scheme = PLAIN
        if self._key:
            self.scheme = f"hmac-sha256:{self._digest(b'key of the audit log')[:12]}"
        self.genesis = self._digest(f"begin {origin}".encode())

    def link(self, previous: str, number: int, content: str) -> str:
        """The hash of an entry, 64 hexadecimal digits.

        Args:
            previous: the hash of the entry before it.
            number: its place, from 1.
            content: its canonical text.
        """
        return self._digest(f"{previous}\n{number}\n{content}".encode(errors="surrogatepass"))

    def _digest(self, data: bytes) -> str:
        if self._key is None:
            return hashlib.sha256(data).hexdigest()
        return hmac.digest(self._key, data, "sha256").hex()

    def __repr__(self) -> str:
        return f"<Chain by {self.scheme}>"
