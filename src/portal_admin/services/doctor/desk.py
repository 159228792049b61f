"""Checks of this machine and of the portal database."""

from __future__ import annotations

from sqlalchemy import insert, select

from portal_admin.domain.freshness import is_stale
from portal_admin.domain.verdict import Result
from portal_admin.errors import DeskError, SecretsUnavailable
from portal_admin.models import setting, sync_state
from portal_admin.models.engine import reading, writing
from portal_admin.models.schema import check_schema
from portal_admin.services.doctor.visit import Finding, Visit
from portal_admin.services.settings import read_settings
from portal_admin.services.sync_state import restored_alarm

SYNCED = ("accounts", "contacts", "contracts")
SYNC_NOW = "Run `portal-admin sync`, and see that the sync server runs `portal-admin sync --every 15m`."


class _Undone(Exception):
    """Leaves a write transaction without keeping it."""


def profile(visit: Visit) -> Finding:
    found = visit.patient.profile
    if isinstance(found, DeskError):
        return Finding("profile", Result.FAIL, found.message, "Run `portal-admin profile add NAME`.")
    kind = "production" if found.production else "not production"
    return Finding("profile", Result.PASS, f"Profile {found.name}, {kind}.")


def database(visit: Visit) -> Finding:
    _ = visit.profile
    found = visit.database
    if isinstance(found, DeskError):
        return Finding("database", Result.FAIL, found.message)
    return Finding("database", Result.PASS, f"The portal database answers ({found.dialect.name}).")


def schema(visit: Visit) -> Finding:
    check_schema(visit.engine)
    return Finding("schema", Result.PASS, "The schema fits this program.")


def sync_age(visit: Visit) -> Finding:
    now = visit.patient.clock()
    with reading(visit.engine) as connection:
        rows = connection.execute(select(sync_state.c.data_class, sync_state.c.confirmed_at))
        found = {row.data_class: row.confirmed_at for row in rows}
        restored = restored_alarm(connection)
        cadences = read_settings(connection).cadences
    if restored:
        message = (
            "ASPIRE was restored from a backup since the last full sync, so the portal's data may be wrong."
        )
        return Finding(
            "sync_age", Result.FAIL, message, "Run `portal-admin sync --full`, and tell the vendor."
        )
    times = [found.get(name) for name in SYNCED]
    oldest = min((time for time in times if time is not None), default=None)
    if oldest is None:
        return Finding("sync_age", Result.FAIL, "Nothing has been read from ASPIRE yet.", SYNC_NOW)
    if any(is_stale(time, now, cadences[name]) for name, time in zip(SYNCED, times, strict=True)):
        message = f"The portal's data is stale: a part of it was last read at {oldest:%Y-%m-%d %H:%M} UTC."
        return Finding("sync_age", Result.FAIL, message, SYNC_NOW)
    return Finding(
        "sync_age", Result.PASS, f"Everything was read from ASPIRE since {oldest:%Y-%m-%d %H:%M} UTC."
    )


def keyring(visit: Visit) -> Finding:
    try:
        return Finding("keyring", Result.PASS, f"Passwords are kept in {visit.patient.check_keyring()}.")
    except SecretsUnavailable:
        message = "This machine has no keyring, so passwords cannot be kept."
        if visit.patient.password_in_environment:
            return Finding("keyring", Result.ADVICE, f"{message} The environment gives the ASPIRE password.")
        fix = "Unlock or install a keyring, type the password each session, or set PORTAL_ADMIN_ASPIRE_PASSWORD."
        return Finding("keyring", Result.FAIL, message, fix)


def write_access(visit: Visit) -> Finding:
    try:
        with writing(visit.engine) as connection:
            connection.execute(insert(setting).values(key="doctor", value="never kept"))
            raise _Undone
    except _Undone:
        return Finding("write_access", Result.PASS, "The portal database can be changed.")
