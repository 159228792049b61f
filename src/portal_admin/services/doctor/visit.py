"""What is examined, and what earlier checks found for later ones."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, select

from portal_admin.aspire.client import AspireClient
from portal_admin.domain.records import Instance
from portal_admin.domain.verdict import Result
from portal_admin.errors import CouldNotLook, DeskError, SettingsProblem
from portal_admin.models.engine import reading
from portal_admin.services.sync.state import list_states, restored_alarm, was_restored
from portal_admin.settings import Profile


@dataclass(frozen=True, slots=True)
class Finding:
    """What one check found, and what to do about it; `could_not_look` when it failed for want of an answer."""

    check: str
    result: Result
    message: str
    fix: str | None = None
    could_not_look: bool = False


@dataclass(frozen=True)
class Patient:
    """What is examined: a profile, or why there is none, with all that hangs on it; the clock is UTC.

    `operator` is who is signed in to this machine, `heads` where it remembers how far the audit had got.
    """

    profile: Profile | DeskError
    open_database: Callable[[], Engine]
    aspire: AspireClient | None
    check_keyring: Callable[[], str]
    password_in_environment: bool
    clock: Callable[[], datetime]
    operator: str
    heads: Path | None = None


class NotLookedAt(CouldNotLook):
    """An earlier check failed, so that this one cannot be made."""


@dataclass
class Visit:
    """What earlier checks found for later ones; a failure is found once and remembered."""

    patient: Patient
    _opened: list[Engine] = field(default_factory=list)

    def finding(self, name: str, look: Callable[[Visit], Finding]) -> Finding:
        try:
            return look(self)
        except CouldNotLook as problem:
            return Finding(name, Result.UNKNOWN, problem.message)
        except DeskError as problem:
            return Finding(name, Result.FAIL, problem.message)

    def close(self) -> None:
        for engine in self._opened:
            engine.dispose()

    @cached_property
    def profile(self) -> Profile:
        if isinstance(self.patient.profile, DeskError):
            raise NotLookedAt("Not looked at: there is no profile to look with.")
        return self.patient.profile

    @cached_property
    def database(self) -> Engine | DeskError:
        """The open database, or why it cannot be opened."""
        try:
            engine = self.patient.open_database()
            self._opened.append(engine)
            with reading(engine) as connection:
                connection.execute(select(1))
        except DeskError as problem:
            return problem
        return engine

    @property
    def engine(self) -> Engine:
        _ = self.profile
        if isinstance(self.database, DeskError):
            raise NotLookedAt("Not looked at: the portal database cannot be opened.")
        return self.database

    @cached_property
    def sign_in(self) -> DeskError | None:
        """Why ASPIRE cannot be used, None when it can."""
        if self.patient.aspire is None:
            return SettingsProblem("The profile names no ASPIRE address and user.")
        try:
            self.patient.aspire.sign_in()
        except DeskError as problem:
            return problem
        return None

    @property
    def aspire(self) -> AspireClient:
        _ = self.profile
        if self.sign_in is not None or self.patient.aspire is None:
            raise NotLookedAt("Not looked at: ASPIRE could not be asked.")
        return self.patient.aspire

    @cached_property
    def instance(self) -> Instance:
        return self.aspire.instance()

    @cached_property
    def restored(self) -> bool:
        """Whether ASPIRE is not the one that was synced: a sync found so, or it shows so now."""
        with reading(self.engine) as connection:
            if restored_alarm(connection):
                return True
            states = list_states(connection).values()
        try:
            return any(was_restored(state, self.instance) for state in states)
        except CouldNotLook:
            return False  # why ASPIRE cannot be asked is a finding of its own

    @cached_property
    def settings(self) -> dict[str, Any]:
        if "Settings" not in self.instance.capabilities:
            raise NotLookedAt("This ASPIRE does not tell its settings; look in ASPIRE itself.")
        return self.aspire.settings()
