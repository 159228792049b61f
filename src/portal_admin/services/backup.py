"""Copying the portal database while it is in use: for Administrators, audited in what is copied."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from sqlalchemy import inspect

from portal_admin.domain.permissions import Permission, require
from portal_admin.errors import NotFound, Refused
from portal_admin.models import operator as operator_table
from portal_admin.models.engine import reading
from portal_admin.models.schema import HEAD, schema_of
from portal_admin.services import audit
from portal_admin.services.change import changing
from portal_admin.services.database import copy_file, file_of, opened
from portal_admin.services.desk import Desk
from portal_admin.services.roles import role_of

MAY = Permission.BACK_UP_DATABASE


def backup(url: str, *, to: Path, now: datetime, operator: str) -> Path:
    """Copy a SQLite database while it is in use; the copy appears under its name only when it is whole.

    NotAllowed unless the operator may. The audit line is committed first, so that the copy holds it too: it is a
    whole copy of everything, and what takes its place later continues the audit from there.
    """
    source = file_of(url)
    if not source.exists():
        raise NotFound(f"There is no portal database at {source}.")
    to = to.expanduser().absolute()
    if to.exists():
        raise Refused(f"{to} exists already. Choose another name.", rule="no_overwriting")
    if not to.parent.is_dir():
        # A folder that is made for a mistyped name, or where a drive is not mounted, looks like a backup.
        raise NotFound(f"There is no folder {to.parent}. Make it, or choose another.")
    _tell(url, to, now, operator)
    copy_file(source, to)
    return to


def _tell(url: str, to: Path, now: datetime, operator: str) -> None:
    """Ask for the role and write the line; a file older than roles knows nobody, and is whoever's may read it."""
    with opened(url) as engine:
        with reading(engine) as connection:
            if not inspect(connection).has_table(operator_table.name):
                return
            require(role_of(connection, operator), MAY)
            if schema_of(connection) != HEAD:
                return
        desk = Desk(engine, None, lambda: now, operator, permission=MAY)
        with changing(desk) as connection:
            audit.record(connection, desk, action="database.backup", subject=to.name)
