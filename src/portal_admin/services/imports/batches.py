"""Imports that were begun, and what became of their rows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Row, Select, select

from portal_admin.domain.imports import Counts, Entry, Options, Result, RowVerdict
from portal_admin.domain.people import Status
from portal_admin.errors import NotFound
from portal_admin.models import import_batch, import_row
from portal_admin.models import site as site_table
from portal_admin.models.engine import reading
from portal_admin.services.desk import Desk
from portal_admin.services.imports.entries import entry_of
from portal_admin.services.sync.lease import may_live


class BatchStatus(StrEnum):
    """RUNNING: begun, perhaps killed; CANCELED: stopped by a person; both can be resumed. Then DONE, and UNDONE."""

    RUNNING = "running"
    DONE = "done"
    CANCELED = "canceled"
    UNDONE = "undone"


@dataclass(frozen=True, slots=True)
class Batch:
    """One import: `total` rows of the file, of which `counts` are dealt with; `runner` is who works on it now."""

    id: int
    site: str
    file_name: str
    status: BatchStatus
    options: Options
    total: int
    counts: Counts
    created_at: datetime
    created_by: str
    operation: str
    runner: str | None = None

    @property
    def resumable(self) -> bool:
        """Whether rows are left to do."""
        return self.status in (BatchStatus.RUNNING, BatchStatus.CANCELED)


@dataclass(frozen=True, slots=True)
class Outcome:
    """An import and its rows so far; `complete` when none is left; `warnings` tell what did not work afterwards."""

    batch: Batch
    rows: tuple[RowVerdict, ...]
    complete: bool
    warnings: tuple[str, ...] = ()

    @property
    def counts(self) -> Counts:
        return self.batch.counts


def list_batches(desk: Desk) -> tuple[Batch, ...]:
    """The imports, newest first."""
    with reading(desk.engine) as connection:
        rows = connection.execute(batch_query().order_by(import_batch.c.id.desc()))
        return tuple(batch_of(row, desk.clock()) for row in rows)


def show_batch(desk: Desk, *, batch: int, result: Result | None = None) -> Outcome:
    """One import with its rows in the file's order, or only those of one result; NotFound when there is none."""
    with reading(desk.engine) as connection:
        found = find_batch(connection, batch, desk.clock())
        query = select(import_row).where(import_row.c.batch_id == batch, import_row.c.result.is_not(None))
        if result is not None:
            query = query.where(import_row.c.result == result.value)
        rows = tuple(_verdict(row) for row in connection.execute(query.order_by(import_row.c.row)))
    return Outcome(found, rows, found.counts.read == found.total)


def batch_query() -> Select[Any]:
    """Imports with the key of their site."""
    return select(import_batch, site_table.c.key.label("site_key")).join(
        site_table, site_table.c.id == import_batch.c.site_id
    )


def find_batch(connection: Connection, batch: int, now: datetime) -> Batch:
    """The import of that number; NotFound when there is none."""
    row = connection.execute(batch_query().where(import_batch.c.id == batch)).first()
    if row is None:
        raise NotFound(f"There is no import {batch}.")
    return batch_of(row, now)


def batch_of(row: Row[Any], now: datetime) -> Batch:
    """A row of `batch_query` as a record."""
    at_work = row.runner is not None and row.runner_until > now and may_live(row.runner)
    return Batch(
        id=row.id,
        site=row.site_key,
        file_name=row.file_name,
        status=BatchStatus(row.status),
        options=options_of(row.options),
        total=row.read,
        counts=Counts(row.created, row.changed, row.unchanged, row.refused),
        created_at=row.created_at,
        created_by=row.created_by,
        operation=row.operation_id,
        runner=row.runner if at_work else None,
    )


def stored_options(options: Options) -> dict[str, Any]:
    """The options as the database keeps them."""
    return {
        "status": options.status.value,
        "mail": options.mail,
        "all_or_nothing": options.all_or_nothing,
    }


def options_of(stored: dict[str, Any]) -> Options:
    """The options that `stored_options` was given."""
    return Options(Status(stored["status"]), stored["mail"], stored["all_or_nothing"])


def row_entry(row: Row[Any]) -> Entry:
    """A row of import_row as the entry it holds."""
    return entry_of(row.row, row.email, row.record)


def _verdict(row: Row[Any]) -> RowVerdict:
    accounts = tuple(row.record.get("accounts", ()))
    unread = bool((row.effect or {}).get("unread"))
    return RowVerdict(row.row, row.email, Result(row.result), row.reason, accounts, unread=unread)
