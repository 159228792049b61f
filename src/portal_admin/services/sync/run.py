"""Sync: reads what changed in ASPIRE into the portal database; one runner at a time, resumable after a kill."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, insert, select, update

from portal_admin.domain.freshness import DAY
from portal_admin.domain.permissions import Permission
from portal_admin.domain.records import Instance
from portal_admin.domain.text import label_key
from portal_admin.errors import AspireDenied, AspireFailed, AspireRestored, DeskError, SettingsProblem
from portal_admin.models import site, site_private_label, sync_run
from portal_admin.models.engine import reading, writing
from portal_admin.services.change import action
from portal_admin.services.desk import Desk
from portal_admin.services.live import NOT_CONFIGURED
from portal_admin.services.payments.follow import follow
from portal_admin.services.sync import lease as sync_lease
from portal_admin.services.sync import state as sync_state
from portal_admin.services.sync.detail_pass import read_details
from portal_admin.services.sync.lists import (
    KINDS,
    OVERLAP,
    RESTORED_MESSAGE,
    Cancelled,
    Run,
    SyncProgress,
    read_list,
)
from portal_admin.services.sync.state import ListState, Pass, Position

# What must be readable before anything can be said of payments.
FOLLOWED = frozenset({"AlternateEfts", "EftBatches", "Payments"})
STOPPED_EARLY = "The sync was stopped before its end; the next one goes on from there."


@dataclass(frozen=True, slots=True)
class SyncResult:
    """What one run did; `watermark` is where the next one starts, by ASPIRE's clock; `complete` False when cancelled.

    `payments` counts those of which something new was learned.
    """

    read: int
    changed: int
    removed: int
    watermark: datetime
    generation: int
    warnings: tuple[str, ...]
    complete: bool = True
    payments: int = 0


def _ignore(_: SyncProgress) -> None:
    return


def _never() -> bool:
    return False


@action(Permission.SYNC)
def sync(
    desk: Desk,
    *,
    full: bool = False,
    progress: Callable[[SyncProgress], None] = _ignore,
    cancelled: Callable[[], bool] = _never,
) -> SyncResult:
    """Read what changed since the last run, or everything; what a killed run left undone is finished first.

    Refused while another run holds the lease; AspireRestored when ASPIRE was restored, until `full` is asked for.
    `progress` and `cancelled` are called after each page.
    """
    if desk.aspire is None:
        raise SettingsProblem(NOT_CONFIGURED)
    with _lease(desk) as lease:
        run = Run(desk.engine, desk.aspire, desk.clock, lease, full, progress, cancelled)
        with _recorded(desk, run) as run_id:
            with desk.aspire.patiently():
                instance = desk.aspire.instance()
            begun = _begin(desk, run, run_id, instance)
            complete = _read(run, begun)
            if complete and any(each.mark != run_id for each in begun.values()):
                # What changed behind the place where a killed run stopped is read now, not by the next run.
                begun = _follow_up(desk, run_id, instance)
                complete = _read(run, begun)
            complete = complete and _read_the_rest(run, instance)
            learned = _follow_payments(desk, run, instance) if complete else 0
    return SyncResult(
        run.read,
        run.changed,
        run.removed,
        _next_start(run, begun["contracts"]),
        instance.generation,
        tuple(run.warnings),
        complete,
        learned,
    )


def _follow_payments(desk: Desk, run: Run, instance: Instance) -> int:
    """Learn what became of the portal's payments; what goes wrong with that is a warning, never a failed sync."""
    if not instance.capabilities >= FOLLOWED:
        return 0
    try:
        found = follow(desk)
    except DeskError as problem:
        run.warnings.append(f"Payments could not be followed. {problem.message}")
        return 0
    if found.problem is not None:
        run.warnings.append(f"Payments could not be followed. {found.problem}")
    return found.learned


def _next_start(run: Run, reading: Pass) -> datetime:
    if reading.since is not None and reading.data_class in run.asked_again:
        return reading.since
    return reading.position.watermark


def _read(run: Run, begun: dict[str, Pass]) -> bool:
    """Read the lists; False when cancelled."""
    try:
        for kind in KINDS:
            read_list(run, kind, begun[kind.data_class])
    except Cancelled:
        run.warnings.append(STOPPED_EARLY)
        return False
    return True


def _read_the_rest(run: Run, instance: Instance) -> bool:
    """Compare the labels and read the details; False when cancelled."""
    try:
        _check_labels(run)
        read_details(run, instance.capabilities)
    except Cancelled:
        run.warnings.append(STOPPED_EARLY)
        return False
    return True


