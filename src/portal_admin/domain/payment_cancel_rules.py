"""Whether a payment can still be cancelled, and how: only before a batch picked it up (rule F)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from portal_admin.domain.payment_facts import PaymentFacts
from portal_admin.domain.payment_pick_up import window
from portal_admin.domain.payment_sending_rules import require_patience
from portal_admin.domain.payment_status import is_cancelled
from portal_admin.domain.payments import PaymentStatus, Sending
from portal_admin.errors import CouldNotLook, Refused

SOURCE = "why-is-the-payment-status-not-updating"


class Way(StrEnum):
    """HERE: it was never sent; NOT_FOUND: ASPIRE has nothing of it; ASPIRE: its Alternate EFT is cancelled there."""

    HERE = "here"
    NOT_FOUND = "not_found"
    ASPIRE = "aspire"


@dataclass(frozen=True, slots=True)
class WayToCancel:
    """How it is cancelled, and what that means in a sentence."""

    way: Way
    sentence: str


def way_to_cancel(facts: PaymentFacts) -> WayToCancel:
    """The way; Refused with the evidence where it is too late or over, CouldNotLook where that cannot be told."""
    payment = facts.payment
    _require_not_over(facts)
    if not facts.alternate_efts.is_known or facts.alternate_efts.stored:
        raise CouldNotLook(
            f"Whether ASPIRE has a debit of payment {payment.reference} cannot be read now, so nothing was "
            f"cancelled. {facts.alternate_efts.doubt}"
        )
    if facts.debit is None:
        return _without_debit(facts)
    if not facts.batches.is_known:
        raise CouldNotLook(
            f"EFT Generation's batches cannot be read, so it cannot be told whether payment {payment.reference} "
            f"was picked up; nothing was cancelled. {facts.batches.doubt}"
        )
    if facts.batch is not None:
        posted = "was posted" if facts.batch.is_posted else "is generated"
        raise Refused(
            f"It is too late to cancel payment {payment.reference}: batch {facts.batch.oid}, which covers "
            f"{window(facts.batch)}, {posted} and holds it. If it must not be debited, tell whoever runs EFT "
            "Generation; if it was, it can only be given back.",
            rule="picked_up",
            source=SOURCE,
        )
    if facts.debit.payments == 0:
        raise Refused(
            f"Alternate EFT {facts.debit.oid} of payment {payment.reference} has no payment left, so there is "
            "nothing to cancel. Whether it was cancelled or sent, the batches tell; look at it again after the "
            "next sync.",
            rule="no_payment_left",
            source=SOURCE,
        )
    return WayToCancel(
        Way.ASPIRE,
        f"ASPIRE is asked to cancel Alternate EFT {facts.debit.oid}, which no batch holds. The portal shows "
        "Pending Cancel until ASPIRE confirms it, within 15 minutes.",
    )


def _require_not_over(facts: PaymentFacts) -> None:
    payment = facts.payment
    if payment.status is PaymentStatus.CANCELED or is_cancelled(facts):
        raise Refused(f"Payment {payment.reference} is canceled already.", rule="payment_over", source=SOURCE)
    if payment.status is PaymentStatus.PAID and facts.batch is None:
        raise Refused(
            f"Payment {payment.reference} was sent to the bank in a posted batch, so it cannot be cancelled.",
            rule="picked_up",
            source=SOURCE,
        )


def _without_debit(facts: PaymentFacts) -> WayToCancel:
    payment = facts.payment
    if payment.alternate_eft_oid is not None:
        raise Refused(
            f"ASPIRE does not list Alternate EFT {payment.alternate_eft_oid} of payment {payment.reference} any "
            "more, so there is nothing to cancel there. Ask whoever runs ASPIRE what became of it.",
            rule="debit_gone",
            source=SOURCE,
        )
    if payment.sending in (Sending.SENDING, Sending.UNKNOWN, Sending.SENT):
        require_patience(payment, facts.events, facts.now)
        return WayToCancel(
            Way.NOT_FOUND,
            "ASPIRE answers that it has no debit with this reference, so it is canceled here and never sent "
            "again. Sync goes on looking, in case it turns up in ASPIRE all the same.",
        )
    return WayToCancel(
        Way.HERE, "It was never sent to ASPIRE, so it is canceled here at once and nobody is debited."
    )
