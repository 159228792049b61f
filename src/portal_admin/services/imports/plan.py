"""The dry run: what would become of each row, with nothing written."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from portal_admin.domain.imports import Column, Counts, Options, RowVerdict
from portal_admin.domain.permissions import Permission
from portal_admin.services.change import action
from portal_admin.services.desk import Desk
from portal_admin.services.imports.source import Table
from portal_admin.services.snapshot import Freshness

Progress = Callable[[int, int], None]  # rows done, rows in all


@dataclass(frozen=True, slots=True)
class Plan:
    """What an import would do now, row by row; `complete` is False when it was cancelled."""

    rows: tuple[RowVerdict, ...]
    counts: Counts
    freshness: Freshness
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
    raise NotImplementedError