@contextmanager
def _lease(desk: Desk) -> Iterator[sync_lease.Lease]:
    with writing(desk.engine) as connection:
        mine = sync_lease.take(connection, desk.clock())
    try:
        yield mine
    finally:
        with writing(desk.engine) as connection:
            sync_lease.give_back(connection, mine)


@contextmanager
def _recorded(desk: Desk, run: Run) -> Iterator[int]:
    """A row of sync_run for this run, with its outcome whatever happens short of a kill."""
    values = {"started_at": desk.clock(), "full": run.asked_for_full, "operator": desk.operator}
    with writing(desk.engine) as connection:
        left = update(sync_run).where(sync_run.c.outcome == sync_state.RUNNING)
        connection.execute(left.values(outcome=sync_state.STOPPED))
        begun = insert(sync_run).values(outcome=sync_state.RUNNING, **values).returning(sync_run.c.id)
        run_id = connection.execute(begun).scalar_one()
    outcome, message = sync_state.STOPPED, None
    try:
        yield run_id
        outcome, message = sync_state.DONE, "\n".join(run.warnings) or None
    except AspireRestored as problem:
        outcome, message = sync_state.RESTORED, problem.message
        raise
    except DeskError as problem:
        outcome, message = sync_state.FAILED, problem.message
        raise
    finally:
        with writing(desk.engine) as connection:
            own = update(sync_run).where(sync_run.c.id == run_id)
            done = {"read": run.read, "changed": run.changed, "removed": run.removed}
            connection.execute(own.values(outcome=outcome, message=message, finished_at=desk.clock(), **done))


def _begin(desk: Desk, run: Run, run_id: int, instance: Instance) -> dict[str, Pass]:
    """The pass of each list: what a killed run left, else a new one from the watermark or from the very start."""
    with writing(desk.engine) as connection:
        states = sync_state.list_states(connection)
        alarm = sync_state.restored_alarm(connection) or any(
            sync_state.was_restored(state, instance) for state in states.values()
        )
        recovering = any(_goes_on(state, instance, full=True) for state in states.values())
        if alarm and not run.asked_for_full and not recovering:
            raise AspireRestored(RESTORED_MESSAGE)
        whole = run.asked_for_full or alarm
        own = update(sync_run).where(sync_run.c.id == run_id)
        connection.execute(own.values(full=whole, generation=instance.generation))
        if whole:
            sync_state.keep_detail_start(connection, 0)
        return {
            name: _pass(
                connection, desk, name, state, instance, mark=run_id, asked_for_full=run.asked_for_full
            )
            for name, state in states.items()
        }


def _follow_up(desk: Desk, run_id: int, instance: Instance) -> dict[str, Pass]:
    """A pass of each list from where its last one began."""
    with writing(desk.engine) as connection:
        return {
            name: _pass(connection, desk, name, state, instance, mark=run_id, asked_for_full=False)
            for name, state in sync_state.list_states(connection).items()
        }


def _goes_on(state: ListState, instance: Instance, *, full: bool) -> bool:
    left = state.unfinished
    return (
        left is not None
        and (left.full or not full)
        and left.position.generation == instance.generation
        and left.position.watermark <= instance.now
    )


def _pass(
    connection: Connection,
    desk: Desk,
    name: str,
    state: ListState,
    instance: Instance,
    *,
    mark: int,
    asked_for_full: bool,
) -> Pass:
    now = desk.clock()
    restored = sync_state.was_restored(state, instance)
    whole = asked_for_full or restored or state.full_at is None or now - state.full_at >= DAY
    if state.unfinished is not None and _goes_on(state, instance, full=whole):
        return state.unfinished
    begun = Pass(
        data_class=name,
        mark=mark,
        full=whole,
        since=None if whole else state.watermark,
        started=now,
        position=Position(instance.now - OVERLAP, instance.generation),
    )
    sync_state.begin_pass(connection, begun)
    return begun


def _check_labels(run: Run) -> None:
    """Warn of labels that a site takes and ASPIRE does not know: no contract will ever match them."""
    try:
        with run.aspire.patiently():
            known = {label_key(label) for label in run.aspire.private_labels()}
    except (AspireDenied, AspireFailed) as problem:
        run.warnings.append(f"The sites' labels could not be compared with ASPIRE's. {problem.message}")
        return
    label = site_private_label
    query = (
        select(site.c.key, label.c.label)
        .join(site, site.c.id == label.c.site_id)
        .where(label.c.label_key != "")
        .order_by(site.c.key, label.c.label)
    )
    with reading(run.engine) as connection:
        rows = connection.execute(query).all()
    run.warnings += [
        f"Site {row.key} takes contracts of private label {row.label}, which ASPIRE does not list."
        for row in rows
        if label_key(row.label) not in known
    ]
    with writing(run.engine) as connection:
        sync_state.confirm(connection, "private_labels", run.clock())
