"""Imports that were begun, and what became of their rows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from portal_admin.domain.imports import Counts, Options, Result, RowVerdict
from portal_admin.services.desk import Desk


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
    raise NotImplementedError


def show_batch(desk: Desk, *, batch: int, result: Result | None = None) -> Outcome:
    """One import with its rows in the file's order, or only those of one result; NotFound when there is none."""
    raise NotImplementedError
