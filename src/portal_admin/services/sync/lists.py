"""Reads one list of ASPIRE page by page; each page and the place of the next one are one transaction."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Engine

from portal_admin.aspire.client import AspireClient
from portal_admin.domain.records import Page, Removed
from portal_admin.errors import AspireRestored
from portal_admin.models.engine import writing
from portal_admin.services.sync import lease as sync_lease
from portal_admin.services.sync import withheld
from portal_admin.services.sync.lease import Lease
from portal_admin.services.sync.rows import ACCOUNTS, CONTACTS, CONTRACTS, Kind, Line
from portal_admin.services.sync.state import Pass, Position, end_pass, keep_position
from portal_admin.services.sync.write import count_unmet, remove_rows, remove_unmet, write_lines

# Changes that ASPIRE stamped just before a run, and committed just after it, are read again by the next one.
OVERLAP = timedelta(minutes=1)
# A login that lost its rights sees short lists; a pass nobody asked for must not empty the portal.
LOSS_NEEDS_ASKING = 1000

KINDS: tuple[Kind[Any], ...] = (ACCOUNTS, CONTACTS, CONTRACTS)
RESTORED_MESSAGE = (
    "The ASPIRE database was restored from a backup, so the portal's copy may hold what ASPIRE no longer does. "
    "Run `portal-admin sync --full`, and tell the vendor: payments requested since the backup need a look."
)


@dataclass(frozen=True, slots=True)
class SyncProgress:
    """How far a run is: the class being read and what was read, changed and removed so far."""

    data_class: str
    read: int
    changed: int
    removed: int


class Cancelled(Exception):
    """The run was asked to stop; everything written so far stays."""


@dataclass
class Run:
    """One run of sync at work: what it may use, and what it has done so far."""

    engine: Engine
    aspire: AspireClient
    clock: Callable[[], datetime]
    lease: Lease
    asked_for_full: bool
    progress: Callable[[SyncProgress], None]
    cancelled: Callable[[], bool]
    read: int = 0
    changed: int = 0
    removed: int = 0

    def __post_init__(self) -> None:
        self.warnings: list[str] = []
        self.asked_again: set[str] = set()

    def warn(self, sentence: str) -> None:
        """Tell something once, also when the list is read twice."""
        if sentence not in self.warnings:
            self.warnings.append(sentence)

    def checkpoint(self, data_class: str) -> None:
        """Tell how far the run is, between two transactions; raises Cancelled when it is to stop."""
        self.progress(SyncProgress(data_class, self.read, self.changed, self.removed))
        if self.cancelled():
            raise Cancelled


@dataclass(frozen=True, slots=True)
class _Prepared:
    lines: list[Line]
    removed: list[int]
    position: Position


def read_list(run: Run, kind: Kind[Any], reading: Pass) -> None:
    """Read what is left of a pass; with its last page, remove what a full one has not met."""
    with _pages(run.aspire, kind, reading) as pages:
        for page in pages:
            _write_page(run, kind, reading, page)
            run.checkpoint(kind.data_class)


def _write_page(run: Run, kind: Kind[Any], reading: Pass, page: _Prepared) -> None:
    with writing(run.engine) as connection:
        sync_lease.renew(connection, run.lease, run.clock())
        changed = write_lines(connection, kind, page.lines, mark=reading.mark, remark=reading.full)
        removed = remove_rows(connection, kind, page.removed)
        if page.position.next_cursor is None:
            removed += _sweep(connection, run, kind, reading, page.position) if reading.full else 0
            end_pass(connection, replace(reading, position=_next_start(run, reading, page.position)))
        else:
            keep_position(connection, kind.data_class, page.position)
    run.read += len(page.lines) + len(page.removed)
    run.changed += changed
    run.removed += removed


def _next_start(run: Run, reading: Pass, position: Position) -> Position:
    """Where the next run begins: again where this one did when changes were withheld, so that they arrive later."""
    if not position.withheld:
        return position
    run.warn(withheld.warning(position.withheld, reading.data_class, full=reading.full))
    if reading.since is None:
        return position
    run.asked_again.add(reading.data_class)
    return replace(position, watermark=reading.since)


def _sweep(connection: Connection, run: Run, kind: Kind[Any], reading: Pass, position: Position) -> int:
    if position.withheld:
        return 0  # what this login may not see is not gone
    unmet, stored = count_unmet(connection, kind, reading.mark)
    if not run.asked_for_full and unmet > max(LOSS_NEEDS_ASKING, stored // 2):
        run.warnings.append(
            f"ASPIRE's list of {kind.data_class} lacks {unmet:,} of {stored:,} that the portal holds, so none were "
            "removed. If that is right, run `portal-admin sync --full`; if not, check the rights of ASPIRE's login."
        )
        return 0
    return remove_unmet(connection, kind, reading.mark) if unmet else 0


@contextmanager
def _pages(aspire: AspireClient, kind: Kind[Any], reading: Pass) -> Iterator[Iterator[_Prepared]]:
    """The pages that are left, each fetched while the one before it is written."""
    with ThreadPoolExecutor(1, thread_name_prefix="sync-page") as pool:

        def fetch_all() -> Iterator[_Prepared]:
            coming = pool.submit(_fetch, aspire, kind, reading, reading.position)
            while True:
                page = coming.result()
                if page.position.next_cursor is None:
                    yield page
                    return
                coming = pool.submit(_fetch, aspire, kind, reading, page.position)
                yield page

        yield fetch_all()


def _fetch(aspire: AspireClient, kind: Kind[Any], reading: Pass, at: Position) -> _Prepared:
    page = _ASK[kind.data_class](aspire, changed_since=reading.since, cursor=at.next_cursor)
    if page.generation not in (None, at.generation):
        raise AspireRestored(RESTORED_MESSAGE)
    lines = [kind.line(item) for item in page.items if not isinstance(item, Removed)]
    removed = [item.oid for item in page.items if isinstance(item, Removed)]
    kept = at.withheld + page.withheld
    return _Prepared(lines, removed, replace(at, next_cursor=page.next_cursor, withheld=kept))


_ASK: dict[str, Callable[..., Page[Any]]] = {
    "accounts": AspireClient.account_page,
    "contacts": AspireClient.contact_page,
    "contracts": AspireClient.contract_page,
}
