"""An import in a process of its own, in small pieces."""

from __future__ import annotations

from multiprocessing.connection import Connection

from portal_admin.domain.imports import Options
from portal_admin.services.desk import Desk
from portal_admin.services.imports import working
from portal_admin.services.imports.batches import Outcome
from portal_admin.services.imports.commit import run_import
from portal_admin.services.imports.mapping import recognise
from portal_admin.services.imports.source import Source, open_table
from tests.soak.ledger import SITE
from tests.soak.processes import tell_steps
from tests.soak.writing import open_desk_at

AT_ONCE = 3


def bring_in(out: Connection, database_url: str, aspire_url: str, data: bytes, all_or_nothing: bool) -> None:
    """Import the file, and acknowledge it once it is done."""
    working.ROWS_AT_ONCE = AT_ONCE
    tell_steps(out)
    with open_desk_at(database_url, aspire_url, "soak") as desk:
        import_all(desk, data, all_or_nothing=all_or_nothing)
    out.send_bytes(b"done")


def import_all(desk: Desk, data: bytes, *, all_or_nothing: bool) -> Outcome:
    """Import the file from its first row, or from where a killed import of it stopped."""
    table = open_table(Source("people.csv", data))
    options = Options(all_or_nothing=all_or_nothing)
    return run_import(desk, site=SITE, table=table, mapping=recognise(table.header), options=options)
