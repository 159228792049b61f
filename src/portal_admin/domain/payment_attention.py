"""What a list of payments says of each, by what is written down of it alone (`why-is-the-payment-status-not-updating`)."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from portal_admin.domain.bank_returns import banking_day
from portal_admin.domain.payment_sending_rules import GRACE
from portal_admin.domain.payment_words import STATUS_WORDS
from portal_admin.domain.payments import SENT_WITHIN, Origin, PaymentStatus, PortalPayment, Sending

RETURNED = "Returned by the bank"
REFUSED = "Refused by ASPIRE, nothing was done"
UNKNOWN = "Outcome not known: look again"
NOT_SENT = "Not sent yet: look again"


def listed_words(payment: PortalPayment, *, returned: bool) -> str:
    """The payment's state in words that promise nothing; `returned` says that a return was learned of."""
    if returned:
        return RETURNED
    if payment.sending is Sending.REFUSED:
        return REFUSED
    if payment.status is PaymentStatus.PENDING and payment.origin is Origin.DESK:
        if payment.sending in (Sending.UNKNOWN, Sending.SENDING):
            return UNKNOWN
        if payment.sending is Sending.QUEUED:
            return NOT_SENT
    return STATUS_WORDS[payment.status]


def overdue(payment: PortalPayment, *, now: datetime, today: date) -> str | None:
    """Why it should have come further by now, None when it is in time; `today` is the company's day."""
    if payment.status is PaymentStatus.PENDING and now - payment.requested_at > SENT_WITHIN:
        return "It should have been sent to ASPIRE within 15 minutes."
    if payment.sending in (Sending.UNKNOWN, Sending.SENDING) and now - payment.requested_at > GRACE:
        return "What became of the request to ASPIRE is not known."
    if payment.status is PaymentStatus.SCHEDULED and banking_day(payment.pay_on) + timedelta(days=1) < today:
        return "Its day is past, and no posted batch is known to hold it."
    return None
