"""The certificates of a secured server, looked at as strictly as the newest Python does."""

from __future__ import annotations

import ssl
from pathlib import Path

from wellness.topologies.certificates import Certificates, make_certificates


def shake_hands(files: Certificates, name: str) -> str:
    """A handshake in memory, under the rules that are the default from Python 3.13 on."""
    trusting = ssl.create_default_context(cafile=str(files.authority))
    trusting.verify_flags |= ssl.VERIFY_X509_STRICT
    serving = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    serving.load_cert_chain(files.certificate, files.key)
    there, back = ssl.MemoryBIO(), ssl.MemoryBIO()
    client = trusting.wrap_bio(back, there, server_hostname=name)
    server = serving.wrap_bio(there, back, server_side=True)
    for side in (client, server, client, server):
        try:
            side.do_handshake()
        except ssl.SSLWantReadError:
            continue
    return str(client.version())


def test_they_are_good_enough_for_a_strict_client(tmp_path: Path) -> None:
    files = make_certificates(tmp_path)
    for name in ("localhost", "127.0.0.1"):
        assert shake_hands(files, name).startswith("TLS")
