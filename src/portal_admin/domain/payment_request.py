"""What may be asked for when a payment is submitted: amount, day, and the bank account that pays (rule F)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from portal_admin.domain.cash_amount import amount_typed, in_currency
from portal_admin.domain.dates import day_words
from portal_admin.domain.payments import Origin, PaymentStatus, PortalPayment, Sending
from portal_admin.domain.site_policy import BankAccounts
from portal_admin.errors import InvalidInput, Refused

SOURCE = "can-users-pay-specific-invoices"
# ASPIRE takes hundredths (openapi.yaml).
SENT_DECIMALS = 2
# A debit that nobody will remember is a slip of the year. [D]
LATEST = timedelta(days=366)
# What payers are held to be: a broker's bank account is none of theirs. [D]
PAYERS = ("Customer", "Guarantor")
CUSTOMER = "customer"
FAQ = (
    "Let the caller add it on their portal's payment page, where the FAQ tells how a new account is set up, "
    "or have it added to the customer in ASPIRE first."
)


@dataclass(frozen=True, slots=True)
class PayingAccount:
    """A bank account of a party: `label` names bank, kind and last four digits; `refusal` says why it may not pay."""

    oid: int
    account_oid: int
    account_id: str
    label: str
    last_four: str
    is_business: bool | None
    refusal: str | None = None


def typed_amount(typed: str | Decimal, currency: str) -> Decimal:
    """An amount more than nothing, with no more decimals than its currency knows and ASPIRE takes; InvalidInput else.

    Taken strictly: 1,50 is refused, for somebody may mean one and a half and be debited a hundred and fifty.
    """
    amount = in_currency(amount_typed(typed), currency)
    if amount != round(amount, SENT_DECIMALS):
        raise InvalidInput("ASPIRE takes debits with at most two decimals.", field="amount")
    return amount


def checked_day(on: date, *, today: date) -> date:
    """Today by the company's time zone or later, within a year; InvalidInput otherwise."""
    if on < today:
        raise InvalidInput(
            f"A payment cannot be dated before today, {day_words(today)} in the company's time zone.",
            field="on",
        )
    if on > today + LATEST:
        raise InvalidInput("A payment can be dated at most a year ahead.", field="on")
    return on


def refusal_of(*, is_active: bool, roles: Iterable[str], is_linked: bool, policy: BankAccounts) -> str | None:
    """Why a bank account of a party in those roles may not pay; None when it may."""
    held = {role.casefold() for role in roles}
    if not is_active:
        return "It is not active in ASPIRE."
    if not held & {role.casefold() for role in PAYERS}:
        return "It belongs to a party that does not pay: neither Customer nor Guarantor."
    if policy is BankAccounts.EXISTING and not (CUSTOMER in held and is_linked):
        return (
            "This site allows only existing accounts: it must be in ASPIRE for the contract's customer that "
            f"the user is linked to. {FAQ}"
        )
    return None


def require_no_other(found: Iterable[PortalPayment], *, on: date, again: bool) -> None:
    """Refused when the same amount is under way for the contract already.

    One of unknown outcome, or not sent yet, must be settled first, whatever is asked for: that is how a caller would
    pay twice. One that is known may be repeated on purpose, `again`.
    """
    for one in found:
        if one.status is PaymentStatus.CANCELED:
            continue
        if one.origin is Origin.DESK and one.sending is not Sending.SENT:
            raise Refused(
                f"Payment {one.reference} of the same amount for this contract is not settled: look at it again "
                "before another one is submitted, so that nothing is debited twice.",
                rule="unsettled_payment",
            )
        if one.pay_on == on and not again:
            raise Refused(
                f"Payment {one.reference} of the same amount for this contract and day is there already. "
                "Submit again only if the caller wants to pay twice.",
                rule="likely_duplicate",
            )
