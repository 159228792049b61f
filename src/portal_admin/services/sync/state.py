"""What sync remembers between its runs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import msgspec
from sqlalchemy import Connection, Row, and_, func, insert, or_, select, update

from portal_admin.domain.records import Instance
from portal_admin.models import sync_run, sync_state

LISTS = ("accounts", "contacts", "contracts")

RUNNING = "running"
DONE = "done"
FAILED = "failed"
STOPPED = "stopped"  # cancelled, or killed and found so by the next run
RESTORED = "restored"  # the outcome of a run that raised the alarm


@dataclass(frozen=True, slots=True)
class Position:
    """Where an unfinished pass over one list goes on; `watermark` is where the next one will start (ASPIRE's clock)."""

    watermark: datetime
    generation: int
    next_cursor: str | None = None
    withheld: int = 0


@dataclass(frozen=True, slots=True)
class Pass:
    """One reading of one list; `mark` tells the rows it has met from those it has not."""

    data_class: str
    mark: int
    full: bool
    since: datetime | None
    started: datetime
    position: Position


@dataclass(frozen=True, slots=True)
class ListState:
    """What is known of one list: how far it was read, when completely, and the pass that a killed run left behind."""

    generation: int | None = None
    watermark: datetime | None = None
    full_at: datetime | None = None
    unfinished: Pass | None = None


def stored_generation(connection: Connection) -> int | None:
    """ASPIRE's Generation when the contracts were last synced."""
    query = select(sync_state.c.generation).where(sync_state.c.data_class == "contracts")
    found: int | None = connection.execute(query).scalar()
    return found


def restored_alarm(connection: Connection) -> bool:
    """Whether a sync found that ASPIRE was restored and no complete full sync has followed."""
    decisive = or_(sync_run.c.outcome == RESTORED, and_(sync_run.c.full, sync_run.c.outcome == DONE))
    query = select(sync_run.c.outcome).where(decisive).order_by(sync_run.c.id.desc()).limit(1)
    return connection.execute(query).scalar() == RESTORED


def was_restored(state: ListState, instance: Instance) -> bool:
    """Whether ASPIRE is another than the one a list was read from; a step back within the overlap loses nothing."""
    if state.watermark is None:
        return False
    return state.generation != instance.generation or instance.now < state.watermark


def all_asked_for_at(connection: Connection) -> datetime | None:
    """When everything was last asked for again: what was read before may come from another database."""
    found: datetime | None = connection.execute(
        select(func.max(sync_run.c.started_at)).where(sync_run.c.full)
    ).scalar()
    return found


def list_states(connection: Connection) -> dict[str, ListState]:
    """The state of each list of ASPIRE."""
    rows = {row.data_class: row for row in connection.execute(select(sync_state))}
    return {name: _state(rows[name]) if name in rows else ListState() for name in LISTS}


def _state(row: Row[tuple[object, ...]]) -> ListState:
    unfinished = None
    if row.run_id is not None:
        position = msgspec.json.decode(row.cursor, type=Position)
        unfinished = Pass(row.data_class, row.run_id, row.run_full, row.run_since, row.run_started, position)
    return ListState(row.generation, row.watermark, row.full_at, unfinished)


def begin_pass(connection: Connection, begun: Pass) -> None:
    """Remember that the list is being read from its first page on."""
    _save(
        connection,
        begun.data_class,
        run_id=begun.mark,
        run_full=begun.full,
        run_since=begun.since,
        run_started=begun.started,
        cursor=msgspec.json.encode(begun.position).decode(),
    )


def keep_position(connection: Connection, data_class: str, position: Position) -> None:
    """Remember, in the transaction of a page, which page comes next."""
    _save(connection, data_class, cursor=msgspec.json.encode(position).decode())


def end_pass(connection: Connection, ended: Pass) -> None:
    """Remember that the list is complete as of the start of the pass."""
    full = {"full_at": ended.started} if ended.full else {}
    _save(
        connection,
        ended.data_class,
        generation=ended.position.generation,
        watermark=ended.position.watermark,
        confirmed_at=ended.started,
        run_id=None,
        run_full=False,
        run_since=None,
        run_started=None,
        cursor=None,
        **full,
    )


def confirm(connection: Connection, data_class: str, at: datetime) -> None:
    """Remember that everything of a class was read."""
    _save(connection, data_class, confirmed_at=at)


def confirmed_classes(connection: Connection) -> set[str]:
    """The classes that were ever read completely."""
    query = select(sync_state.c.data_class).where(sync_state.c.confirmed_at.is_not(None))
    return set(connection.execute(query).scalars())


def detail_start(connection: Connection) -> int:
    """The contract after which reading details goes on; 0 for the first."""
    query = select(sync_state.c.cursor).where(sync_state.c.data_class == "details")
    return int(connection.execute(query).scalar() or 0)


def keep_detail_start(connection: Connection, contract_oid: int) -> None:
    """Remember after which contract reading details goes on."""
    _save(connection, "details", cursor=str(contract_oid))


def _save(connection: Connection, data_class: str, **values: object) -> None:
    own = update(sync_state).where(sync_state.c.data_class == data_class)
    if connection.execute(own.values(**values)).rowcount == 0:
        connection.execute(insert(sync_state).values(data_class=data_class, **values))
