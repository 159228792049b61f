"""The portal settings, kept in the database so that all desktops agree."""

from __future__ import annotations

from datetime import timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sqlalchemy import Connection, select

from portal_admin.domain.freshness import CADENCES
from portal_admin.domain.policy import PortalSettings
from portal_admin.domain.verdict import Edition
from portal_admin.errors import SettingsProblem
from portal_admin.models import setting


def read_settings(connection: Connection) -> PortalSettings:
    """The settings as stored; what is not stored has its default, what cannot be read is a SettingsProblem."""
    stored = {row.key: row.value for row in connection.execute(select(setting.c.key, setting.c.value))}
    try:
        return _parsed(stored)
    except (ValueError, ZoneInfoNotFoundError) as problem:
        raise SettingsProblem(
            "A setting of the portal cannot be read: the edition is 2025 or 2026, cadences are whole seconds, and "
            "the time zone has a name such as America/Chicago. "
            "Ask an administrator to correct it in the portal database."
        ) from problem


def _parsed(stored: dict[str, str]) -> PortalSettings:
    plain = PortalSettings()
    return PortalSettings(
        edition=Edition(stored.get("edition", plain.edition)),
        admitted_roles=tuple(filter(None, map(str.strip, stored["admitted_roles"].split(","))))
        if "admitted_roles" in stored
        else plain.admitted_roles,
        time_zone=ZoneInfo(stored.get("time_zone", plain.time_zone)).key,
        cadences={
            name: timedelta(seconds=int(stored[f"cadence.{name}"]))
            if f"cadence.{name}" in stored
            else default
            for name, default in CADENCES.items()
        },
    )
