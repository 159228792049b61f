"""The people of the portal that commands are tried on, and how old its copy of ASPIRE is."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlalchemy import Engine

from portal_admin.models.engine import writing
from tests.services.filled import set_confirmed

RUTH, PAUL, INA = "ruth@prairie.example", "paul@new.example", "ina@old.example"
CALLED = ("--verified", "call-back", "--note", "402-555-0142")
ON_RUTH = ("--site", "MAIN", "--email", RUTH)


def age(engine: Engine, minutes: float | None) -> None:
    with writing(engine) as connection:
        set_confirmed(connection, None if minutes is None else datetime.now(UTC) - timedelta(minutes=minutes))
