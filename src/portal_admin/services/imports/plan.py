"""The dry run: what would become of each row, with nothing written."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from portal_admin.domain.imports import (
    Column,
    Counts,
    Decision,
    Entry,
    Opens,
    Options,
    Person,
    RowVerdict,
    all_or_none,
    counts_of,
    judge,
    opening,
    reason,
)
from portal_admin.domain.people import Status
from portal_admin.domain.permissions import Permission
from portal_admin.errors import InvalidInput
from portal_admin.services.change import action
from portal_admin.services.desk import Desk
from portal_admin.services.imports.entries import read_entries
from portal_admin.services.imports.looking import key_of, look, pieces
from portal_admin.services.imports.mapping import require_complete
from portal_admin.services.imports.offers import Offers
from portal_admin.services.imports.source import Table
from portal_admin.services.snapshot import Freshness

Progress = Callable[[int, int], None]  # rows done, rows in all


@dataclass(frozen=True, slots=True)
class Plan:
    """What an import would do now, row by row; `complete` is False when it was cancelled.

    `freshness` is None when no row could be judged.
    """

    rows: tuple[RowVerdict, ...]
    counts: Counts
    freshness: Freshness | None
    complete: bool


def unheard(_done: int, _whole: int) -> None:
    """Nobody watches."""


def never() -> bool:
    """Nobody stops it."""
    return False


@action(Permission.IMPORT_USERS)
def rehearse(
    desk: Desk,
    *,
    site: str,
    table: Table,
    mapping: Mapping[Column, int],
    options: Options,
    progress: Progress = unheard,
    cancelled: Callable[[], bool] = never,
) -> Plan:
    """What `run_import` would do with the same file now; it rests on the snapshot as the picker's list does."""
    require_complete(mapping)
    require_status(options)
    entries = tuple(read_entries(table, mapping, site=key_of(desk, site)))
    offers, people, verdicts = Offers(desk), dict[str, Person](), list[RowVerdict]()
    for piece in pieces(entries):
        if cancelled():
            break
        progress(len(verdicts), len(entries))
        people |= look(desk, offers, site=site, entries=piece, known=people, opening=True)
        judged = judge(piece, people, offers.answer, options)
        verdicts += [_rehearsed(entry, decision, options, offers) for entry, decision in judged]
    progress(len(verdicts), len(entries))
    complete = len(verdicts) == len(entries)
    rows = all_or_none(verdicts) if options.all_or_nothing and complete else tuple(verdicts)
    return Plan(rows, counts_of(row.result for row in rows), offers.freshness, complete)


def require_status(options: Options) -> None:
    """InvalidInput for a status that nobody is created with."""
    if options.status is Status.INACTIVE:
        raise InvalidInput("A new user is Pending or Active.", field="status")


def _rehearsed(entry: Entry, decision: Decision, options: Options, offers: Offers) -> RowVerdict:
    held = decision.before.accounts if decision.before else ()
    opens = offers.opened((one.oid for one in decision.new), held) if decision.new else Opens()
    words = reason(decision, options, done=False) + opening(opens)
    return RowVerdict(entry.row, entry.email, decision.result, words, entry.accounts, opens, decision.unread)
