"""Sessions: who is let in, what a forged token meets, and that revoking takes effect at once."""

from __future__ import annotations

import base64
import json
import stat
from pathlib import Path
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from redis import Redis
from redis.exceptions import NoPermissionError

from wellness import keys
from wellness.client import connect
from wellness.errors import RedisUnavailable, SettingsError
from wellness.lesson.sessions import AUDIENCE, ISSUER, Refused, Session, Sessions
from wellness.lesson.signing import SECRET, SECRET_FILE, Signer, read_signer
from wellness.settings import Settings
from wellness.topologies import secured

ROLES = ("agent", "dashboard", "learner")
NOW = 1_790_000_000
WORDS = "a secret of more than thirty-two bytes"


def pem(private: Any) -> bytes:
    return bytes(private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))


def eddsa() -> Signer:
    return read_signer({SECRET: pem(Ed25519PrivateKey.generate()).decode()})


@pytest.fixture(params=["HS256", "EdDSA"])
def signer(request: pytest.FixtureRequest) -> Signer:
    """Each algorithm."""
    return eddsa() if request.param == "EdDSA" else read_signer({SECRET: WORDS})


class Clock:
    """A clock that a test sets."""

    now = float(NOW)

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def sessions(client: Redis, namespace: str, signer: Signer, clock: Clock) -> Sessions:
    """Sessions of this test's own."""
    return Sessions(
        client, signer, roles=ROLES, settings=Settings(), clock=clock, namespace=namespace
    )


def refused(sessions: Sessions, token: str) -> str:
    with pytest.raises(Refused) as found:
        sessions.check(token)
    return found.value.reason


def test_who_signed_in_is_let_in_with_their_role(sessions: Sessions, client: Redis) -> None:
    token = sessions.open("ann", "learner")
    found = sessions.check(token)
    assert (found.user, found.role, found.expires_at) == ("ann", "learner", NOW + 3_600)
    assert keys.audit(client, sessions.namespace) == []
    assert 0 < client.ttl(keys.Keys(sessions.namespace, "ann").session(found.id)) <= 3_600


def test_a_revoked_session_lets_nobody_in_though_its_token_verifies(sessions: Sessions) -> None:
    token, other = sessions.open("ann", "learner"), sessions.open("ann", "agent")
    session = sessions.check(token)
    assert sessions.revoke(session)
    assert sessions.verify(token)["sub"] == "ann"
    assert refused(sessions, token) == "revoked"
    assert sessions.check(other).role == "agent"
    assert not sessions.revoke(session)


def test_all_of_a_persons_sessions_end_and_nobody_elses(sessions: Sessions, client: Redis) -> None:
    tokens = [sessions.open("ann", "learner") for _ in range(3)]
    ben = sessions.open("ben", "learner")
    assert sessions.revoke_all("ann") == 3
    assert {refused(sessions, token) for token in tokens} == {"revoked"}
    assert sessions.check(ben).user == "ben"
    assert sessions.revoke_all("ann") == 0
    assert not client.exists(keys.Keys(sessions.namespace, "ann").sessions)


def test_a_role_changes_for_a_token_that_is_out(sessions: Sessions) -> None:
    token = sessions.open("ann", "agent")
    session = sessions.check(token)
    sessions.set_role(session, "dashboard")
    assert sessions.check(token).role == "dashboard"
    sessions.revoke(session)
    with pytest.raises(Refused, match="has been ended"):
        sessions.set_role(session, "agent")
    assert refused(sessions, token) == "revoked", "nothing was brought back"


def test_a_role_that_is_none_is_refused(sessions: Sessions, client: Redis) -> None:
    with pytest.raises(Refused, match="no role 'operator'"):
        sessions.open("ann", "operator")
    token = sessions.open("ann", "agent")
    key = keys.Keys(sessions.namespace, "ann").session(sessions.check(token).id)
    client.hset(key, "role", "operator")
    assert refused(sessions, token) == "role"


def test_an_expired_token_is_refused_by_the_given_clock(sessions: Sessions, clock: Clock) -> None:
    token = sessions.open("ann", "agent")
    clock.now = NOW + 3_599.9
    assert sessions.check(token)
    clock.now = NOW + 3_600
    assert refused(sessions, token) == "expired", "though Redis still has the session"


def test_a_session_reaches_redis_with_the_rights_of_its_role(
    sessions: Sessions, tmp_path: Path
) -> None:
    key = keys.Keys("wellness", "ann").profile
    both = ("~wellness:{ann}:*", "+@connection", "+hget")
    rights = {"learner": both, "agent": (*both, "+hset")}
    with secured(Settings(home=tmp_path), users=rights, tls=False) as local:
        token = sessions.open("ann", "agent")
        with local.client(sessions.check(token).role) as client:
            client.hset(key, "sample", "1")
        sessions.set_role(sessions.check(token), "learner")
        with local.client(sessions.check(token).role) as client:
            assert client.hget(key, "sample") == b"1"
            with pytest.raises(NoPermissionError):
                client.hset(key, "sample", "2")


# --- forged ---------------------------------------------------------------------------------------


def claims(**changed: object) -> dict[str, Any]:
    whole = {"sub": "ann", "jti": "x", "iat": NOW, "exp": NOW + 60, "iss": ISSUER, "aud": AUDIENCE}
    return {name: value for name, value in (whole | changed).items() if value is not None}


