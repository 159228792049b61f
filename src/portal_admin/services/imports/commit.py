"""Runs an import: all rows are stored first, then worked off in transactions that a kill leaves whole."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from portal_admin.domain.imports import Column, Options
from portal_admin.domain.permissions import Permission
from portal_admin.services.change import action
from portal_admin.services.desk import Desk
from portal_admin.services.imports.batches import Outcome
from portal_admin.services.imports.plan import Progress, never, unheard
from portal_admin.services.imports.source import Table


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
    raise NotImplementedError


@action(Permission.IMPORT_USERS)
def resume(
    desk: Desk, *, batch: int, progress: Progress = unheard, cancelled: Callable[[], bool] = never
) -> Outcome:
    """Go on with an import that was cancelled or killed, also from another desktop; Refused while one works on it."""
    raise NotImplementedError
