"""How a caller proves who they are before a password or an address is touched (decision of this project).

Knowing personal data is no way: whoever stole the data knows it too.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from portal_admin.domain.permissions import Permission, Role, is_allowed
from portal_admin.domain.text import operator_key

SOURCE = "decision of this project"
RULE = "caller_verification"
VALID_FOR = timedelta(minutes=30)


class Method(StrEnum):
    """The three ways that count."""

    CALL_BACK = "call_back"
    CODE = "code"
    APPROVAL = "approval"


LABELS: Mapping[Method, str] = {
    Method.CALL_BACK: "Called back to the number of record",
    Method.CODE: "Code sent to a channel known before the call",
    Method.APPROVAL: "Approved by a colleague at their own desk",
}


@dataclass(frozen=True, slots=True)
class Proof:
    """What an operator did to make sure who is calling, recorded together with what it is for."""

    method: Method
    note: str = ""


@dataclass(frozen=True, slots=True)
class Verification:
    """A recorded proof for one end user: when (UTC), by whom, and the role that this operator has now."""

    method: Method
    note: str
    at: datetime
    operator: str
    role: Role | None

    @property
    def until(self) -> datetime:
        """The last moment at which it counts."""
        return self.at + VALID_FOR


def counts(found: Verification, *, operator: str, now: datetime) -> bool:
    """Whether it lets the operator act now.

    A call back or a code counts for the operator who did it, an approval for everybody but the approver.
    """
    if not found.at <= now <= found.until or not is_allowed(found.role, Permission.VERIFY_CALLER):
        return False
    is_own = operator_key(found.operator) == operator_key(operator)
    return is_own is not (found.method is Method.APPROVAL)


def newest_that_counts(found: Iterable[Verification], *, operator: str, now: datetime) -> Verification | None:
    """The newest verification that lets the operator act now, None when there is none."""
    counting = [one for one in found if counts(one, operator=operator, now=now)]
    return max(counting, key=lambda one: one.at, default=None)


OWN_APPROVAL = "Your own approval does not count: it lets a colleague act."


def missing(label: str, *, site: str, email: str, because: str = "") -> str:
    """Why an action waits, the three ways, and the command that records one; `because` is said first."""
    return f"{because} {_missing(label, site, email)}".lstrip()


def _missing(label: str, site: str, email: str) -> str:
    return (
        f"{label} needs a verified caller. Make sure who is calling in one of three ways: call back to the number of "
        "record, send a code to a channel known before the call, or have a colleague approve it at their own desk. "
        f"Then record it: portal-admin users verify --site {site} --email {email} "
        "--method call-back|code|approval --note TEXT. It counts for "
        f"{VALID_FOR // timedelta(minutes=1)} minutes."
    )


def masked(address: str) -> str:
    """An email address by which a channel is recognised but not learned."""
    local, at, domain = address.strip().rpartition("@")
    return f"{local[:1]}•••{at}{domain}" if local else "•••"
