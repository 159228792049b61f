"""Cancels a payment before EFT Generation picks it up; what it is too late for is refused with its evidence."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Connection

from portal_admin.domain.payment_cancel_rules import Way, way_to_cancel
from portal_admin.domain.payment_facts import PaymentFacts
from portal_admin.domain.payments import EventKind, PaymentStatus, PortalPayment, Sending
from portal_admin.domain.permissions import Permission
from portal_admin.errors import (
    AspireOutcomeUnknown,
    AspireRecordMissing,
    AspireRefused,
    Conflict,
    CouldNotLook,
    DeskError,
    SettingsProblem,
)
from portal_admin.models.engine import reading
from portal_admin.services import audit
from portal_admin.services.change import action, changing
from portal_admin.services.desk import Desk
from portal_admin.services.payments.facts import Kept, kept
from portal_admin.services.payments.learned import learn
from portal_admin.services.payments.permitted import find_payment
from portal_admin.services.payments.stored import (
    add_event,
    find_any,
    keys_of,
    move,
)
from portal_admin.services.payments.trace import read


@dataclass(frozen=True, slots=True)
class Cancellation:
    """The payment as it stands, and what kept it from being cancelled or leaves that unknown."""

    payment: PortalPayment
    problem: DeskError | None = None


@dataclass(frozen=True, slots=True)
class CancelPreview:
    """What cancelling would do now; nothing was changed."""

    payment: PortalPayment
    way: Way
    sentence: str


def preview_cancel(desk: Desk, *, reference: str) -> CancelPreview:
    """What `cancel` would do; Refused with the evidence where it is too late, CouldNotLook where that cannot be told."""
    known = _known(desk, reference)
    found = way_to_cancel(read(desk, known))
    return CancelPreview(known.payment, found.way, found.sentence)


@action(Permission.CANCEL_PAYMENT)
def cancel(desk: Desk, *, reference: str, version: int | None = None) -> Cancellation:
    """Cancel a payment that no batch holds: here alone while ASPIRE has nothing of it, else in ASPIRE.

    Whether it was cancelled is read in the batches afterwards; Conflict when it moved on since `version`.
    """
    known = _known(desk, reference)
    if version is not None and version != known.payment.version:
        raise Conflict(f"Payment {reference} moved on meanwhile. Look at it again, then cancel it.")
    facts = read(desk, known)
    found = way_to_cancel(facts)
    asked, key = _ask_for(desk, known.payment, facts, found.way)
    if found.way is not Way.ASPIRE:
        return Cancellation(asked)
    assert facts.debit_oid is not None  # noqa: S101
    assert desk.aspire is not None  # noqa: S101
    problem: DeskError | None = None
    try:
        desk.aspire.cancel_alternate_eft(oid=facts.debit_oid, key=key)
    except (AspireRefused, AspireRecordMissing, CouldNotLook, SettingsProblem) as failure:
        problem = failure
    payment = _outcome(desk, asked, problem)
    # What is read to be cancelled is: an answer that was lost on its way leaves nothing unknown then.
    return Cancellation(payment, None if payment.status is PaymentStatus.CANCELED else problem)


def _known(desk: Desk, reference: str) -> Kept:
    with reading(desk.engine) as connection:
        return kept(connection, find_payment(connection, reference))


def _ask_for(desk: Desk, before: PortalPayment, facts: PaymentFacts, way: Way) -> tuple[PortalPayment, str]:
    """Write the wish down, with the key that it is sent with; what needs no sending is cancelled by that."""
    here = way is not Way.ASPIRE
    with changing(desk) as connection:
        at = audit.now(connection, desk)
        key = keys_of(connection, before.id)[1] or str(uuid.uuid4())
        state: dict[str, Any] = {"cancel_key": key}
        state |= {"status": PaymentStatus.CANCELED if here else PaymentStatus.PENDING_CANCEL}
        if not here:
            state |= {"sending": Sending.SENT, "alternate_eft_oid": facts.debit_oid}
        move(connection, before, **state)
        evidence = {"way": str(way), "alternate_eft_oid": facts.debit_oid}
        add_event(
            connection,
            before.id,
            EventKind.CANCEL_REQUESTED,
            at=at,
            operator=desk.operator,
            evidence=evidence,
        )
        if here:
            add_event(
                connection,
                before.id,
                EventKind.CANCELED,
                at=at,
                operator=desk.operator,
                evidence={"way": str(way)},
            )
        after = find_any(connection, before.reference)
        _audit(connection, desk, "payment.cancel", before, after)
    return after, key


def _outcome(desk: Desk, asked: PortalPayment, problem: DeskError | None) -> PortalPayment:
    """Keep what ASPIRE said, then read what became of the debit: the batches decide, not the answer."""
    bold = replace(desk, permission=None)
    if problem is not None and not isinstance(problem, AspireOutcomeUnknown):
        with changing(bold) as connection:
            before = find_any(connection, asked.reference)
            if before.status is PaymentStatus.PENDING_CANCEL:
                at = audit.now(connection, desk)
                told = {"message": problem.message, "kind": problem.kind}
                add_event(
                    connection,
                    before.id,
                    EventKind.CANCEL_REFUSED,
                    at=at,
                    operator=desk.operator,
                    evidence=told,
                )
                move(connection, before, status=PaymentStatus.SCHEDULED)
                after = find_any(connection, asked.reference)
                _audit(connection, desk, "payment.sent", before, after, reason=problem.message)
    with reading(desk.engine) as connection:
        known = kept(connection, find_any(connection, asked.reference))
    facts = read(desk, known)
    try:
        with changing(bold) as connection:
            learn(connection, facts, operator=desk.operator)
            after = find_any(connection, asked.reference)
            if (after.status, after.sending) != (known.payment.status, known.payment.sending):
                _audit(connection, desk, "payment.sent", known.payment, after)
    except Conflict:
        # Sync learned it at the same moment.
        with reading(desk.engine) as connection:
            after = find_any(connection, asked.reference)
    return after


def _audit(
    connection: Connection,
    desk: Desk,
    action: str,
    before: PortalPayment,
    after: PortalPayment,
    reason: str | None = None,
) -> None:
    audit.record(
        connection,
        desk,
        action=action,
        subject=after.reference,
        site=after.site,
        before={"status": str(before.status)},
        after={"status": str(after.status), "user": after.email, "contract": after.contract_id},
        reason=reason,
    )
