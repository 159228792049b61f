"""Caller situations that every generated portfolio holds at its lowest Oids, so that a demo can rely on them.

Sites they assume: NORTHWIND takes unlabelled contracts and "Northwind"; PRAIRIE takes "PRAIRIE" and "Prairie West";
EASTCOAST takes "EASTERN"; the label "LEGACY" is mapped to no site.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from portal_admin.sandbox import case_payments
from portal_admin.sandbox.deals import Deal, amortization, equipment, invoices, later, payments, whole
from portal_admin.sandbox.portfolio import Record, iso, microseconds
from portal_admin.sandbox.words import EASTERN, EQUIPMENT, LEGACY, NORTHWIND, PRAIRIE


@dataclass(frozen=True, slots=True)
class Case:
    """A call to try: who calls on which site, linked to which accounts, asking about which contract, and why it is so."""

    key: str
    title: str
    says: str
    site: str
    email: str
    first_name: str
    last_name: str
    accounts: tuple[str, ...]  # AccountIds the end user is, or would be, linked to
    contract: str  # the ContractId asked about
    has_user: bool = True  # whether the end user exists already, or the call is to get one


PLAIN = Case(
    "plain",
    "Everything is in order",
    "What is my next payment on the trailer?",
    "NORTHWIND",
    "maria.olsen@prairiehauling.example",
    "Maria",
    "Olsen",
    ("A-90001",),
    "NW-24-0117",
)
CLOSED = Case(
    "closed",
    "A finished contract, under Closed",
    "My paid-off mower lease has gone.",
    "NORTHWIND",
    "tom.reyes@redcedar.example",
    "Tom",
    "Reyes",
    ("A-90003",),
    "NW-19-0032",
)
UNMAPPED_LABEL = Case(
    "unmapped_label",
    "The label is mapped to no site",
    "I see one lease but not the dental chairs.",
    "NORTHWIND",
    "grace.kim@kimdental.example",
    "Grace",
    "Kim",
    ("A-90004",),
    "LG-21-0008",
)
NOT_BOOKED = Case(
    "not_booked",
    "Signed, but not booked yet",
    "I signed for the excavator last week.",
    "NORTHWIND",
    "bill.novak@novaksons.example",
    "Bill",
    "Novak",
    ("A-90005",),
    "NW-26-0201",
)
BOOKED_JUST_NOW = Case(
    "booked_just_now",
    "Booked four minutes ago",
    "Your colleague just activated our scanner lease.",
    "PRAIRIE",
    "anita.rao@raoimaging.example",
    "Anita",
    "Rao",
    ("A-90006",),
    "PR-26-0311",
)
LOOK_ALIKE = Case(
    "look_alike",
    "Linked to the wrong one of two like-named accounts",
    "I see a contract that is not ours, and ours is missing.",
    "NORTHWIND",
    "steve.hart@prairiehauling.example",
    "Steve",
    "Hart",
    ("A-90002",),
    "NW-25-0140",
)
GUARANTOR = Case(
    "guarantor",
    "A guarantor asks",
    "I guaranteed my daughter's orchard loan.",
    "PRAIRIE",
    "dana.whitfield@home.example",
    "Dana",
    "Whitfield",
    ("A-90007",),
    "PR-24-0188",
)
ALL_TERMINATED = Case(
    "all_terminated",
    "All contracts ended: cannot be newly linked",
    "I want a login to see our old quarry leases.",
    "PRAIRIE",
    "pat.grant@granitepeak.example",
    "Pat",
    "Grant",
    ("A-90009",),
    "PR-18-0011",
    has_user=False,
)
OTHER_SITE = Case(
    "other_site",
    "The label belongs to another site",
    "My boat lease is not in the portal.",
    "NORTHWIND",
    "lucia.fernandez@harborlight.example",
    "Lucía",
    "Fernández",
    ("A-90010",),
    "EC-25-0064",
)
OPERATING_LEASE = Case(
    "operating_lease",
    "An operating lease has no amortization schedule",
    "Where is the amortization schedule?",
    "EASTCOAST",
    "omar.haddad@tidewaterprint.example",
    "Omar",
    "Haddad",
    ("A-90011",),
    "EC-24-0150",
)
CHANGED_BALANCE = Case(
    "changed_balance",
    "The balance changed in ASPIRE after the sync",
    "I paid extra this morning, the balance is the old one.",
    "EASTCOAST",
    "june.park@baysidebrewing.example",
    "June",
    "Park",
    ("A-90012",),
    "EC-23-0044",
)

CASES = (
    *(PLAIN, CLOSED, UNMAPPED_LABEL, NOT_BOOKED, BOOKED_JUST_NOW, LOOK_ALIKE),
    *(GUARANTOR, ALL_TERMINATED, OTHER_SITE, OPERATING_LEASE, CHANGED_BALANCE),
)

# What the demo changes in ASPIRE once it has synced: (list, Oid, fields), for `Sandbox.patch`.
CHANGED_BALANCE_OID = 21
AFTER_SYNC: tuple[tuple[str, int, dict[str, Any]], ...] = (
    ("Contracts", CHANGED_BALANCE_OID, {"RemainingBalance": "18250.00", "RemainingPayments": 12}),
)

# AccountOid: name, email, city, state, postal code, country
_ACCOUNTS: dict[int, tuple[str, str | None, str, str, str, str]] = {
    1: (
        "Prairie Hauling LLC",
        "ap@prairiehauling.example; cfo@prairiehauling.example",
        "Omaha",
        "NE",
        "68114-1234",
        "US",
    ),
    2: ("Prairie Hauling, L.L.C.", "office@prairie-hauling.example", "Grand Island", "NE", "68801", "US"),
    3: ("Red Cedar Landscaping Inc.", "office@redcedar.example", "Lincoln", "NE", "68508", "US"),
    4: (
        "Kim Family Dental PC",
        "billing@kimdental.example, office@kimdental.example",
        "Des Moines",
        "IA",
        "50309",
        "US",
    ),
    5: ("Novak & Sons Excavating LLC", "books@novaksons.example", "Sioux City", "IA", "51101", "US"),
    6: ("Rao Imaging Center LLC", "admin@raoimaging.example", "Denver", "CO", "80202", "US"),
    7: ("Dana Whitfield", "dana.whitfield@home.example", "Fresno", "CA", "93721", "US"),
    8: ("Whitfield Orchards LLC", "orchard@whitfield.example", "Fresno", "CA", "93722", "US"),
    9: ("Granite Peak Quarry Inc.", "books@granitepeak.example", "Billings", "MT", "59101", "US"),
    10: ("Harbor Light Seafood Co.", "ap@harborlight.example", "Portland", "ME", "04101", "US"),
    11: ("Tidewater Print & Mail Inc.", "ap@tidewaterprint.example", "Norfolk", "VA", "23510", "US"),
    12: ("Bayside Brewing Co.", "taps@baysidebrewing.example", "Halifax", "NS", "B3J 1S9", "CA"),
    13: ("Summit Capital Brokers LLC", "deals@summitcapital.example", "Chicago", "IL", "60601", "US"),
}

# Contracts by Oid: ContractId, label, Customer's AccountOid, months since it started, and what is different.
_CONTRACTS: dict[int, tuple[str, str | None, int, int, dict[str, Any]]] = {
    1: ("NW-24-0117", None, 1, 21, {"roles": ((1, "Customer"), (13, "Broker")), "autopay": True}),
    2: (
        "NW-25-0140",
        NORTHWIND,
        1,
        11,
        {
            "payment": 184_550,
            "overdue": 2,
            "taxed": True,
            "method": "PriorityPost",
            "equipment": EQUIPMENT[3],
        },
    ),
    3: ("NW-22-0077", None, 2, 40, {"payment": 61_200}),
    4: ("NW-19-0032", None, 3, 75, {"ended": 12, "equipment": EQUIPMENT[2]}),
    5: ("NW-24-0033", None, 3, 16, {"payment": 92_000, "equipment": EQUIPMENT[2]}),
    6: ("LG-21-0008", LEGACY, 4, 50, {"equipment": EQUIPMENT[5]}),
    7: ("NW-25-0009", NORTHWIND, 4, 9, {"equipment": EQUIPMENT[12], "payment": 38_900, "overdue": 1}),
    8: ("NW-26-0201", None, 5, 0, {"booked": False, "equipment": EQUIPMENT[1], "payment": 412_000}),
    9: (
        "NW-23-0099",
        "  ",
        5,
        30,
        {
            "payment": 298_000,
            "overdue": 1,
            "taxed": True,
            "method": "BalanceForwardProrated",
            "equipment": EQUIPMENT[15],
        },
    ),
    10: ("PR-26-0311", PRAIRIE, 6, 0, {"minutes": 4, "equipment": EQUIPMENT[4], "payment": 690_000}),
    11: (
        "PR-24-0188",
        "prairie west ",
        8,
        20,
        {"roles": ((8, "Customer"), (7, "Guarantor")), "contract_type": "Loan"},
    ),
    12: ("PR-17-0005", PRAIRIE, 9, 100, {"ended": 40, "equipment": EQUIPMENT[15]}),
    13: ("PR-18-0011", PRAIRIE, 9, 90, {"ended": 28, "equipment": EQUIPMENT[1]}),
    14: (
        "EC-25-0064",
        EASTERN,
        10,
        10,
        {"contract_type": "Loan", "payment": 233_000, "equipment": EQUIPMENT[11]},
    ),
    15: (
        "NW-25-0065",
        None,
        10,
        10,
        {"equipment": EQUIPMENT[11], "payment": 71_000, "overdue": 1, "method": "PriorityPostOldestDueBy"},
    ),
    20: ("EC-24-0150", EASTERN, 11, 19, {"contract_type": "OperatingLease", "equipment": EQUIPMENT[9]}),
    21: ("EC-23-0044", EASTERN, 12, 26, {"equipment": EQUIPMENT[10], "currency": "CAD", "payment": 154_300}),
    22: ("EC-16-0002", EASTERN, 11, 100, {"evergreen": True, "payment": 20_000, "equipment": EQUIPMENT[13]}),
}

# Contacts: ContactOid, AccountOid, name, email
_CONTACTS = (
    *(
        (1, 1, "Maria Olsen", PLAIN.email),
        (2, 1, "Steve Hart", LOOK_ALIKE.email),
        (3, 3, "Tom Reyes", CLOSED.email),
    ),
    *((4, 4, "Grace Kim", UNMAPPED_LABEL.email), (5, 5, "Bill Novak", NOT_BOOKED.email)),
    *((6, 6, "Anita Rao", BOOKED_JUST_NOW.email), (7, 9, "Pat Grant", ALL_TERMINATED.email)),
    *((8, 10, "Lucía Fernández", OTHER_SITE.email), (9, 11, "Omar Haddad", OPERATING_LEASE.email)),
    *(
        (10, 12, "June Park", CHANGED_BALANCE.email),
        (11, 13, "Corinne Wexler", "corinne@summitcapital.example"),
    ),
)


def case_lists(now: datetime, contracts: int) -> dict[str, list[Record]]:
    """The records of all cases as a portfolio's lists, as of `now`; at most so many contracts."""
    today = now.date()
    changed = iso(datetime.combine(today - timedelta(days=2), time(9), UTC))
    accounts = [_account(oid, changed) for oid in _ACCOUNTS]
    deals = [_deal(oid, now, accounts) for oid in sorted(_CONTRACTS)[:contracts]]
    by_oid = {deal.oid: deal for deal in deals}
    received = [record for deal in deals for record in payments(deal, today)]
    schedules = (amortization(deal) for deal in deals)
    return {
        "Accounts": accounts,
        "Contacts": [
            {
                "ContactOid": oid,
                "AccountOid": account,
                "Name": name,
                "Email": email,
                "LastChangeDateTime": changed,
            }
            for oid, account, name, email in _CONTACTS
        ],
        "Contracts": [whole(deal, today, deal.roles[0][0] * 10 + 1) for deal in deals],
        "Invoices": [record for deal in deals for record in invoices(deal, today)],
        "Payments": list(case_payments.posted(by_oid, now, received)),
        "AlternateEfts": list(case_payments.alternate_efts(by_oid, now)),
        "EftBatches": list(case_payments.batches(by_oid, now)),
        "Equipment": [record for deal in deals for record in equipment(deal)],
        "Amortization": [schedule for schedule in schedules if schedule],
        "BankAccounts": list(_bank_accounts()),
        "CreditLines": [{"AccountOid": 1, "Amount": "250000.00", "Available": "90000.00", "Currency": "USD"}],
    }


