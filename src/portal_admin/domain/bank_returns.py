"""Banking days, and what a bank says when it sends a debit back.

The codes and their words are NACHA's, public and the same at every bank; the vendor's articles name R01 alone.
"""

from __future__ import annotations

from datetime import date, timedelta

SATURDAY = 5
# Banks send most debits back within two banking days of settlement; posting takes its time too. An advice, no rule. [I]
RETURN_DAYS = 5
# ASPIRE posts what the bank file took to the contract by the next banking day or the one after. [I]
POSTING_DAYS = 2

REASONS = {
    "R01": "insufficient funds",
    "R02": "the account is closed",
    "R03": "no such account, or it is not the named person's",
    "R04": "the account number is invalid",
    "R05": "a business debit that the consumer did not authorize",
    "R06": "sent back at the request of the sending bank",
    "R07": "the customer revoked the authorization",
    "R08": "the customer stopped the payment",
    "R09": "uncollected funds",
    "R10": "the customer says it was not authorized",
    "R11": "the customer says it was not as authorized",
    "R12": "the account was sold to another bank",
    "R13": "the routing number is invalid",
    "R14": "the account's representative has died",
    "R15": "the account's owner has died",
    "R16": "the account is frozen",
    "R17": "the bank could not process the entry as sent",
    "R20": "the account takes no debits",
    "R21": "the company identification is invalid",
    "R22": "the individual's identification is invalid",
    "R24": "a duplicate entry",
    "R29": "the business says it was not authorized",
    "R31": "sent back late, as the sending bank permitted",
    "R51": "a re-presented check was not eligible",
}
RETRYABLE = frozenset({"R01", "R09"})
ACCOUNT_WRONG = frozenset({"R02", "R03", "R04", "R12", "R13", "R16", "R20"})
DISPUTED = frozenset({"R05", "R07", "R08", "R10", "R11", "R29"})


def reason_words(code: str | None) -> str:
    """`insufficient funds (R01)`; an unknown code is shown as it is."""
    if not code:
        return "no reason given"
    words = REASONS.get(code.strip().upper())
    return f"{words} ({code.strip().upper()})" if words else f"reason {code.strip()}"


def reason_advice(code: str | None) -> str:
    """What helps after such a return; to be checked with the caller's bank."""
    known = (code or "").strip().upper()
    if known in RETRYABLE:
        return "Ask first whether the bank tries it again; if not, a new payment can be made once the account is funded."
    if known in ACCOUNT_WRONG:
        return "The bank account has to be put right before another payment is made."
    if known in DISPUTED:
        return "Make no further debit before the authorization is cleared with the customer."
    return "Ask the finance company's bank what the reason means before another payment is made."


def is_banking_day(day: date) -> bool:
    """Monday to Friday; bank holidays are not known here, so every date told from this is an *about*."""
    return day.weekday() < SATURDAY


def banking_day(day: date) -> date:
    """The day itself, or the Monday after a weekend."""
    return day + timedelta(days=max(0, 7 - day.weekday()) if day.weekday() >= SATURDAY else 0)


def banking_days_after(day: date, count: int) -> date:
    """So many banking days later."""
    for _ in range(count):
        day = banking_day(day + timedelta(days=1))
    return day
