"""What every action that changes something goes through: permission, one transaction, and a known outcome."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeVar

from sqlalchemy import Connection

from portal_admin.domain.permissions import Permission, require
from portal_admin.errors import Interrupted
from portal_admin.models.engine import reading, writing
from portal_admin.services import audit, audit_heads
from portal_admin.services.desk import Desk
from portal_admin.services.roles import role_of

P = ParamSpec("P")
T = TypeVar("T")

TRIES = 5
PAUSE = 0.05  # seconds, doubled and scattered


def action(
    permission: Permission,
) -> Callable[[Callable[Concatenate[Desk, P], T]], Callable[Concatenate[Desk, P], T]]:
    """Let a service function be called only by operators who may, as one operation of the audit.

    NotAllowed names the roles that may. What the database broke off before its end is tried again as a whole.
    """

    def decorate(work: Callable[Concatenate[Desk, P], T]) -> Callable[Concatenate[Desk, P], T]:
        @wraps(work)
        def permitted(desk: Desk, /, *args: P.args, **kwargs: P.kwargs) -> T:
            with reading(desk.engine) as connection:
                require(role_of(connection, desk.operator), permission)
            at_work = replace(desk, operation=desk.operation or audit.new_operation())
            return whole(lambda: work(at_work, *args, **kwargs))

        permitted.permission = permission  # type: ignore[attr-defined]
        return permitted

    return decorate


def permission_of(work: Callable[..., Any]) -> Permission:
    """The permission that an action asks for."""
    found: Permission = work.permission  # type: ignore[attr-defined]
    return found


def whole(work: Callable[[], T]) -> T:
    """Do the work, again from its start when the database broke it off (deadlock, serialization, restart)."""
    for attempt in range(TRIES - 1):
        try:
            return work()
        except Interrupted:
            time.sleep(PAUSE * 2**attempt * random.uniform(0.5, 1.5))  # noqa: S311
    return work()


@contextmanager
def changing(desk: Desk) -> Iterator[Connection]:
    """The transaction of a change; it waits until it alone may append to the audit.

    When the connection is lost while it commits, the audit is read back: it was done, or Interrupted, or
    OutcomeUnknown when the database does not answer in time.
    """
    with writing(desk.engine, committed=audit.written) as connection:
        audit.lock(connection)
        yield connection
    audit_heads.note(desk)
