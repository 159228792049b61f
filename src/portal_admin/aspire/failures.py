"""Turns what HTTP and ASPIRE report into our own errors; nothing that came over the wire is shown."""

from __future__ import annotations

import ssl
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

import httpx
import msgspec

from portal_admin.errors import (
    AspireBusy,
    AspireDenied,
    AspireFailed,
    AspireOutcomeUnknown,
    AspirePasswordExpired,
    AspireRecordMissing,
    AspireRefused,
    AspireReplyUnreadable,
    AspireSignInFailed,
    AspireTooSlow,
    AspireUnreachable,
    DeskError,
)

PASSWORD_CHANGE = "PasswordChangeRequired"  # noqa: S105
NOT_FOUND = "NotFound"

# Answers that may be different a moment later.
PASSING = frozenset({429, 502, 503, 504})

LOGIN_STOPPED = (
    "ASPIRE's password rules have stopped this login. Change its password in ASPIRE, then sign in again "
    "with the new one."
)


@dataclass(frozen=True, slots=True)
class Reply:
    """One complete HTTP answer."""

    status: int
    body: bytes
    retry_after: str | None = None
    generation: str | None = None


class _ErrorBody(msgspec.Struct, rename="pascal"):
    code: str | None = None


def code_of(reply: Reply) -> str | None:
    """The error code of an answer, None when its body is not ASPIRE's."""
    try:
        return msgspec.json.decode(reply.body, type=_ErrorBody).code
    except msgspec.DecodeError:
        return None


def from_request_error(error: httpx.RequestError, *, budget: float) -> DeskError:
    """Our words for a request that got no complete answer; `budget` in seconds."""
    if isinstance(error, httpx.TimeoutException):
        return too_slow(budget)
    if isinstance(error, httpx.DecodingError):
        return AspireReplyUnreadable(
            "ASPIRE's reply arrived damaged. Try again; if it goes on, check the gateway."
        )
    if _is_tls(error):
        return AspireUnreachable(
            "No trusted secure connection to ASPIRE could be made. Check the address in the profile, and that "
            "this machine trusts the certificate of ASPIRE's server."
        )
    if isinstance(error, httpx.ConnectError):
        return AspireUnreachable(
            "No connection to ASPIRE could be made. Check the network or VPN, and the address in the profile."
        )
    return AspireUnreachable("The connection to ASPIRE broke off before the reply was complete. Try again.")


def too_slow(budget: float) -> DeskError:
    """ASPIRE did not answer within `budget` seconds."""
    return AspireTooSlow(f"ASPIRE did not answer within {budget:g} seconds. Try again in a moment.")


def may_pass(error: httpx.RequestError) -> bool:
    """Whether repeating the request can help: a certificate or an encoding stays what it is."""
    return isinstance(error, httpx.TransportError) and not _is_tls(error)


def from_reply(reply: Reply, *, record: bool, now: datetime) -> DeskError | None:
    """Our words for an answer, None when it is good; a 404 is a fact only for a record and in ASPIRE's own form."""
    return None if reply.status == 200 else from_bad_reply(reply, record=record, now=now)


def from_bad_reply(reply: Reply, *, record: bool, now: datetime) -> DeskError:
    """Our words for an answer of any status but 200."""
    wait = retry_after(reply, now)
    if reply.status == 429 or (reply.status == 503 and wait is not None):
        return _busy(wait, now)
    code = code_of(reply)
    if reply.status == 403 and code == PASSWORD_CHANGE:
        return AspirePasswordExpired(LOGIN_STOPPED)
    if reply.status == 404 and record and code == NOT_FOUND:
        return AspireRecordMissing("ASPIRE holds no record with this key.")
    kind, message = _BY_STATUS.get(reply.status, _OTHER)
    return kind(message.format(status=reply.status))


