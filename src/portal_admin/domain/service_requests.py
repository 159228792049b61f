"""What end users ask for in the portal: kinds, statuses and the changes between them (docs/decisions/0014)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from portal_admin.errors import InvalidInput, Refused

SOURCE = "decision of this project"
NUMBER = "SR-{:06d}"
_NUMBER = re.compile("(?:SR-?)?([0-9]{1,19})", re.IGNORECASE)
# What a database counts up to; more is no number of a request.
MOST = 2**63 - 1


class RequestKind(StrEnum):
    """What the portal's form lets an end user ask for."""

    PAYOFF_QUOTE = "payoff_quote"
    ADDRESS_CHANGE = "address_change"
    INSURANCE = "insurance"
    DOCUMENT = "document"
    QUESTION = "question"


class RequestStatus(StrEnum):
    """How far the desk is with a request."""

    NEW = "New"
    IN_PROGRESS = "In Progress"
    WAITING = "Waiting"
    DONE = "Done"
    DECLINED = "Declined"


class HandOver(StrEnum):
    """How far a request got on its way to ASPIRE, where it is a comment on the contract."""

    SENDING = "sending"
    SENT = "sent"
    UNKNOWN = "unknown"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class KindRule:
    """The words for a kind, the company's business days it is answered in, and what the back office is asked to do."""

    words: str
    business_days: int
    task: str


KINDS: Mapping[RequestKind, KindRule] = {
    RequestKind.PAYOFF_QUOTE: KindRule(
        "Payoff quote", 1, "Please work out a payoff quote for this contract and send it to the customer."
    ),
    RequestKind.ADDRESS_CHANGE: KindRule(
        "Address change", 2, "Please check the new address with the customer and change it in ASPIRE."
    ),
    RequestKind.INSURANCE: KindRule(
        "Insurance", 2, "Please check the insurance of the equipment and record it on the contract."
    ),
    RequestKind.DOCUMENT: KindRule("Document", 3, "Please find the document and send it to the customer."),
    RequestKind.QUESTION: KindRule("Question", 1, "Please answer the customer's question."),
}

OPEN = frozenset({RequestStatus.NEW, RequestStatus.IN_PROGRESS, RequestStatus.WAITING})
CLOSED = frozenset({RequestStatus.DONE, RequestStatus.DECLINED})
# The clock of these runs: whoever waits for somebody else is not late.
RUNNING = frozenset({RequestStatus.NEW, RequestStatus.IN_PROGRESS})

_NEW, _WORK, _WAIT = RequestStatus.NEW, RequestStatus.IN_PROGRESS, RequestStatus.WAITING
_DONE, _DECLINED = RequestStatus.DONE, RequestStatus.DECLINED

# Every change that there is, by what a person calls it.
STEPS: Mapping[tuple[RequestStatus, RequestStatus], str] = {
    (_NEW, _WORK): "Start work",
    (_WORK, _WAIT): "Wait",
    (_WORK, _DONE): "Done",
    (_WORK, _DECLINED): "Decline",
    (_WAIT, _WORK): "Go on",
    (_WAIT, _DONE): "Done",
    (_WAIT, _DECLINED): "Decline",
    (_DONE, _WORK): "Reopen",
    (_DECLINED, _WORK): "Reopen",
}
_START_FIRST = "Start work first (In Progress), so that everybody sees who has it."
_REOPEN_FIRST = "It is closed. Reopen it first (In Progress)."
_NEVER_NEW = "Somebody has seen it already, so it is not new any more."
# What stands against every other change.
INSTEAD: Mapping[tuple[RequestStatus, RequestStatus], str] = {
    **{(_NEW, to): _START_FIRST for to in (_WAIT, _DONE, _DECLINED)},
    **{(of, _NEW): _NEVER_NEW for of in (_WORK, _WAIT, _DONE, _DECLINED)},
    **{
        (of, to): _REOPEN_FIRST
        for of in (_DONE, _DECLINED)
        for to in (_WAIT, _DONE, _DECLINED)
        if of is not to
    },
    **{(same, same): f"It is {same.value} already." for same in RequestStatus},
}


@dataclass(frozen=True, slots=True)
class ServiceRequest:
    """One request of an end user; `assigned_to` is None for nobody, `contract_id` None where it names no contract."""

    id: int
    site: str
    user_id: int
    email: str
    user_name: str
    contract_oid: int | None
    contract_id: str | None
    kind: RequestKind
    subject: str
    message: str
    status: RequestStatus
    assigned_to: str | None
    requested_at: datetime
    due_at: datetime
    closed_at: datetime | None
    hand_over: HandOver | None
    handed_over_at: datetime | None
    comment_oid: int | None
    version: int

    @property
    def number(self) -> str:
        """What the request is called on the phone, and its reference in ASPIRE."""
        return request_number(self.id)

    @property
    def is_open(self) -> bool:
        """Whether something is still to be done."""
        return self.status in OPEN


@dataclass(frozen=True, slots=True)
class RequestNote:
    """A reply that the portal shows to the caller, or a note that stays at the desk."""

    at: datetime
    operator: str
    for_caller: bool
    note: str


def request_number(identity: int) -> str:
    """SR-000123 for request 123."""
    return NUMBER.format(identity)


def parse_number(typed: str) -> int:
    """The request that SR-000123, sr123 or 123 means; InvalidInput for anything else."""
    found = _NUMBER.fullmatch(typed.strip())
    if found is None or not 0 < int(found[1]) <= MOST:
        raise InvalidInput("A service request has a number such as SR-000123. Type it again.", field="number")
    return int(found[1])


def steps_from(status: RequestStatus) -> tuple[tuple[RequestStatus, str], ...]:
    """The statuses that may follow, each with what a person calls the change."""
    return tuple((to, words) for (of, to), words in STEPS.items() if of is status)


def require_step(of: RequestStatus, to: RequestStatus) -> str:
    """What a person calls the change; Refused with what to do instead when there is none."""
    words = STEPS.get((of, to))
    if words is None:
        raise Refused(
            f"A request that is {of.value} cannot be made {to.value}. {INSTEAD[of, to]}",
            rule=f"request_status:{to.value}",
            source=SOURCE,
            title="That is not the next step",
        )
    return words


def needs_reply(to: RequestStatus) -> bool:
    """Whether the caller must be told something when a request gets there: nobody is turned away without a word."""
    return to in CLOSED
