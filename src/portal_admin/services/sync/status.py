"""How fresh the snapshot is, class by class, and what the last runs of sync did."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Row, select

from portal_admin.domain.freshness import is_stale, next_due
from portal_admin.models import sync_run, sync_state
from portal_admin.models.engine import reading
from portal_admin.services.desk import Desk
from portal_admin.services.settings import read_settings
from portal_admin.services.sync import lease
from portal_admin.services.sync.state import DONE, LISTS, restored_alarm
from portal_admin.services.sync.withheld import records_withheld

RUNS_SHOWN = 50


@dataclass(frozen=True, slots=True)
class ClassStatus:
    """One class of data: when it was last read completely, how long ago, and when it is next expected."""

    data_class: str
    confirmed_at: datetime | None
    age: timedelta | None
    stale: bool
    next_due: datetime
    cadence: timedelta


@dataclass(frozen=True, slots=True)
class RunStatus:
    """One run: outcome is running, done, failed, stopped or restored; a done one's message are its warnings."""

    started_at: datetime
    finished_at: datetime | None
    full: bool
    read: int
    changed: int
    removed: int
    outcome: str
    message: str | None
    operator: str

    @property
    def warnings(self) -> tuple[str, ...]:
        """What a run that was done has to say."""
        return tuple(self.message.splitlines()) if self.outcome == DONE and self.message else ()


@dataclass(frozen=True, slots=True)
class SyncStatus:
    """All classes, the last runs (newest first), the restored alarm, who is syncing now, and records kept from it."""

    classes: tuple[ClassStatus, ...]
    runs: tuple[RunStatus, ...]
    restored: bool
    holder: str | None
    withheld: int

    @property
    def as_of(self) -> datetime | None:
        """When accounts, contacts and contracts were all confirmed; None when one of them never was."""
        times = [one.confirmed_at for one in self._lists]
        return None if None in times else min(time for time in times if time is not None)

    @property
    def stale(self) -> bool:
        """Whether one of accounts, contacts and contracts is too old to rely on."""
        return any(one.stale for one in self._lists)

    @property
    def _lists(self) -> tuple[ClassStatus, ...]:
        return tuple(one for one in self.classes if one.data_class in LISTS)


def sync_status(desk: Desk) -> SyncStatus:
    """Read the state of sync from the database; ASPIRE is not asked."""
    now = desk.clock()
    with reading(desk.engine) as connection:
        cadences = read_settings(connection).cadences
        query = select(sync_state.c.data_class, sync_state.c.confirmed_at)
        confirmed = {row.data_class: row.confirmed_at for row in connection.execute(query)}
        runs = connection.execute(select(sync_run).order_by(sync_run.c.id.desc()).limit(RUNS_SHOWN)).all()
        return SyncStatus(
            classes=tuple(
                _class(name, confirmed.get(name), now, cadence) for name, cadence in cadences.items()
            ),
            runs=tuple(_run(row) for row in runs),
            restored=restored_alarm(connection),
            holder=lease.holder(connection, now),
            withheld=records_withheld(connection),
        )


def _class(name: str, confirmed: datetime | None, now: datetime, cadence: timedelta) -> ClassStatus:
    return ClassStatus(
        data_class=name,
        confirmed_at=confirmed,
        age=None if confirmed is None else now - confirmed,
        stale=is_stale(confirmed, now, cadence),
        next_due=next_due(confirmed, now, cadence),
        cadence=cadence,
    )


def _run(row: Row[tuple[object, ...]]) -> RunStatus:
    return RunStatus(
        row.started_at,
        row.finished_at,
        row.full,
        row.read,
        row.changed,
        row.removed,
        row.outcome,
        row.message,
        row.operator,
    )
