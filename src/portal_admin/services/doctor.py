"""Whether everything that the desk needs is there; one check that fails never hides another."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

from sqlalchemy import Engine, insert, select

from portal_admin.aspire.client import AspireClient
from portal_admin.domain.freshness import CADENCES, is_stale
from portal_admin.domain.records import Instance
from portal_admin.domain.verdict import Result
from portal_admin.errors import (
    AspireBusy,
    AspireFailed,
    AspireReplyUnreadable,
    AspireSignInFailed,
    AspireTooSlow,
    AspireUnreachable,
    CouldNotLook,
    DeskError,
    SecretsUnavailable,
    SettingsProblem,
)
from portal_admin.models import setting, sync_state
from portal_admin.models.engine import reading, writing
from portal_admin.models.schema import check_schema
from portal_admin.services.sync_state import restored_alarm
from portal_admin.settings import Profile

CAPABILITIES = (
    "Invoices",
    "Equipment",
    "Payments",
    "AlternateEfts",
    "Amortization",
    "BankAccounts",
    "CreditLines",
    "EftBatches",
    "Settings",
    "PaymentRequests",
    "ServiceRequests",
)
SYNCED = ("accounts", "contacts", "contracts")
CLOCKS_MAY_DIFFER = timedelta(minutes=2)
JOB_MAY_REST = timedelta(days=2)
SYNC_NOW = "Run `portal-admin sync`, and see that the sync server runs `portal-admin sync --every 15m`."
NO_PROFILE = "Not looked at: there is no profile to look with."


@dataclass(frozen=True, slots=True)
class Finding:
    """What one check found, and what to do about it."""

    check: str
    result: Result
    message: str
    fix: str | None = None


@dataclass(frozen=True)
class Patient:
    """What is examined: a profile, or why there is none, with all that hangs on it; the clock is UTC."""

    profile: Profile | DeskError
    open_database: Callable[[], Engine]
    aspire: AspireClient | None
    check_keyring: Callable[[], str]
    password_in_environment: bool
    clock: Callable[[], datetime]


class _Undone(Exception):
    """Leaves a write transaction without keeping it."""


class NotLookedAt(CouldNotLook):
    """An earlier check failed, so that this one cannot be made."""


def examine(patient: Patient) -> Iterator[Finding]:
    """Every finding, as soon as it is known; the database is closed at the end, ASPIRE stays the caller's."""
    visit = _Visit(patient)
    try:
        for name, look in CHECKS:
            yield visit.finding(name, look)
    finally:
        visit.close()


@dataclass
class _Visit:
    """What earlier checks found for later ones; a failure is found once and remembered."""

    patient: Patient
    _opened: list[Engine] = field(default_factory=list)

    def finding(self, name: str, look: Callable[[_Visit], Finding]) -> Finding:
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
            raise NotLookedAt(NO_PROFILE)
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
    def settings(self) -> dict[str, Any]:
        if "Settings" not in self.instance.capabilities:
            raise NotLookedAt("This ASPIRE does not tell its settings; look in ASPIRE itself.")
        return self.aspire.settings()


def _profile(visit: _Visit) -> Finding:
    found = visit.patient.profile
    if isinstance(found, DeskError):
        return Finding("profile", Result.FAIL, found.message, "Run `portal-admin profile add NAME`.")
    kind = "production" if found.production else "not production"
    return Finding("profile", Result.PASS, f"Profile {found.name}, {kind}.")


def _database(visit: _Visit) -> Finding:
    _ = visit.profile
    found = visit.database
    if isinstance(found, DeskError):
        return Finding("database", Result.FAIL, found.message)
    return Finding("database", Result.PASS, f"The portal database answers ({found.dialect.name}).")


def _schema(visit: _Visit) -> Finding:
    check_schema(visit.engine)
    return Finding("schema", Result.PASS, "The schema fits this program.")


NOT_REACHED = (AspireUnreachable, AspireTooSlow, AspireBusy, AspireFailed, AspireReplyUnreadable)


def _aspire(visit: _Visit) -> Finding:
    profile, problem = visit.profile, visit.sign_in
    if visit.patient.aspire is None:
        fix = "Add the address with `portal-admin profile`, or on the Connect page."
        return Finding("aspire", Result.FAIL, "The profile names no ASPIRE address and user.", fix)
    if isinstance(problem, NOT_REACHED):
        fix = "Check the address, the network or VPN, and whether ASPIRE is running."
        return Finding("aspire", Result.FAIL, problem.message, fix)
    if problem is not None and not isinstance(problem, CouldNotLook):
        raise NotLookedAt("Not looked at: there is no password to ask with.")
    return Finding("aspire", Result.PASS, f"ASPIRE answers at {profile.aspire_url}.")


def _signed_in(visit: _Visit) -> Finding:
    profile, problem = visit.profile, visit.sign_in
    if problem is None:
        return Finding("signed_in", Result.PASS, f"Signed in as {profile.aspire_user}.")
    if visit.patient.aspire is None or isinstance(problem, NOT_REACHED):
        raise NotLookedAt("Not looked at: ASPIRE could not be asked.")
    fix = "Run `portal-admin signin`."
    if isinstance(problem, AspireSignInFailed) and type(problem) is not AspireSignInFailed:
        fix = "Change the password in ASPIRE, then run `portal-admin signin`."
    return Finding("signed_in", Result.FAIL, problem.message, fix)


