"""Rule G: how often each class of ASPIRE data reaches the portal, and when a stored fact is too old to rely on."""

from __future__ import annotations

from datetime import datetime, timedelta

SOURCE = "how-often-is-data-updated-in-the-portal-from-aspire"
SETUP_SOURCE = "keeping-your-customer-portal-data-up-to-date"

QUARTER_HOUR = timedelta(minutes=15)
DAY = timedelta(days=1)

# `how-often-is-data-updated-in-the-portal-from-aspire`: most data every 15 minutes, these three once a day.
CADENCES: dict[str, timedelta] = {
    "accounts": QUARTER_HOUR,
    "contacts": QUARTER_HOUR,
    "contracts": QUARTER_HOUR,
    "private_labels": QUARTER_HOUR,
    "contract": QUARTER_HOUR,
    "invoices": QUARTER_HOUR,
    "payments": QUARTER_HOUR,
    "alternate_efts": QUARTER_HOUR,
    "bank_accounts": QUARTER_HOUR,
    "amortization": DAY,
    "credit_lines": DAY,
    "equipment": DAY,
}

DATA_WORDS: dict[str, str] = {
    "accounts": "accounts",
    "contacts": "contacts",
    "contracts": "contracts and their roles",
    "private_labels": "private labels",
    "contract": "contract details",
    "invoices": "invoices",
    "payments": "payments",
    "alternate_efts": "Alternate EFTs",
    "bank_accounts": "bank accounts",
    "amortization": "amortization schedules",
    "credit_lines": "lines of credit",
    "equipment": "assets and serial numbers",
}

OPERATING_LEASE = "OperatingLease"


def is_stale(as_of: datetime | None, now: datetime, cadence: timedelta) -> bool:
    """A fact older than twice its cadence, or never read, is stale; one of exactly twice its cadence is not."""
    return as_of is None or now - as_of > 2 * cadence


def next_due(as_of: datetime | None, now: datetime, cadence: timedelta) -> datetime:
    """When the next sync of a class last read at `as_of` is expected; an overdue one is expected now."""
    return now if as_of is None else max(now, as_of + cadence)


def has_schedule(contract_type: str | None) -> bool:
    """Operating leases never have an amortization schedule (`keeping-your-customer-portal-data-up-to-date`)."""
    return contract_type != OPERATING_LEASE