def part(value: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


def stolen(sessions: Sessions) -> dict[str, Any]:
    """The claims of a session that is there: only the signature stands between."""
    return sessions.verify(sessions.open("ann", "agent"))


def test_an_unsigned_token_is_refused(sessions: Sessions) -> None:
    body = stolen(sessions)
    assert refused(sessions, jwt.encode(body, None, algorithm="none")) == "token"
    for algorithm in ("none", "None", "NONE"):
        for signature in ("", "x"):
            forged = f"{part({'alg': algorithm, 'typ': 'JWT'})}.{part(body)}.{signature}"
            assert refused(sessions, forged) == "token"


def test_another_key_is_refused(sessions: Sessions) -> None:
    body = stolen(sessions)
    assert refused(sessions, jwt.encode(body, WORDS[::-1], algorithm="HS256")) == "token"
    assert refused(sessions, jwt.encode(body, eddsa().signs, algorithm="EdDSA")) == "token"
    assert refused(sessions, jwt.encode(body, WORDS * 2, algorithm="HS512")) == "token"


def test_changed_claims_are_refused(sessions: Sessions) -> None:
    head, _, signature = sessions.open("ann", "agent").split(".")
    body = stolen(sessions) | {"sub": "ben"}
    assert refused(sessions, f"{head}.{part(body)}.{signature}") == "token"


@pytest.mark.parametrize("rubbish", ["", "a.b.c", "x" * 5_000, "..", "ann"])
def test_rubbish_is_refused(sessions: Sessions, rubbish: str) -> None:
    assert refused(sessions, rubbish) == "token"


@pytest.mark.parametrize(
    "changed",
    [{"exp": None}, {"sub": None}, {"jti": None}, {"iss": "other"}, {"aud": "other"}, {"sub": ""},
     {"aud": None}, {"iat": None}],
    ids=str,
)  # fmt: skip
def test_a_token_of_ours_must_say_all_of_it(
    sessions: Sessions, signer: Signer, changed: dict[str, object]
) -> None:
    token = jwt.encode(claims(**changed), signer.signs, algorithm=signer.algorithm)
    assert refused(sessions, token) == "token"


def test_the_public_key_is_no_secret_of_another_algorithm() -> None:
    """The classic confusion: HS256 with the public key of EdDSA as its secret."""
    signer = eddsa()
    public = signer.verifies.public_bytes_raw()
    sessions = Sessions(
        None, signer, roles=ROLES, settings=Settings(), clock=Clock()  # type: ignore[arg-type]
    )  # fmt: skip
    assert refused(sessions, jwt.encode(claims(), public, algorithm="HS256")) == "token"


def test_without_redis_nobody_is_let_in(tmp_path: Path, signer: Signer, clock: Clock) -> None:
    token = jwt.encode(claims(), signer.signs, algorithm=signer.algorithm)
    dead = Settings(redis_url=f"unix://{tmp_path}/nobody.sock")
    with connect(dead) as client:
        sessions = Sessions(client, signer, roles=ROLES, settings=dead, clock=clock)
        with pytest.raises(RedisUnavailable):
            sessions.check(token)


# --- the secret -----------------------------------------------------------------------------------


def file_of(tmp_path: Path, content: bytes, mode: int = 0o600) -> dict[str, str]:
    path = tmp_path / "secret"
    path.write_bytes(content)
    path.chmod(mode)
    return {SECRET_FILE: str(path)}


def test_the_secret_comes_from_a_file_or_the_environment(tmp_path: Path) -> None:
    assert read_signer({SECRET: WORDS}).signs == WORDS.encode()
    assert read_signer(file_of(tmp_path, WORDS.encode() + b"\n")).signs == WORDS.encode()
    key = file_of(tmp_path, pem(Ed25519PrivateKey.generate()))
    assert read_signer(key).algorithm == "EdDSA"
    assert WORDS not in repr(read_signer({SECRET: WORDS}))


def test_without_a_secret_none_is_made(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="Neither") as found:
        read_signer({})
    assert "openssl rand" in found.value.hint
    with pytest.raises(SettingsError, match="cannot be read"):
        read_signer({SECRET_FILE: str(tmp_path / "none")})
    assert list(tmp_path.iterdir()) == []


def test_a_secret_must_be_long_private_and_one(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="fewer than 32"):
        read_signer({SECRET: "short"})
    with pytest.raises(SettingsError, match="Both"):
        read_signer({SECRET: WORDS, **file_of(tmp_path, WORDS.encode())})
    open_to_all = file_of(tmp_path, WORDS.encode(), 0o644)
    assert stat.S_IMODE((tmp_path / "secret").stat().st_mode) == 0o644
    with pytest.raises(SettingsError, match="open to other users"):
        read_signer(open_to_all)
    rsa = pem(generate_private_key(65_537, 2_048))
    for content, words in ((b"-----BEGIN nothing", "no private key"), (rsa, "not one of Ed25519")):
        with pytest.raises(SettingsError, match=words):
            read_signer(file_of(tmp_path, content))


def test_a_session_says_whose_it_is() -> None:
    assert "ann" in repr(Session("ann", "x", "agent", NOW))
