"""Signing in to ASPIRE on demand; the token lives in memory only, and no secret is ever logged."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from portal_admin.aspire.budget import Budget, Timing
from portal_admin.aspire.failures import from_sign_in, too_slow
from portal_admin.aspire.parsing import decode_session
from portal_admin.aspire.transport import Transport
from portal_admin.errors import AspirePasswordMissing, AspireSignInFailed

REFRESH_BEFORE = timedelta(seconds=60)
# Repeating a wrong password for every waiting screen would lock the login in ASPIRE.
REPEAT_AFTER = timedelta(seconds=60)


@dataclass(frozen=True, slots=True)
class _Session:
    token: str = field(repr=False)
    expires_at: datetime
    # None when ASPIRE's clock disagrees with ours so far that only a 401 can tell.
    refresh_at: datetime | None


@dataclass(frozen=True, slots=True)
class _Rejection:
    password: str = field(repr=False)
    failure: AspireSignInFailed
    until: datetime


class SignIn:
    """Holds at most one session for all threads and makes a new one when it is missing, nearly over or rejected."""

    def __init__(
        self,
        transport: Transport,
        *,
        user: str,
        password: Callable[[], str | None],
        budget: Budget,
        timing: Timing,
    ) -> None:
        self._transport = transport
        self._user = user
        self._password = password
        self._budget = budget
        self._timing = timing
        self._lock = threading.Lock()
        self._session: _Session | None = None
        self._rejection: _Rejection | None = None

    def token(self, *, rejected: str | None = None) -> str:
        """A token to send; `rejected` is one that ASPIRE just refused."""
        session = self._session
        if session is not None and self._is_good(session, rejected):
            return session.token
        with self._one_at_a_time():
            session = self._session
            if session is None or not self._is_good(session, rejected):
                session = self._renew(self._known_password())
            return session.token

    def sign_in(self) -> datetime:
        """Sign in now, whatever is known, and return when the session ends (UTC)."""
        with self._one_at_a_time():
            self._rejection = None
            return self._renew(self._known_password()).expires_at

    def _is_good(self, session: _Session, rejected: str | None) -> bool:
        if session.token == rejected:
            return False
        return session.refresh_at is None or self._timing.now() < session.refresh_at

    def _known_password(self) -> str:
        password = self._password()
        if not password:
            raise AspirePasswordMissing(
                "There is no password to sign in with: run `portal-admin signin`, or set "
                "PORTAL_ADMIN_ASPIRE_PASSWORD."
            )
        return password

    def _renew(self, password: str) -> _Session:
        now = self._timing.now()
        rejection = self._rejection
        if rejection is not None and rejection.password == password and now < rejection.until:
            raise type(rejection.failure)(rejection.failure.message) from rejection.failure
        self._session = None
        reply = self._transport.sign_in("/session", body={"UserName": self._user, "Password": password})
        failure = from_sign_in(reply, now=now)
        if isinstance(failure, AspireSignInFailed):
            self._rejection = _Rejection(password, failure, now + REPEAT_AFTER)
        if failure is not None:
            raise failure
        self._rejection = None
        answer = decode_session(reply.body)
        refresh_at = answer.expires_at - REFRESH_BEFORE
        self._session = _Session(answer.token, answer.expires_at, refresh_at if refresh_at > now else None)
        return self._session

    def _one_at_a_time(self) -> _Waiting:
        return _Waiting(self._lock, self._budget)


class _Waiting:
    """The lock, waited for no longer than the thread's budget allows."""

    def __init__(self, lock: threading.Lock, budget: Budget) -> None:
        self._lock = lock
        self._budget = budget

    def __enter__(self) -> None:
        if not self._lock.acquire(timeout=min(self._budget.remaining(), threading.TIMEOUT_MAX)):
            raise too_slow(self._budget.total())

    def __exit__(self, *_: object) -> None:
        self._lock.release()