def from_write(reply: Reply, *, now: datetime) -> DeskError | None:
    """Our words for the answer to a write, None when it was done; what may or may not be done is *unknown*."""
    if reply.status in (200, 201):
        return None
    code = code_of(reply)
    if reply.status == 409:
        return AspireRefused(_REFUSED.get(code or "", _REFUSED_OTHERWISE), code=code)
    if reply.status == 403 and code != PASSWORD_CHANGE:
        return AspireRefused("The ASPIRE login may not write this. Ask for the right in ASPIRE.", code=code)
    if reply.status >= 500 and not (reply.status == 503 and reply.retry_after is not None):
        return unknown()
    return from_bad_reply(reply, record=True, now=now)


def unknown() -> AspireOutcomeUnknown:
    """A write was sent, and nobody said what became of it."""
    return AspireOutcomeUnknown(
        "ASPIRE did not say whether it was done. It is looked up there before anything is sent again."
    )


def was_sent(error: httpx.RequestError) -> bool:
    """Whether the request may have arrived: only what failed while connecting has surely not."""
    return not isinstance(error, httpx.ConnectError | httpx.ConnectTimeout | httpx.PoolTimeout)


def from_sign_in(reply: Reply, *, now: datetime) -> DeskError | None:
    """Our words for the answer to a sign-in, None when it is good."""
    if reply.status == 403 and code_of(reply) == PASSWORD_CHANGE:
        return AspirePasswordExpired(LOGIN_STOPPED)
    if reply.status in (401, 403):
        return AspireSignInFailed(
            "ASPIRE did not accept the user name and password. Check both in ASPIRE, then sign in again."
        )
    return from_reply(reply, record=False, now=now)


def retry_after(reply: Reply, now: datetime) -> float | None:
    """The seconds that ASPIRE asks us to wait, None when it names no time."""
    if reply.retry_after is None:
        return None
    if reply.retry_after.strip().isdecimal():
        return float(reply.retry_after)
    try:
        until = parsedate_to_datetime(reply.retry_after)
    except ValueError:
        return None
    return max(0.0, (until - now).total_seconds()) if until.tzinfo else None


def _busy(wait: float | None, now: datetime) -> DeskError:
    if wait is None:
        return AspireBusy("ASPIRE is busy and asks to be left alone for a while. Try again in a minute.")
    until = (now + timedelta(seconds=min(wait, 10.0**9))).astimezone(UTC)
    return AspireBusy(
        f"ASPIRE is busy and asks to be left alone until {until:%Y-%m-%d %H:%M:%S} UTC "
        f"({wait:.0f} seconds). Try again then."
    )


def _is_tls(error: BaseException) -> bool:
    found: BaseException | None = error
    while found is not None:
        if isinstance(found, ssl.SSLError):
            return True
        found = found.__cause__ or found.__context__
    return False


_REFUSED = {
    "ContractNotBooked": "The contract is not booked in ASPIRE, so nothing can be debited for it.",
    "BankAccountNotUsable": "ASPIRE does not accept this bank account: it is not active, or not a party's on the contract.",
    "AlreadyProcessed": "It is too late to cancel: ASPIRE has processed this debit, or a posted batch holds it.",
    "IdempotencyKeyReused": "ASPIRE met this request's key with another request before, so it did nothing.",
}
_REFUSED_OTHERWISE = "ASPIRE refused this, and nothing was done."
_REDIRECT = (
    AspireFailed,
    "ASPIRE's address sends us elsewhere (status {status}), which is never followed. Put the final address "
    "into the profile.",
)
_OTHER = (
    AspireFailed,
    "ASPIRE reported an error of its own (status {status}). Try again; if it goes on, tell whoever runs ASPIRE.",
)
_BY_STATUS: dict[int, tuple[type[DeskError], str]] = {
    **dict.fromkeys((301, 302, 303, 307, 308), _REDIRECT),
    400: (
        AspireFailed,
        "ASPIRE did not understand the question (status {status}). Check that its gateway is up to date.",
    ),
    401: (AspireSignInFailed, "ASPIRE no longer accepts this sign-in. Sign in again."),
    403: (AspireDenied, "The ASPIRE login may not read this. Ask for the right in ASPIRE."),
    404: (
        AspireFailed,
        "ASPIRE's address does not know this question (status {status}). Check the address in the profile.",
    ),
}
