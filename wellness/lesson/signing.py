"""The key that tokens are signed with: from a file or the environment, and for one algorithm.

It is never made up: a key that nobody chose is one that nobody keeps, and each restart would sign
everybody out.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from wellness.errors import SettingsError

SECRET = "WELLNESS_SESSION_SECRET"  # the variable with the key, or
SECRET_FILE = "WELLNESS_SESSION_SECRET_FILE"  # with the path of a file that holds it
LEAST = 32  # bytes: RFC 7518, section 3.2, for HS256
Algorithm = Literal["HS256", "EdDSA"]


@dataclass(frozen=True, slots=True)
class Signer:
    """A key and the one algorithm it is for; what a token says of its algorithm does not count."""

    algorithm: Algorithm
    signs: Any
    verifies: Any

    def __repr__(self) -> str:
        return f"<Signer by {self.algorithm}>"  # never the key


def read_signer(environment: Mapping[str, str]) -> Signer:
    """The signer of a secret for HS256, or of an Ed25519 private key in PEM for EdDSA.

    Args:
        environment: `os.environ` as a rule; SECRET or SECRET_FILE must be in it, not both.

    Raises:
        SettingsError: there is no secret, two of them, or one that is too short or readable by
            others. The secret itself is never shown.
    """
    given, path = environment.get(SECRET, ""), environment.get(SECRET_FILE, "")
    if bool(given) == bool(path):
        raise SettingsError(
            f"{'Both' if given else 'Neither'} {SECRET} {'and' if given else 'nor'} {SECRET_FILE} "
            f"{'are' if given else 'is'} set.",
            hint=f"Make one with `openssl rand -base64 48 > FILE`, chmod 600, set {SECRET_FILE}.",
        )
    secret = _read(Path(path)) if path else given.encode()
    if secret.startswith(b"-----BEGIN"):
        return _ed25519(secret)
    if len(secret) < LEAST:
        raise SettingsError(f"The session secret has {len(secret)} bytes, fewer than {LEAST}.",
                            hint="Make a longer one with `openssl rand -base64 48`.")  # fmt: skip
    return Signer("HS256", secret, secret)


def _read(path: Path) -> bytes:
    try:
        mode, secret = path.stat().st_mode & 0o077, path.read_bytes().strip()
    except OSError as error:
        raise SettingsError(f"The session secret {path} cannot be read: {error.strerror}.",
                            hint=f"Correct {SECRET_FILE}.") from error  # fmt: skip
    if mode:
        raise SettingsError(f"The session secret {path} is open to other users.",
                            hint=f"`chmod 600 {path}`, and make a new one.")  # fmt: skip
    return secret


def _ed25519(pem: bytes) -> Signer:
    try:
        private = load_pem_private_key(pem, password=None)
    except ValueError as error:
        raise SettingsError("The session key is no private key in PEM.") from error
    if not isinstance(private, Ed25519PrivateKey):
        raise SettingsError("The session key is not one of Ed25519.",
                            hint="`openssl genpkey -algorithm ed25519` makes one.")  # fmt: skip
    return Signer("EdDSA", private, private.public_key())
