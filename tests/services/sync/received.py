"""What ASPIRE holds before a sync, and what the database holds after it."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Engine, func, select

from portal_admin import models
from portal_admin.models.engine import reading
from tests.fixtures.sandbox import small_portfolio

PORTFOLIO = small_portfolio()
RECORDS = sum(len(PORTFOLIO[name]) for name in ("Accounts", "Contacts", "Contracts"))
CONTENT = ("aspire_account", "aspire_contact", "aspire_contract", "aspire_contract_role")


def rows(engine: Engine, name: str) -> list[dict[str, Any]]:
    """All rows of a table but the marks of sync itself."""
    table = models.metadata.tables[name]
    columns = [column for column in table.columns if column.name not in ("seen", "fingerprint")]
    with reading(engine) as connection:
        found = connection.execute(select(*columns).order_by(*table.primary_key.columns))
        return [dict(row._mapping) for row in found]


def content(engine: Engine) -> dict[str, list[dict[str, Any]]]:
    return {name: rows(engine, name) for name in CONTENT}


def count(engine: Engine, name: str) -> int:
    with reading(engine) as connection:
        return connection.execute(select(func.count()).select_from(models.metadata.tables[name])).scalar_one()


def outcomes(engine: Engine) -> list[str]:
    return [row["outcome"] for row in rows(engine, "sync_run")]
