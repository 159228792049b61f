"""Runs `portal-admin sync` in a process of its own, and looks at what it left in the database."""

from __future__ import annotations

import io
import os
from collections.abc import Mapping
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from multiprocessing.connection import Connection
from multiprocessing.synchronize import Event
from typing import Any

from sqlalchemy import Engine, Table, event, select
from sqlalchemy.pool import Pool

from portal_admin import wiring
from portal_admin.aspire import client
from portal_admin.aspire.client import AspireClient
from portal_admin.cli import run
from portal_admin.domain.records import Removed
from portal_admin.models import aspire_contract_detail, aspire_contract_role
from portal_admin.models.engine import reading
from portal_admin.services.desk import Desk
from portal_admin.services.settings import read_settings
from portal_admin.services.sync import lists as sync_lists
from portal_admin.services.sync import state as sync_state
from portal_admin.services.sync.due import visible_contracts
from portal_admin.services.sync.lists import KINDS
from portal_admin.services.sync.rows import Kind
from portal_admin.services.sync.state import Pass
from portal_admin.wiring import open_desk, utc_now
from tests.soak.processes import tell_steps

PAUSED = b"paused"
Content = tuple[int, frozenset[tuple[int, str]]]


def run_sync(
    out: Connection,
    environment: Mapping[str, str],
    words: tuple[str, ...],
    page_size: int,
    ahead: timedelta = timedelta(),
    pause: tuple[int, Event] | None = None,
) -> None:
    """`portal-admin sync WORDS` with small pages and a clock that is ahead; exits as it does.

    `pause` lets it stand still, between two transactions, after so many of them, until the event is set.
    """
    os.environ.update(environment)
    client.PAGE_SIZE = page_size
    setattr(wiring, "open_desk", lambda name: _ahead(open_desk(name), ahead))  # noqa: B010
    tell_steps(out)
    if pause is not None:
        _pause(out, *pause)
    said = io.BytesIO()
    with redirect_stdout(io.TextIOWrapper(said)), redirect_stderr(io.StringIO()):
        code = run(["sync", "--json", *words])
        out.send_bytes(said.getvalue())
    raise SystemExit(code)


def _ahead(desk: Desk, by: timedelta) -> Desk:
    return replace(desk, clock=lambda: utc_now() + by)


def _pause(out: Connection, after: int, go_on: Event) -> None:
    done = 0

    def count(*_: object) -> None:
        nonlocal done
        done += 1
        if done == after:
            out.send_bytes(PAUSED)
            go_on.wait()

    event.listen(Pool, "checkin", count)


@dataclass(frozen=True)
class Left:
    """One list as a run left it: each record's fingerprint and roles, its mark, and the pass it did not finish."""

    rows: dict[int, Content]
    marks: dict[int, int]
    watermark: datetime | None
    unfinished: Pass | None


def left_by_run(engine: Engine) -> dict[str, Left]:
    """Every list as it stands now."""
    with reading(engine) as connection:
        states = sync_state.list_states(connection)
        found = {}
        for kind in KINDS:
            roles: dict[int, set[tuple[int, str]]] = {}
            for row in connection.execute(select(kind.roles)) if kind.roles is not None else ():
                roles.setdefault(row.contract_oid, set()).add((row.account_oid, row.role_type))
            table = kind.table
            rows = connection.execute(select(table.c.oid, table.c.fingerprint, table.c.seen)).all()
            assert roles.keys() <= {row.oid for row in rows}, "roles of a contract that is not there"
            state = states[kind.data_class]
            found[kind.data_class] = Left(
                {row.oid: (row.fingerprint, frozenset(roles.get(row.oid, ()))) for row in rows},
                {row.oid: row.seen for row in rows},
                state.watermark,
                state.unfinished,
            )
        return found


def listed(
    aspire: AspireClient, kind: Kind[Any], since: datetime | None, cursor: str | None
) -> dict[int, Content | None]:
    """What ASPIRE lists from that place on; None for a record that it lists as removed."""
    found: dict[int, Content | None] = {}
    while True:
        page = sync_lists._ASK[kind.data_class](aspire, changed_since=since, cursor=cursor)
        for item in page.items:
            if isinstance(item, Removed):
                found[item.oid] = None
                continue
            line = kind.line(item)
            roles = frozenset((role["account_oid"], role["role_type"]) for role in line.roles)
            found[item.oid] = line.values["fingerprint"], roles
        cursor = page.next_cursor
        if cursor is None:
            return found


def require_whole_pages(before: Mapping[str, Left], after: Mapping[str, Left], aspire: AspireClient) -> None:
    """What lies before the place where the next run goes on was written entirely, what lies behind it not at all.

    ASPIRE must have stood still since the killed run began.
    """
    for kind in KINDS:
        _require_whole_pages(kind, before[kind.data_class], after[kind.data_class], aspire)


def _require_whole_pages(kind: Kind[Any], before: Left, after: Left, aspire: AspireClient) -> None:
    old, new = before.unfinished, after.unfinished
    if new is None and old is None:
        untouched = before.watermark == after.watermark
        assert after.rows == (before.rows if untouched else listed(aspire, kind, None, None))
        return
    if new is not None and before.watermark != after.watermark:
        # A pass was completed and another one followed it: what the first one owed is there.
        owed = (
            listed(aspire, kind, None, None)
            if old is None
            else listed(aspire, kind, old.since, old.position.next_cursor)
        )
        for oid, content in owed.items():
            assert after.rows.get(oid) == content, (kind.data_class, oid)
        return
    resumed = old is not None and (new is None or new.mark == old.mark)
    begun = old if resumed else new
    assert begun is not None
    due = listed(aspire, kind, begun.since, begun.position.next_cursor if resumed else None)
    rest = {} if new is None else listed(aspire, kind, new.since, new.position.next_cursor)
    for oid in rest:
        assert after.rows.get(oid) == before.rows.get(oid), (kind.data_class, oid)
        assert after.marks.get(oid) == before.marks.get(oid), (kind.data_class, oid)
    for oid in due.keys() - rest.keys():
        assert after.rows.get(oid) == due[oid], (kind.data_class, oid)


def snapshot_rows(engine: Engine) -> dict[str, list[dict[str, Any]]]:
    """Every row of the snapshot without the marks of the runs and the times of their reading.

    Details count while somebody sees their contract; afterwards nobody refreshes them.
    """
    detail = aspire_contract_detail
    with reading(engine) as connection:
        seen = visible_contracts(connection, read_settings(connection))
        tables: list[tuple[Table, Any]] = [(kind.table, True) for kind in KINDS]
        tables += [(aspire_contract_role, True), (detail, detail.c.contract_oid.in_(seen))]
        found = {}
        for table, which in tables:
            columns = (column for column in table.c if column.name not in ("seen", "as_of"))
            query = select(*columns).order_by(*table.primary_key.columns)
            rows = connection.execute(query if which is True else query.where(which))
            found[table.name] = [dict(row._mapping) for row in rows]
        return found
