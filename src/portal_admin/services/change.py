"""What every action that changes something goes through: permission, one transaction, and a known outcome."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import replace
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeVar

from sqlalchemy import ColumnElement, Connection, Table, update

from portal_admin.domain.permissions import Permission, require
from portal_admin.errors import BrokenOff, Conflict, OutcomeUnknown
from portal_admin.models.engine import reading, writing
from portal_admin.services import audit, audit_heads
from portal_admin.services.desk import Desk
from portal_admin.services.roles import role_of

P = ParamSpec("P")
T = TypeVar("T")

# A server that restarts, or two that wait for each other, are given so long; pauses are doubled and scattered.
SECONDS_TO_TRY = 5.0
SHORTEST_PAUSE, LONGEST_PAUSE = 0.05, 0.5
SAVED = (
    "The connection to the portal database was lost after something had been saved. "
    "Look at the record again before you repeat anything."
)
# Whether the work under way has saved something, so that it must not be done again.
_saved: ContextVar[bool] = ContextVar("saved", default=False)


def action(
    permission: Permission,
) -> Callable[[Callable[Concatenate[Desk, P], T]], Callable[Concatenate[Desk, P], T]]:
    """Let a service function be called only by operators who may, as one operation of the audit.

    NotAllowed names the roles that may. What the database broke off before its end is tried again as a whole.
    """

    def decorate(work: Callable[Concatenate[Desk, P], T]) -> Callable[Concatenate[Desk, P], T]:
        @wraps(work)
        def permitted(desk: Desk, /, *args: P.args, **kwargs: P.kwargs) -> T:
            operation = desk.operation or audit.new_operation()
            at_work = replace(desk, operation=operation, permission=permission)

            def checked() -> T:
                with reading(desk.engine) as connection:
                    require(role_of(connection, desk.operator), permission)
                return work(at_work, *args, **kwargs)

            return whole(checked)

        permitted.permission = permission  # type: ignore[attr-defined]
        return permitted

    return decorate


def permission_of(work: Callable[..., Any]) -> Permission:
    """The permission that an action asks for."""
    found: Permission = work.permission  # type: ignore[attr-defined]
    return found


def whole(work: Callable[[], T]) -> T:
    """Do the work, again from its start when the database broke it off (deadlock, serialization, restart).

    OutcomeUnknown when it was broken off after it had saved something, because nothing is done twice.
    """
    outer = _saved.get()
    _saved.set(False)
    try:
        return _until_done(work)
    finally:
        _saved.set(outer or _saved.get())


def _until_done(work: Callable[[], T]) -> T:
    pause, last_try = SHORTEST_PAUSE, None
    while True:
        try:
            return work()
        except BrokenOff as problem:
            if _saved.get():
                raise OutcomeUnknown(SAVED) from problem
            now = time.monotonic()
            last_try = last_try or now + SECONDS_TO_TRY
            if now >= last_try:
                raise
        time.sleep(pause * random.uniform(0.5, 1.5))  # noqa: S311
        pause = min(2 * pause, LONGEST_PAUSE)


@contextmanager
def changing(desk: Desk) -> Iterator[Connection]:
    """The transaction of a change; it waits until it alone may append to the audit, and then asks for the role again.

    When the connection is lost while it commits, the audit is read back: it was done, or Interrupted, or
    OutcomeUnknown when the database does not answer in time.
    """
    with writing(desk.engine, committed=audit.written) as connection:
        audit.lock(connection)
        if desk.permission is not None:
            # ASPIRE may have been asked since the action began, or a thousand rows imported.
            require(role_of(connection, desk.operator), desk.permission)
        yield connection
    _saved.set(True)
    audit_heads.note(desk)


def advance(
    connection: Connection,
    table: Table,
    mine: ColumnElement[bool],
    *,
    version: int,
    values: Mapping[str, Any],
) -> None:
    """Write the next version of one row; Conflict when the row is no longer at the version that was read."""
    written = update(table).where(mine, table.c.version == version).values(version=version + 1, **values)
    if connection.execute(written).rowcount != 1:
        raise Conflict(
            "Somebody else changed this meanwhile, so nothing was saved. Look at it again, then save."
        )
