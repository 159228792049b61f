"""Which status the portal should show for a payment, by the evidence (`why-is-the-payment-status-not-updating`)."""

from __future__ import annotations

from portal_admin.domain.payment_facts import PaymentFacts
from portal_admin.domain.payments import PaymentStatus, Sending

SOURCE = "why-is-the-payment-status-not-updating"

# No batch evidence that is missing now takes back what batch evidence once showed.
FINAL = frozenset({PaymentStatus.PAID})


def status_from(facts: PaymentFacts) -> PaymentStatus:
    """The status that the evidence proves; where a deciding fact could not be read, the one that the portal shows.

    Cancelled and processed entries look alike (Payments 0; Payments Processed 1, or 0 by another article): only a
    posted batch makes a payment Paid, and only a whole list of batches without it makes it Canceled.
    """
    shown = facts.payment.status
    if facts.posted_batch is not None:
        return PaymentStatus.PAID
    if shown in FINAL:
        return shown
    if facts.debit is not None:
        return _of_debit(facts)
    if not facts.alternate_efts.is_known or facts.payment.alternate_eft_oid is not None:
        return shown  # unread, or ASPIRE lost what the portal knows it had: neither proves anything
    return _unsent(facts)


def is_cancelled(facts: PaymentFacts) -> bool:
    """Whether it is proven that the entry was cancelled without having been in a batch."""
    return (
        facts.debit is not None
        and facts.debit.payments == 0
        and facts.batches_complete
        and not facts.holding
        and not facts.postings
    )


def _of_debit(facts: PaymentFacts) -> PaymentStatus:
    debit, shown = facts.debit, facts.payment.status
    if debit is not None and debit.payments > 0:
        return PaymentStatus.PENDING_CANCEL if _is_cancelling(facts) else PaymentStatus.SCHEDULED
    return PaymentStatus.CANCELED if is_cancelled(facts) else shown


def _is_cancelling(facts: PaymentFacts) -> bool:
    return facts.cancel_asked is not None or (
        facts.payment.status is PaymentStatus.PENDING_CANCEL and not facts.cancel_refused
    )


def _unsent(facts: PaymentFacts) -> PaymentStatus:
    """ASPIRE has no entry of it: one that it refused will never debit anybody; of others the portal's word stands."""
    return PaymentStatus.CANCELED if facts.payment.sending is Sending.REFUSED else facts.payment.status
