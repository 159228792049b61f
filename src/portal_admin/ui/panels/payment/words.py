"""How payments are told in the window."""

from __future__ import annotations

from decimal import Decimal

from PySide6.QtCore import QCoreApplication, QLocale

from portal_admin.domain.money import exponent
from portal_admin.domain.payment_steps import StepState
from portal_admin.domain.payments import PaymentStatus, PortalPayment, Sending
from portal_admin.ui.theme import Meaning


def tr(text: str) -> str:
    """In the language in use."""
    return QCoreApplication.translate("Payments", text)


# No choice of invoice anywhere: people ask for it, so the page says why.
NO_INVOICES = (
    "A payer chooses a contract, never an invoice: the payment becomes one debit of the contract, and ASPIRE's cash "
    "application rules decide which charges it pays."
)
STATE_MARKS: dict[StepState, tuple[Meaning, str]] = {
    StepState.DONE: (Meaning.GOOD, "check"),
    StepState.WAITING: (Meaning.NEUTRAL, "clock"),
    StepState.OVERDUE: (Meaning.ATTENTION, "warning"),
    StepState.FAILED: (Meaning.BAD, "cross"),
    StepState.UNKNOWN: (Meaning.UNKNOWN, "question"),
    StepState.NOT_REACHED: (Meaning.NEUTRAL, "minus"),
}


def state_words(state: StepState) -> str:
    """How far a step is, for those who do not see its mark."""
    return {
        StepState.DONE: tr("done"),
        StepState.WAITING: tr("waiting"),
        StepState.OVERDUE: tr("overdue"),
        StepState.FAILED: tr("failed"),
        StepState.UNKNOWN: tr("not known"),
        StepState.NOT_REACHED: tr("not reached"),
    }[state]


def amount_text(amount: Decimal, currency: str) -> str:
    """`1,075.00`, as the machine's language writes it, exact however large."""
    locale = QLocale()
    places = exponent(currency)
    plain = f"{abs(amount):.{places}f}"
    whole, _, rest = plain.partition(".")
    grouped = locale.toString(int(whole)) if len(whole) < 19 else whole
    sign = "-" if amount < 0 else ""
    return f"{sign}{grouped}{locale.decimalPoint()}{rest}" if rest else f"{sign}{grouped}"


def money_text(payment: PortalPayment) -> str:
    """The amount with its currency."""
    return f"{amount_text(payment.amount, payment.currency)} {payment.currency}"


def meaning_of(payment: PortalPayment, *, returned: bool, overdue: bool) -> tuple[Meaning | None, str | None]:
    """The colour and the mark of a payment in a list."""
    if returned or payment.sending is Sending.REFUSED:
        return Meaning.BAD, "cross"
    if payment.sending in (Sending.UNKNOWN, Sending.SENDING):
        return Meaning.UNKNOWN, "question"
    if overdue:
        return Meaning.ATTENTION, "warning"
    if payment.status is PaymentStatus.PAID:
        return Meaning.NEUTRAL, "check"
    return None, None
