"""Imports in one call, and what they left behind."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Engine, select

from portal_admin.domain.imports import Options, RowVerdict
from portal_admin.models import (
    account_link,
    audit_event,
    end_user,
    import_batch,
    import_row,
    mail_outbox,
)
from portal_admin.models.engine import reading
from portal_admin.services.desk import Desk
from portal_admin.services.imports.batches import Outcome
from portal_admin.services.imports.commit import run_import
from portal_admin.services.imports.mapping import recognise
from portal_admin.services.imports.plan import Plan, rehearse
from portal_admin.services.imports.source import Source, open_table
from tests.services.imports.files import Row, csv_source

PLAIN = Options()
WRITTEN = (end_user, account_link, mail_outbox, audit_event, import_batch, import_row)


def plan(desk: Desk, source: Source, *, site: str = "MAIN", options: Options = PLAIN, **more: Any) -> Plan:
    table = open_table(source)
    return rehearse(desk, site=site, table=table, mapping=recognise(table.header), options=options, **more)


def run(desk: Desk, source: Source, *, site: str = "MAIN", options: Options = PLAIN, **more: Any) -> Outcome:
    table = open_table(source)
    return run_import(desk, site=site, table=table, mapping=recognise(table.header), options=options, **more)


def plan_rows(desk: Desk, *rows: Row, options: Options = PLAIN) -> list[RowVerdict]:
    return list(plan(desk, csv_source(*rows), options=options).rows)


def run_rows(desk: Desk, *rows: Row, options: Options = PLAIN) -> list[RowVerdict]:
    return list(run(desk, csv_source(*rows), options=options).rows)


def results(rows: Any) -> list[str]:
    return [row.result.value for row in rows]


def written(engine: Engine) -> dict[str, list[Any]]:
    """Every row that an import may write."""
    with reading(engine) as connection:
        return {table.name: [tuple(row) for row in connection.execute(select(table))] for table in WRITTEN}
