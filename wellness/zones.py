"""Time zones by their names, and the zone of this machine."""

from __future__ import annotations

from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from wellness.errors import SettingsError


def zone_named(name: str) -> ZoneInfo:
    """A zone by its IANA name.

    Raises:
        SettingsError: there is none of that name.
    """
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise SettingsError(
            f"There is no time zone {name!r}.",
            hint="Use an IANA name such as Europe/Berlin or America/New_York.",
        ) from None


def zone_or_none(name: str | None) -> ZoneInfo | None:
    """The zone a record names, if there is one of that name: apps write all kinds of things."""
    try:
        return zone_named(name) if name else None
    except SettingsError:
        return None


def machine_zone() -> ZoneInfo:
    """The zone of this machine."""
    from tzlocal import get_localzone

    found = get_localzone()
    return found if isinstance(found, ZoneInfo) else ZoneInfo(str(found))