def _capabilities(visit: _Visit) -> Finding:
    missing = [name for name in CAPABILITIES if name not in visit.instance.capabilities]
    if not missing:
        return Finding("capabilities", Result.PASS, "ASPIRE offers everything that the desk can use.")
    message = f"This ASPIRE does not offer: {', '.join(missing)}. The screens leave it out."
    return Finding("capabilities", Result.ADVICE, message, "If you need it, ask who runs the ASPIRE gateway.")


def _clock_skew(visit: _Visit) -> Finding:
    apart = visit.instance.now - visit.patient.clock()
    seconds = abs(int(apart.total_seconds()))
    if abs(apart) <= CLOCKS_MAY_DIFFER:
        return Finding(
            "clock_skew", Result.PASS, f"The clocks of ASPIRE and this machine differ by {seconds} s."
        )
    direction = "ahead of" if apart > timedelta() else "behind"
    message = (
        f"ASPIRE's clock is {seconds:,} s {direction} this machine's, so ages and waiting times are wrong."
    )
    return Finding("clock_skew", Result.FAIL, message, "Set both machines to the same time service.")


def _sync_age(visit: _Visit) -> Finding:
    now = visit.patient.clock()
    with reading(visit.engine) as connection:
        found = dict(connection.execute(select(sync_state.c.data_class, sync_state.c.confirmed_at)).tuples())
        restored = restored_alarm(connection)
    if restored:
        message = (
            "ASPIRE was restored from a backup since the last full sync, so the portal's data may be wrong."
        )
        return Finding(
            "sync_age", Result.FAIL, message, "Run `portal-admin sync --full`, and tell the vendor."
        )
    times = [found.get(name) for name in SYNCED]
    oldest = min((time for time in times if time is not None), default=None)
    if oldest is None:
        return Finding("sync_age", Result.FAIL, "Nothing has been read from ASPIRE yet.", SYNC_NOW)
    if any(is_stale(time, now, CADENCES[name]) for name, time in zip(SYNCED, times, strict=True)):
        message = f"The portal's data is stale: a part of it was last read at {oldest:%Y-%m-%d %H:%M} UTC."
        return Finding("sync_age", Result.FAIL, message, SYNC_NOW)
    return Finding(
        "sync_age", Result.PASS, f"Everything was read from ASPIRE since {oldest:%Y-%m-%d %H:%M} UTC."
    )


def _contract_values_job(visit: _Visit) -> Finding:
    name, job = "contract_values_job", visit.settings.get("CalculateContractValuesJob")
    fix = "In ASPIRE's JobStream, schedule a daily job with the task Calculate Contract Values."
    if job is None:
        return Finding(
            name, Result.UNKNOWN, "ASPIRE does not tell whether Calculate Contract Values is scheduled.", fix
        )
    if not job.get("IsScheduled"):
        return Finding(
            name, Result.FAIL, "No JobStream job with the task Calculate Contract Values is scheduled.", fix
        )
    if job.get("LastRunSucceeded") is False:
        return Finding(
            name, Result.FAIL, "The last run of Calculate Contract Values failed.", "See ASPIRE's JobStream."
        )
    last = _instant(job.get("LastRun"))
    if last is None or visit.instance.now - last > JOB_MAY_REST:
        message = "Calculate Contract Values is scheduled, but did not run in the last two days."
        return Finding(name, Result.ADVICE, message, "See ASPIRE's JobStream.")
    return Finding(name, Result.PASS, f"Calculate Contract Values ran at {last:%Y-%m-%d %H:%M} UTC.")


def _amortization_schedule(visit: _Visit) -> Finding:
    name, kept = "amortization_schedule", visit.settings.get("SaveCustomerAmortizationSchedule")
    if kept is None:
        message = "ASPIRE does not tell its Global Setting Save Customer Amortization Schedule."
        return Finding(name, Result.UNKNOWN, message, "Look it up in ASPIRE; its default is No.")
    if not kept:
        message = "ASPIRE does not save amortization schedules, so the portal shows none."
        return Finding(name, Result.FAIL, message, "Set ASPIRE's Save Customer Amortization Schedule to Yes.")
    return Finding(name, Result.PASS, "ASPIRE saves amortization schedules.")


def _keyring(visit: _Visit) -> Finding:
    try:
        return Finding("keyring", Result.PASS, f"Passwords are kept in {visit.patient.check_keyring()}.")
    except SecretsUnavailable:
        message = "This machine has no keyring, so passwords cannot be kept."
        if visit.patient.password_in_environment:
            return Finding("keyring", Result.ADVICE, f"{message} The environment gives the ASPIRE password.")
        fix = "Unlock or install a keyring, type the password each session, or set PORTAL_ADMIN_ASPIRE_PASSWORD."
        return Finding("keyring", Result.FAIL, message, fix)


def _write_access(visit: _Visit) -> Finding:
    try:
        with writing(visit.engine) as connection:
            connection.execute(insert(setting).values(key="doctor", value="never kept"))
            raise _Undone
    except _Undone:
        return Finding("write_access", Result.PASS, "The portal database can be changed.")


def _instant(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


CHECKS = (
    ("profile", _profile),
    ("database", _database),
    ("schema", _schema),
    ("aspire", _aspire),
    ("signed_in", _signed_in),
    ("capabilities", _capabilities),
    ("clock_skew", _clock_skew),
    ("sync_age", _sync_age),
    ("contract_values_job", _contract_values_job),
    ("amortization_schedule", _amortization_schedule),
    ("keyring", _keyring),
    ("write_access", _write_access),
)
