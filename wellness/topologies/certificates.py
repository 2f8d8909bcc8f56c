"""Certificates for a server on loopback, made on the spot by an authority of a day.

They are made with the `openssl` command, which every system with the embedded Redis has beside
the library that this needs; the `cryptography` package would be one more dependency for it.
"""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from wellness.errors import ServerStartError

DAYS = "2"  # valid for: longer than any topology lives
CURVE = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes")
# What Python from 3.13 on asks of certificates (RFC 5280): what the authority may sign, and in the
# server's which key signed it.
SIGNS = ("-addext", "keyUsage=critical,keyCertSign,cRLSign")
NAMES = "subjectAltName=DNS:localhost,IP:127.0.0.1\nauthorityKeyIdentifier=keyid\n"


@dataclass(frozen=True)
class Certificates:
    """Files of one authority and one server; the keys are readable by this user only."""

    authority: Path
    certificate: Path
    key: Path

    @property
    def server_args(self) -> tuple[str, ...]:
        """Arguments of a Redis server: clients must use TLS, and need no certificate."""
        return (
            *("--tls-cert-file", str(self.certificate), "--tls-key-file", str(self.key)),
            *("--tls-ca-cert-file", str(self.authority), "--tls-auth-clients", "no"),
        )


def make_certificates(folder: Path, name: str = "local") -> Certificates:
    """Make an authority, and a certificate of it for localhost and 127.0.0.1.

    Args:
        folder: where the files go; only this user should be able to read it.
        name: what the files are called.

    Raises:
        ServerStartError: there is no `openssl` command, or it fails.
    """
    program = shutil.which("openssl")
    if program is None:
        raise ServerStartError(
            "TLS needs certificates, and there is no `openssl` command to make them.",
            hint="Install OpenSSL with the system's package manager.",
        )
    authority, certificate = folder / f"{name}-ca.crt", folder / f"{name}.crt"
    authority_key, key = folder / f"{name}-ca.key", folder / f"{name}.key"
    request, names = folder / f"{name}.csr", folder / f"{name}.names"
    names.write_text(NAMES, encoding="ascii")
    for arguments in (
        ("req", "-x509", *CURVE, *SIGNS, "-subj", "/CN=Redis Wellness, local authority",
         "-days", DAYS, "-keyout", authority_key, "-out", authority),
        ("req", *CURVE, "-subj", "/CN=localhost", "-keyout", key, "-out", request),
        ("x509", "-req", "-in", request, "-CA", authority, "-CAkey", authority_key,
         "-CAcreateserial", "-days", DAYS, "-extfile", names, "-out", certificate),
    ):  # fmt: skip
        command = [program, *map(str, arguments)]
        made = subprocess.run(command, capture_output=True, text=True, check=False)
        if made.returncode:
            raise ServerStartError("`openssl` made no certificate.", log=made.stderr.strip())
    for secret in (authority_key, key):
        secret.chmod(0o600)
    return Certificates(authority, certificate, key)
