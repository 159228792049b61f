"""How the desk is doing, in the few facts that its window always shows."""

from __future__ import annotations

import time
from dataclasses import dataclass

from portal_admin.domain.permissions import Role
from portal_admin.errors import DatabaseProblem, DeskError
from portal_admin.models.engine import reading
from portal_admin.services import audit_heads
from portal_admin.services.desk import Desk
from portal_admin.services.roles import my_role
from portal_admin.services.settings import read_settings
from portal_admin.services.snapshot import Freshness, freshness
from portal_admin.services.sync.state import restored_alarm


@dataclass(frozen=True, slots=True)
class Pulse:
    """`aspire` is the answer time in ms, why there is none, or None without ASPIRE; `synced` and `role` likewise.

    `doubt` says why the audit must be verified, None while there is no reason.
    """

    operator: str
    database: str
    aspire: float | DeskError | None
    synced: Freshness | DeskError
    restored: bool
    role: Role | DeskError | None = None
    doubt: str | None = None

    @property
    def database_answers(self) -> bool:
        """Whether the portal database could be asked."""
        return not isinstance(self.synced, DatabaseProblem)


def take(desk: Desk) -> Pulse:
    """Ask ASPIRE and the database how they are, and remember how far the audit got; what fails is a part of the answer."""
    restored = False
    synced: Freshness | DeskError
    try:
        with reading(desk.engine) as connection:
            synced = freshness(connection, read_settings(connection), desk.clock())
            restored = restored_alarm(connection)
    except DeskError as problem:
        synced = problem
    role: Role | DeskError | None
    if isinstance(synced, DatabaseProblem):
        role, doubt = synced, None  # a server that is away is not waited for once more
    else:
        role, doubt = _role(desk), audit_heads.remember(desk)
    return Pulse(desk.operator, desk.engine.dialect.name, _aspire(desk), synced, restored, role, doubt)


def _role(desk: Desk) -> Role | DeskError | None:
    try:
        return my_role(desk)
    except DeskError as problem:
        return problem


def _aspire(desk: Desk) -> float | DeskError | None:
    if desk.aspire is None:
        return None
    started = time.perf_counter()
    try:
        desk.aspire.instance()
    except DeskError as problem:
        return problem
    return (time.perf_counter() - started) * 1000
