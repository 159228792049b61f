"""Keeps what became of a request to ASPIRE, within the caller's transaction."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection

from portal_admin.domain.payment_sending_rules import doubtful
from portal_admin.domain.payments import EventKind, PaymentStatus, PortalPayment, Sending
from portal_admin.domain.records import AlternateEft
from portal_admin.errors import DeskError
from portal_admin.services import audit
from portal_admin.services.desk import Desk
from portal_admin.services.payments.stored import add_event, events_of, find_any, move


@dataclass(frozen=True, slots=True)
class Outcome:
    """What ASPIRE said, or did not say, about one request."""

    kind: EventKind
    sending: Sending
    debit: AlternateEft | None = None
    evidence: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def sent(cls, debit: AlternateEft, *, read_back: bool = False) -> Outcome:
        """ASPIRE holds the debit."""
        evidence = {
            "alternate_eft_oid": debit.oid,
            "amount": str(debit.amount),
            "start_date": debit.start_date.isoformat(),
            "sec_code": debit.sec_code,
            "read_back": read_back,
        }
        return cls(EventKind.ALTERNATE_EFT, Sending.SENT, debit, evidence)

    @classmethod
    def refused(cls, problem: DeskError, code: str) -> Outcome:
        """ASPIRE said no, and nothing was done."""
        return cls(EventKind.REFUSED, Sending.REFUSED, evidence={"code": code, "message": problem.message})

    @classmethod
    def unknown(cls, problem: DeskError, code: str | None) -> Outcome:
        """Nobody said what became of it."""
        told = {"message": problem.message} | ({"code": code} if code else {})
        return cls(EventKind.UNKNOWN, Sending.UNKNOWN, evidence=told)

    @classmethod
    def not_sent(cls, problem: DeskError) -> Outcome:
        """It surely did not reach ASPIRE."""
        return cls(
            EventKind.NOT_SENT, Sending.QUEUED, evidence={"kind": problem.kind, "message": problem.message}
        )


def settle(connection: Connection, desk: Desk, reference: str, outcome: Outcome) -> PortalPayment:
    """Write the outcome down with its audit line; what is known to be sent already stays so."""
    stored = find_any(connection, reference)
    if stored.sending is Sending.SENT:
        return stored
    at = audit.now(connection, desk)
    happened = outcome.debit.created_at if outcome.debit and outcome.debit.created_at else at
    add_event(
        connection,
        stored.id,
        outcome.kind,
        at=min(happened, at),
        learned_at=at,
        operator=desk.operator,
        evidence=outcome.evidence,
    )
    move(connection, stored, **_state(connection, stored, outcome))
    after = find_any(connection, reference)
    audit.record(
        connection,
        desk,
        action="payment.sent",
        subject=reference,
        site=stored.site,
        before=_audited(stored),
        after=_audited(after),
        reason=outcome.evidence.get("message"),
    )
    return after


def _state(connection: Connection, stored: PortalPayment, outcome: Outcome) -> dict[str, Any]:
    if outcome.debit is not None:
        return {
            "sending": Sending.SENT,
            "status": PaymentStatus.SCHEDULED,
            "alternate_eft_oid": outcome.debit.oid,
        }
    if outcome.sending is Sending.REFUSED:
        return {"sending": Sending.REFUSED, "status": PaymentStatus.CANCELED}
    sending = outcome.sending
    if sending is Sending.QUEUED and doubtful(events_of(connection, [stored.id])[stored.id]):
        # This attempt did not arrive; an earlier one may have.
        sending = Sending.UNKNOWN
    return {"sending": sending}


def _audited(payment: PortalPayment) -> dict[str, Any]:
    return {
        "status": str(payment.status),
        "sending": str(payment.sending),
        "alternate_eft_oid": payment.alternate_eft_oid,
    }
