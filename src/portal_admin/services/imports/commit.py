"""Runs an import: all rows are stored first, then worked off in transactions that a kill leaves whole."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import asdict, replace

from portal_admin.domain.imports import Column, Options
from portal_admin.domain.permissions import Permission
from portal_admin.errors import DeskError, Refused
from portal_admin.models.engine import reading
from portal_admin.services import audit
from portal_admin.services.change import action, changing, whole
from portal_admin.services.desk import Desk
from portal_admin.services.imports import runner
from portal_admin.services.imports.batches import Batch, BatchStatus, Outcome, find_batch, show_batch
from portal_admin.services.imports.entries import read_entries
from portal_admin.services.imports.looking import key_of
from portal_admin.services.imports.mapping import require_complete
from portal_admin.services.imports.offers import Offers
from portal_admin.services.imports.plan import Progress, never, require_status, unheard
from portal_admin.services.imports.source import Table
from portal_admin.services.imports.storing import begun
from portal_admin.services.imports.working import Work
from portal_admin.services.links import read_records

ENDS = {BatchStatus.DONE: "import.end", BatchStatus.CANCELED: "import.cancel"}


@action(Permission.IMPORT_USERS)
def run_import(
    desk: Desk,
    *,
    site: str,
    table: Table,
    mapping: Mapping[Column, int],
    options: Options,
    progress: Progress = unheard,
    cancelled: Callable[[], bool] = never,
) -> Outcome:
    """Import the file, each row's effect exactly once; an unfinished import of the same file and options goes on."""
    require_complete(mapping)
    require_status(options)
    entries = tuple(read_entries(table, mapping, site=key_of(desk, site)))
    batch = begun(desk, site=site, table=table, mapping=mapping, options=options, entries=entries)
    return _work(desk, batch.id, progress, cancelled)


@action(Permission.IMPORT_USERS)
def resume(
    desk: Desk, *, batch: int, progress: Progress = unheard, cancelled: Callable[[], bool] = never
) -> Outcome:
    """Go on with an import that was cancelled or killed, also from another desktop; Refused while one works on it."""
    with reading(desk.engine) as connection:
        found = find_batch(connection, batch, desk.clock())
    if found.status is BatchStatus.UNDONE:
        raise Refused(f"Import {batch} was taken back. Import the file again.", rule="undone")
    return _work(desk, batch, progress, cancelled)


def _work(desk: Desk, batch_id: int, progress: Progress, cancelled: Callable[[], bool]) -> Outcome:
    """Each transaction is tried again by itself: after the first one the action as a whole no longer can be."""
    mine = runner.this_runner(desk.operation or "")
    batch = whole(lambda: _take(desk, batch_id, mine))
    if not batch.resumable:
        return show_batch(desk, batch=batch_id)
    # Whoever goes on with an import goes on with its operation.
    at_work = replace(desk, operation=batch.operation)
    offers = Offers(at_work)
    try:
        finished = Work(at_work, batch, mine, offers, progress, cancelled).run()
        status = BatchStatus.DONE if finished else BatchStatus.CANCELED
        whole(lambda: _end(at_work, batch, mine, status))
    except BaseException:
        _leave(at_work, batch, mine)
        raise
    outcome = whole(lambda: show_batch(desk, batch=batch_id))
    progress(outcome.counts.read, outcome.batch.total)
    # Accounts that only ASPIRE knew are read into the portal's copy, as for a link made by hand.
    return replace(outcome, warnings=read_records(at_work, offers.live.values()) if offers.live else ())


def _take(desk: Desk, batch_id: int, mine: str) -> Batch:
    with changing(desk) as connection:
        batch = find_batch(connection, batch_id, desk.clock())
        if batch.resumable:
            runner.take(connection, batch, mine, desk.clock())
        return batch


def _end(desk: Desk, batch: Batch, mine: str, status: BatchStatus) -> None:
    with changing(desk) as connection:
        runner.keep(connection, batch, mine, desk.clock())
        runner.give_back(connection, batch, mine, status)
        counts = find_batch(connection, batch.id, desk.clock()).counts
        audit.record(
            connection,
            desk,
            action=ENDS[status],
            subject=batch.file_name,
            site=batch.site,
            after={"import": batch.id, "read": counts.read, **asdict(counts)},
        )


def _leave(desk: Desk, batch: Batch, mine: str) -> None:
    """Let the next desk go on at once; where that cannot be written, the turn runs out by itself."""
    # Whoever lost the right meanwhile must not keep others waiting.
    unasked = replace(desk, permission=None)
    with suppress(DeskError), changing(unasked) as connection:
        runner.give_back(connection, batch, mine, BatchStatus.RUNNING)
