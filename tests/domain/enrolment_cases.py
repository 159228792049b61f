"""Hand-made cases for rule D; every part has a plain value that is accepted, so a row names only what it changes."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

from portal_admin.domain.enrolment import EnrolmentCase
from portal_admin.domain.enrolment_facts import Holder, customers_of
from portal_admin.domain.enrolment_typed import Typed
from portal_admin.domain.reading import Live, Stored
from portal_admin.domain.records import Account, Contact, Contract, Location, Role
from portal_admin.domain.verdict import Edition
from tests.domain.cases import ABSENT, FRESH, NOW, PLAINS, SITES, contract, read

OMAHA = Location(postal_code="68114-1234", country="US", email="billing@prairie.example")
PRAIRIE = Account(1, "A-001", "Prairie Hauling LLC", "ap@prairie.example; cfo@prairie.example")
DANA = Account(2, "A-002", "Dana Whitfield", "dana@whitfield.example")
DENTAL = Account(3, "A-003", "Lakeside Dental PC", "office@dental.example")
OLSEN = Contact(1, 1, "R. Olsen", "rolsen@prairie.example")
LEASE = contract(bill_to=OMAHA)
TYPED = Typed("rolsen@prairie.example", "68114", "0012-0045", "Ruth", "Olsen")
QUARTER = timedelta(minutes=15)
SAME = object()


def prairie(*contracts: Contract, email: str | None = PRAIRIE.email, contact: str | None = None) -> Holder:
    """The customer with one contact, on LEASE alone unless told."""
    account = replace(PRAIRIE, email=email)
    found = OLSEN if contact is None else replace(OLSEN, email=contact)
    return Holder(account, (found,), contracts or (LEASE,))


def guarantor(*contracts: Contract) -> Holder:
    return Holder(DANA, (), contracts or (LEASE,))


def dental(*contracts: Contract) -> Holder:
    own = contract(20, "0020-0001", roles=(Role(3, "Customer"),), bill_to=OMAHA)
    return Holder(DENTAL, (), contracts or (own,))


def enrolment_case(
    stored: Contract | None = LEASE,
    holders: tuple[Holder, ...] | None = None,
    *,
    live: Any = SAME,
    live_holders: Any = SAME,
    as_of: Any = FRESH,
    edition: Edition = Edition.E2026,
    **changes: Any,
) -> EnrolmentCase:
    """A contact of the customer enters the customer's contract; ASPIRE says the same unless told.

    `holders` are all accounts there are; the case holds those that have the address typed.
    """
    everybody = (prairie(),) if holders is None else holders
    typed = replace(TYPED, **{k: changes.pop(k) for k in tuple(changes) if k in Typed.__dataclass_fields__})
    having = tuple(one for one in everybody if typed.address in one.emails)
    if live is SAME:
        live = ABSENT if stored is None else read(stored)
    live_having: Live[Any] = read(having) if live_holders is SAME else live_holders
    known = stored or live.fact
    plain: dict[str, Any] = {
        "typed": typed,
        "site": PLAINS,
        "sites": SITES,
        "contract": (Stored(stored, as_of), live),
        "contract_cadence": QUARTER,
        "holders": (Stored(None if as_of is None else having, as_of), live_having),
        "holders_cadence": QUARTER,
        "customers": {
            one.account.oid: one for one in everybody if known and one.account.oid in customers_of(known)
        },
        "user": None,
        "edition": edition,
        "now": NOW,
    }
    return EnrolmentCase(**(plain | changes))