def _account(oid: int, changed: str) -> Record:
    name, email, city, state, postal_code, country = _ACCOUNTS[oid]
    address = {
        "Line1": f"{oid}00 Main St",
        "City": city,
        "State": state,
        "PostalCode": postal_code,
        "Country": country,
    }
    return {
        "AccountOid": oid,
        "AccountId": f"A-{90_000 + oid}",
        "Name": name,
        "Email": email,
        "Status": "Active",
        "AccountType": "Individual" if oid == 7 else "Business",
        "Phone": f"402-555-{oid:04d}",
        "MainLocation": {"Name": "Office", **address},
        "LastChangeDateTime": changed,
    }


def _deal(oid: int, now: datetime, accounts: list[Record]) -> Deal:
    contract_id, label, customer, age, different = _CONTRACTS[oid]
    fields = dict(different)
    today = now.date()
    booked, minutes, ended = (
        fields.pop("booked", True),
        fields.pop("minutes", None),
        fields.pop("ended", None),
    )
    start = later(date(today.year, today.month, 5), -age)
    booked_at = now - timedelta(minutes=minutes) if minutes else datetime.combine(start, time(15), UTC)
    account = accounts[customer - 1]
    return Deal(
        oid=oid,
        contract_id=contract_id,
        contract_type=fields.pop("contract_type", "CapitalLease"),
        roles=fields.pop("roles", ((customer, "Customer"),)),
        label=label,
        bill_to={**account["MainLocation"], "Name": "Accounts Payable", "Email": account["Email"]},
        start=start,
        stamp=microseconds(
            booked_at if minutes else datetime.combine(today - timedelta(days=2), time(9), UTC)
        ),
        booked_at=booked_at if booked else None,
        terminated_on=later(date(today.year, today.month, 5), -ended) if ended else None,
        **fields,
    )


def _bank_accounts() -> Iterator[Record]:
    for oid, (name, *_) in _ACCOUNTS.items():
        yield {
            "BankAccountOid": oid * 10 + 1,
            "AccountOid": oid,
            "BankName": "First National",
            "NameOnAccount": name,
            "NickName": "Operating",
            "RoutingNumber": "104000016",
            "AccountNumber": f"00{oid * 7_919_331 % 10**9:09d}",
            "AccountType": "Checking",
            "IsBusiness": oid != 7,
            "IsActive": True,
        }
