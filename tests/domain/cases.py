"""Hand-made cases for the rules; every part has a plain value that passes, so a row names only what it changes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from portal_admin.domain.access import AccessCase
from portal_admin.domain.offering import Holding, OfferCase
from portal_admin.domain.people import LinkedAccount, Site, Status
from portal_admin.domain.policy import PortalSettings
from portal_admin.domain.reading import Answer, Generations, Live, Stored
from portal_admin.domain.records import Account, Contract, Role
from portal_admin.domain.verdict import Edition, Verdict

NOW = datetime(2026, 11, 21, 20, 0, tzinfo=UTC)
QUARTER = timedelta(minutes=15)
MOMENT = timedelta(seconds=1)
FRESH = NOW - timedelta(minutes=5)
YOUNGER = NOW - 2 * QUARTER + MOMENT
EXACTLY = NOW - 2 * QUARTER
OLDER = NOW - 2 * QUARTER - MOMENT

CUSTOMER = Account(1, "A-001", "Prairie Hauling LLC")
GUARANTOR = Account(2, "A-002", "Ruth Olsen")
STRANGER = Account(3, "A-003", "Lakeside Dental PC")

PLAINS = Site(1, "plains", "Plains Portal", (), True, 1)
VENDOR = Site(2, "vendor", "Vendor Portal", ("VENDOR-X", "Zeta"), False, 1)
SITES = (PLAINS, VENDOR)


def linked(*accounts: Account) -> tuple[LinkedAccount, ...]:
    return tuple(LinkedAccount(a.oid, a.account_id, a.name) for a in accounts)


def contract(oid: int = 10, contract_id: str = "0012-0045", **changes: Any) -> Contract:
    """A booked, running contract without a label whose customer is CUSTOMER and whose guarantor is GUARANTOR."""
    plain: dict[str, Any] = {
        "is_booked": True,
        "is_terminated": False,
        "roles": (Role(1, "Customer"), Role(2, "Guarantor")),
        "booked_at": NOW - timedelta(days=100),
    }
    return Contract(oid, contract_id, **(plain | changes))


def read(fact: Any) -> Live[Any]:
    return Live(Answer.READ, NOW, fact)


ABSENT: Live[Any] = Live(Answer.ABSENT, NOW)
UNREAD: Live[Any] = Live(Answer.UNREAD, NOW, reason="ASPIRE did not answer within 8 seconds.")
NOTHING: Stored[Any] = Stored(None, FRESH)

SAME = object()


def access_case(stored: Contract | None = None, live: Any = SAME, **changes: Any) -> AccessCase:
    """An Active user linked to CUSTOMER; `stored` in a fresh snapshot, and ASPIRE says the same unless told."""
    as_of = changes.pop("as_of", FRESH)
    if live is SAME:
        live = ABSENT if stored is None else read(stored)
    plain: dict[str, Any] = {
        "contract_id": "0012-0045",
        "site": PLAINS,
        "status": Status.ACTIVE,
        "linked": linked(CUSTOMER),
        "stored": Stored(stored, as_of),
        "live": live,
        "generations": Generations(1, 1),
        "accounts": {a.oid: a for a in (CUSTOMER, GUARANTOR, STRANGER)},
        "sites": SITES,
        "settings": PortalSettings(),
        "now": NOW,
    }
    return AccessCase(**(plain | changes))


def holding(*contracts: Contract, account: Account = CUSTOMER) -> Holding:
    return Holding(account, contracts)


def offer_case(*contracts: Contract, live: Any = SAME, **changes: Any) -> OfferCase:
    """CUSTOMER with these contracts in a fresh snapshot, on the site of unlabelled contracts; ASPIRE says the same."""
    as_of = changes.pop("as_of", FRESH)
    stored = changes.pop("stored", SAME)
    held = holding(*contracts)
    plain: dict[str, Any] = {
        "account_id": "A-001",
        "site": PLAINS,
        "stored": Stored(held, as_of) if stored is SAME else stored,
        "live": read(held) if live is SAME else live,
        "similar": (),
        "settings": PortalSettings(edition=changes.pop("edition", Edition.E2026)),
        "now": NOW,
    }
    return OfferCase(**(plain | changes))


def results(verdict: Verdict) -> dict[str, str]:
    """What each check found, by name, in the order of the verdict."""
    return {check.name: check.result.value for check in verdict.checks}


def named(verdict: Verdict, result: str) -> set[str]:
    return {check.name for check in verdict.checks if check.result == result}
