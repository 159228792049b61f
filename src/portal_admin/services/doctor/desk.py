"""Checks of this machine and of the portal database."""

from __future__ import annotations

from sqlalchemy import insert

from portal_admin.domain.verdict import Result
from portal_admin.errors import DeskError, NotAllowed, SecretsUnavailable
from portal_admin.models import field_note
from portal_admin.models.engine import writing
from portal_admin.models.schema import check_whole
from portal_admin.services.desk import Desk
from portal_admin.services.doctor.visit import Finding, Visit
from portal_admin.services.sync.status import sync_status
from portal_admin.services.sync.withheld import SEES_EVERYTHING

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
    check_whole(visit.engine)
    return Finding("schema", Result.PASS, "The schema fits this program.")


def sync_age(visit: Visit) -> Finding:
    name, patient = "sync_age", visit.patient
    status = sync_status(
        Desk(engine=visit.engine, aspire=patient.aspire, clock=patient.clock, operator="doctor")
    )
    if visit.restored:
        message = (
            "ASPIRE was restored from a backup since the last full sync, so the portal's data may be wrong."
        )
        return Finding(name, Result.FAIL, message, "Run `portal-admin sync --full`, and tell the vendor.")
    if status.as_of is None:
        message = "ASPIRE's accounts, contacts and contracts were not read completely yet."
        return Finding(name, Result.FAIL, message, SYNC_NOW)
    read = f"{status.as_of:%Y-%m-%d %H:%M} UTC"
    if status.stale:
        message = f"The portal's data is stale: a part of it was last read at {read}."
        return Finding(name, Result.FAIL, message, SYNC_NOW)
    message = f"The last complete reading was at {read}."
    if status.withheld:
        records = "1 record" if status.withheld == 1 else f"{status.withheld:,} records"
        message = f"{message} ASPIRE kept {records} from the sync's login."
        return Finding(name, Result.ADVICE, message, SEES_EVERYTHING)
    return Finding(name, Result.PASS, message)


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
    """Tries what every operator may who may change anything, and keeps nothing of it."""
    values = {"field_key": "doctor", "note": "never kept", "created_by": "doctor"}
    try:
        with writing(visit.engine) as connection:
            connection.execute(insert(field_note).values(**values, created_at=visit.patient.clock()))
            raise _Undone
    except _Undone:
        return Finding("write_access", Result.PASS, "The portal database can be changed.")
    except NotAllowed:
        message = "Your login may look at the portal database and change nothing."
        fix = "That is right for Read-only operators; others ask an Administrator."
        return Finding("write_access", Result.ADVICE, message, fix)
