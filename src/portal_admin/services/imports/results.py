"""The rows of an import as a file: what failed is ready to be put right and imported again."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, select

from portal_admin.domain.imports import Beside, Column, Entry, Result
from portal_admin.domain.permissions import Permission
from portal_admin.errors import InvalidInput
from portal_admin.models import import_batch, import_row
from portal_admin.models.engine import reading
from portal_admin.services import audit
from portal_admin.services.change import action, changing
from portal_admin.services.desk import Desk
from portal_admin.services.imports.batches import find_batch, row_entry
from portal_admin.services.imports.entries import cells_of
from portal_admin.services.settings import read_settings
from portal_admin.services.sheets import IN_THE_WAY, Heading, drafted, ending, sheet

# What an import reads, what it only looks at, and what it does not know and so ignores.
READ = tuple(Heading(column.value, 34 if column is Column.EMAIL else 22) for column in Column)
LOOKED_AT: Mapping[Beside, Callable[[Entry], str]] = {
    Beside.SITE: lambda entry: entry.site,
    Beside.STATUS: lambda entry: entry.status,
}
IGNORED = (Heading("Row", 8), Heading("Result", 12), Heading("Reason", 80))
COMMA = ","


def require_target(path: Path) -> None:
    """InvalidInput when that file could not be written: wrong ending, no such folder, or another file in the way."""
    ending(path)
    if not path.absolute().parent.is_dir():
        raise InvalidInput(f"There is no folder {path.parent}. Choose another one.", field="file")
    if path.exists():
        raise InvalidInput(IN_THE_WAY.format(path=path), field="file")


@action(Permission.EXPORT)
def write_results(
    desk: Desk, *, batch: int, path: Path, only_refused: bool = True, overwrite: bool = False
) -> int:
    """Write the rows to an .xlsx or .csv file and return their number.

    The columns are those that an import reads or looks at, and Row, Result and Reason, which it ignores. A CSV file
    has the delimiter of the one that was imported: it is the one that Excel takes where that was made.
    """
    form = ending(path)
    row = import_row.c
    wanted = row.result == Result.REFUSED.value if only_refused else row.result.is_not(None)
    query = select(import_row).where(row.batch_id == batch, wanted).order_by(row.row)
    with drafted(path, overwrite=overwrite) as draft:
        written = 0
        with reading(desk.engine) as connection:
            found = find_batch(connection, batch, desk.clock())
            zone = ZoneInfo(read_settings(connection).time_zone)
            told = _told(connection, batch)
            beside = [column for column in LOOKED_AT if column in told.get("beside", ())]
            headings = (*READ, *(Heading(column.value, 16) for column in beside), *IGNORED)
            mark = told["read_as"][1] or COMMA
            with sheet(draft.path, form, headings, title="Rows", zone=zone, delimiter=mark) as add:
                for one in connection.execute(query):
                    entry = row_entry(one)
                    also = (LOOKED_AT[column](entry) for column in beside)
                    add((*cells_of(entry), *also, one.row, one.result, one.reason))
                    written += 1
        with changing(desk) as connection:
            after = {"import": batch, "only_refused": only_refused, "rows": written}
            audit.record(
                connection,
                desk,
                action="import.export",
                subject=path.name,
                site=found.site,
                after=after,
            )
        draft.keep()
    return written


def _told(connection: Connection, batch: int) -> dict[str, Any]:
    """How the file was read."""
    query = select(import_batch.c.options).where(import_batch.c.id == batch)
    told: dict[str, Any] = connection.execute(query).scalar_one()
    return told
