"""Signing in: a signed token says who somebody is, a session in Redis whether that still holds.

A token alone cannot be taken back before it expires. So it only names a session, and each request
looks whether Redis still has it: revoking deletes one key and takes effect at once. The role in
the session, not in the token, is the name of the ACL user that Redis is asked as; a role that
changes does so for tokens that are already out.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import jwt
from redis import Redis

from wellness import keys as key_table
from wellness.errors import WellnessError
from wellness.keys import Keys
from wellness.lesson.signing import Signer
from wellness.replies import text
from wellness.settings import Settings

ISSUER, AUDIENCE = "wellness", "wellness-agent"
REQUIRED = ["exp", "iat", "sub", "jti", "iss", "aud"]


class Refused(WellnessError):
    """A token or a session that does not let anybody in; `reason` says which rule it broke."""

    hint = "Sign in again."

    def __init__(self, reason: str, message: str) -> None:
        self.reason = reason
        super().__init__(message)


@dataclass(frozen=True, slots=True)
class Session:
    """Somebody who is signed in.

    Attributes:
        user: whose session.
        id: of the session.
        role: name of the ACL user that Redis is asked as for this person.
        expires_at: seconds since the epoch.
    """

    user: str
    id: str
    role: str
    expires_at: int


class Sessions:
    """Opens, checks and revokes sessions.

    Args:
        client: a Redis client that returns bytes.
        signer: of the tokens.
        roles: ACL users that a session may map to.
        settings: `session_ttl_s` counts.
        clock: seconds since the epoch.
        namespace: prefix of all keys.
    """

    def __init__(
        self, client: Redis, signer: Signer, *, roles: tuple[str, ...], settings: Settings,
        clock: Callable[[], float], namespace: str = key_table.PERSON,
    ) -> None:  # fmt: skip
        self.client, self.namespace, self.roles = client, namespace, roles
        self._signer, self._clock, self._ttl_s = signer, clock, settings.session_ttl_s

    def __repr__(self) -> str:
        return f"<Sessions by {self._signer.algorithm}, roles {', '.join(self.roles)}>"

    def open(self, user: str, role: str) -> str:
        """Sign somebody in who has proved to be `user`; the token for their requests.

        Raises:
            Refused: there is no such role.
        """
        if role not in self.roles:
            raise Refused("role", f"There is no role {role!r}; there are {', '.join(self.roles)}.")
        built, id, now = Keys(self.namespace, user), secrets.token_urlsafe(16), int(self._clock())
        expires_at = now + self._ttl_s
        with self.client.pipeline(transaction=True) as pipe:
            pipe.hset(built.session(id), mapping={"role": role, "opened_at": now})
            pipe.expire(built.session(id), self._ttl_s)
            pipe.zremrangebyscore(built.sessions, "-inf", now)
            pipe.zadd(built.sessions, {id: expires_at})
            pipe.expire(built.sessions, self._ttl_s)
            pipe.execute()
        claims = {"sub": user, "jti": id, "iat": now, "exp": expires_at, "iss": ISSUER,
                  "aud": AUDIENCE}  # fmt: skip
        return jwt.encode(claims, self._signer.signs, algorithm=self._signer.algorithm)

    def check(self, token: str) -> Session:
        """Who a token lets in, now: the signature is verified, and the session looked up.

        Raises:
            Refused: `reason` is "token" for one that is forged, unsigned or malformed, "expired",
                or "revoked" for a session that is gone while its token still verifies.
            RedisUnavailable: without Redis nobody is let in.
        """
        claims = self.verify(token)
        user, id = claims["sub"], claims["jti"]
        role = self.client.hget(Keys(self.namespace, user).session(id), "role")
        if role is None:
            raise Refused("revoked", f"The session of {user!r} has been ended.")
        if (name := text(role)) not in self.roles:
            raise Refused("role", f"The role {name!r} is no more.")
        return Session(user, id, name, claims["exp"])

    def verify(self, token: str) -> dict[str, Any]:
        """What a token says, if its signature and its times hold; Redis is not asked.

        Raises:
            Refused: they do not.
        """
        try:
            claims: dict[str, Any] = jwt.decode(
                token, self._signer.verifies, algorithms=[self._signer.algorithm],
                issuer=ISSUER, audience=AUDIENCE,
                options={"require": REQUIRED, "verify_exp": False, "verify_iat": False},
            )  # fmt: skip
        except jwt.InvalidTokenError as error:
            raise Refused("token", f"The token is not one of ours: {error}.") from error
        if not (claims["sub"] and claims["jti"] and isinstance(claims["exp"], int)):
            raise Refused("token", "The token names nobody, or no end.")
        if claims["exp"] <= self._clock():  # by this object's clock, not by PyJWT's
            raise Refused("expired", f"The token of {claims['sub']!r} has expired.")
        return claims

    def set_role(self, session: Session, role: str) -> None:
        """Give a session another role, from the next request on.

        Raises:
            Refused: there is no such role, or the session has been ended.
        """
        if role not in self.roles:
            raise Refused("role", f"There is no role {role!r}; there are {', '.join(self.roles)}.")
        key = Keys(self.namespace, session.user).session(session.id)
        # HSET on a key that has gone meanwhile would bring back a session without an expiry.
        if not self.client.eval(SET_ROLE, 1, key, role):
            raise Refused("revoked", f"The session of {session.user!r} has been ended.")

    def revoke(self, session: Session) -> bool:
        """End a session at once; whether it was there."""
        built = Keys(self.namespace, session.user)
        with self.client.pipeline(transaction=True) as pipe:
            pipe.unlink(built.session(session.id))
            pipe.zrem(built.sessions, session.id)
            return bool(pipe.execute()[0])

    def revoke_all(self, user: str) -> int:
        """End all of a person's sessions at once; how many there were."""
        built = Keys(self.namespace, user)
        found: Any = self.client.zrange(built.sessions, 0, -1)
        if not (ids := [str(text(id)) for id in found]):
            return 0
        with self.client.pipeline(transaction=True) as pipe:
            pipe.unlink(*(built.session(id) for id in ids))
            pipe.zrem(built.sessions, *ids)
            return int(pipe.execute()[0])


SET_ROLE = """
if redis.call('EXISTS', KEYS[1]) == 0 then return 0 end
redis.call('HSET', KEYS[1], 'role', ARGV[1])
return 1
"""
