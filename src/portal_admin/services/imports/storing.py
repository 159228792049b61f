"""Stores an import with all its rows before the first is worked on, so that any desk can go on with it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert

from portal_admin.domain.imports import Column, Entry, Options
from portal_admin.domain.people import Site
from portal_admin.models import import_batch, import_row
from portal_admin.models.engine import reading, writing
from portal_admin.services import audit
from portal_admin.services.desk import Desk
from portal_admin.services.imports.batches import (
    Batch,
    BatchStatus,
    batch_of,
    batch_query,
    find_batch,
    stored_options,
)
from portal_admin.services.imports.entries import stored_entry
from portal_admin.services.imports.mapping import beside
from portal_admin.services.imports.source import Table
from portal_admin.services.sites import find_site

FILE_NAME_LENGTH = 400
UNFINISHED = (BatchStatus.RUNNING.value, BatchStatus.CANCELED.value)


class _Overtaken(Exception):
    """Another desk began the same import meanwhile."""


def begun(
    desk: Desk,
    *,
    site: str,
    table: Table,
    mapping: Mapping[Column, int],
    options: Options,
    entries: Sequence[Entry],
) -> Batch:
    """The unfinished import of that file with those options, or a new one with all rows stored."""
    told = _told(table, mapping, options)
    with reading(desk.engine) as connection:
        on = find_site(connection, site)
        known = _unfinished(connection, on, table, told, desk.clock())
    if known is not None:
        return known
    try:
        return _stored(desk, on, table, told, entries)
    except _Overtaken:
        return begun(desk, site=site, table=table, mapping=mapping, options=options, entries=entries)


def _stored(desk: Desk, on: Site, table: Table, told: dict[str, Any], entries: Sequence[Entry]) -> Batch:
    name = table.file_name[:FILE_NAME_LENGTH]
    values = {
        "site_id": on.id,
        "file_name": name,
        "file_hash": table.file_hash,
        "options": told,
        "status": BatchStatus.RUNNING.value,
        "read": len(entries),
        **dict.fromkeys(("created", "changed", "unchanged", "refused"), 0),
        "operation_id": desk.operation,
        "created_at": desk.clock(),
        "created_by": desk.operator,
    }
    # Not `changing`: so many rows would keep everybody else from the audit for seconds.
    with writing(desk.engine, committed=audit.written) as connection:
        batch: int = connection.execute(
            insert(import_batch).values(values).returning(import_batch.c.id)
        ).scalar_one()
        rows = [
            {"batch_id": batch, "row": entry.row, "email": entry.email, "record": stored_entry(entry)}
            for entry in entries
        ]
        if rows:
            connection.execute(insert(import_row), rows)
        audit.lock(connection)
        if _unfinished(connection, on, table, told, desk.clock(), but=batch) is not None:
            raise _Overtaken
        after = {"import": batch, "file_hash": table.file_hash, "rows": len(rows), "options": told}
        audit.record(
            connection,
            desk,
            action="import.begin",
            subject=name,
            site=on.key,
            after=after,
        )
        return find_batch(connection, batch, desk.clock())


def _told(table: Table, mapping: Mapping[Column, int], options: Options) -> dict[str, Any]:
    """Everything on which it depends what the rows of the file mean, as the database gives it back."""
    return {
        **stored_options(options),
        "columns": {column.value: index for column, index in mapping.items()},
        "beside": {column.value: index for column, index in beside(table.header, mapping).items()},
        "read_as": [table.encoding, table.delimiter, table.sheet],
    }


def _unfinished(
    connection: Connection,
    on: Site,
    table: Table,
    told: dict[str, Any],
    now: datetime,
    but: int | None = None,
) -> Batch | None:
    query = batch_query().where(
        import_batch.c.file_hash == table.file_hash,
        import_batch.c.site_id == on.id,
        import_batch.c.status.in_(UNFINISHED),
    )
    for row in connection.execute(query.order_by(import_batch.c.id)):
        if row.options == told and row.id != but:
            return batch_of(row, now)
    return None
