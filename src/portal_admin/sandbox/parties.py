"""Generated accounts with their contacts, addresses and bank accounts, each computed from the seed and its Oid."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from functools import lru_cache

from portal_admin.sandbox.deals import money
from portal_admin.sandbox.dice import Dice
from portal_admin.sandbox.portfolio import EPOCH, Record, iso
from portal_admin.sandbox.words import (
    BANKS,
    CA_CITIES,
    FIRST_NAMES,
    LONG_NAME,
    OTHER_CITIES,
    PLACES,
    REPS,
    STREETS,
    SUFFIXES,
    SURNAMES,
    TITLES,
    TRADES,
    UNICODE_NAMES,
    US_CITIES,
)

# Accounts come in blocks of eight that deal only with each other; these places in a block have a part of their own.
BLOCK = 8
GUARANTOR, LOOK_ALIKE, BROKER = 5, 6, 7
BILL_TO = "Accounts Payable"

# One near-equal way to write a name.
RESPELLED = (
    *((" LLC", ", L.L.C."), (" Inc.", " Incorporated"), (" & ", " and "), (" Co.", " Company")),
    *((" Corp.", " Corporation"), (" LP", ", L.P."), (" Ltd.", " Limited"), (" ", "  ")),
)


class Parties:
    """Accounts 1 to n of a seed, numbered from 0 here; `base` is added to get their Oids."""

    def __init__(self, seed: int, base: int) -> None:
        self._seed = seed
        self._base = base
        # A page of contracts meets each account several times in a row.
        self.account = lru_cache(maxsize=256)(self._account)
        self.head = lru_cache(maxsize=256)(self._head)

    def _head(self, number: int) -> tuple[str, str, str | None]:
        """The account's name, its email domain and its Email."""
        dice = Dice(self._seed, "head", number)
        name = self._name(number, dice)
        domain = _domain(name, number)
        return name, domain, _email(dice, domain)

    def _account(self, number: int) -> Record:
        """The account without its LastChangeDateTime."""
        name, _, email = self.head(number)
        dice = Dice(self._seed, "account", number)
        city = _city(dice)
        address = {**city, "Line1": f"{100 + dice.below(8900)} {dice.of(STREETS)}", "Line2": None}
        if dice.chance(12):
            address["Line2"] = f"Suite {100 + dice.below(300)}"
        oid = self._base + 1 + number
        return {
            "AccountOid": oid,
            "AccountId": account_id(oid),
            "Name": name,
            "Email": email,
            "Status": "Active",
            "AccountType": "Individual" if number % BLOCK == GUARANTOR else "Business",
            "Phone": f"{201 + dice.below(700)}-555-{dice.below(10_000):04d}",
            "MainLocation": {"Name": "Office", **address, "Email": None},
            "CustomerServiceRep": dice.of(REPS),
            "IsPaperless": dice.chance(60),
        }

    def _name(self, number: int, dice: Dice) -> str:
        place = number % BLOCK
        if place == GUARANTOR:
            return f"{dice.of(FIRST_NAMES)} {dice.of(SURNAMES)}"
        if place == LOOK_ALIKE and number // BLOCK % 4 == 0:
            return _respelled(self.head(number - LOOK_ALIKE)[0])
        if place == BROKER:
            return f"{dice.of(PLACES)} {dice.of(SURNAMES)} Capital Brokers {dice.of(SUFFIXES)}"
        if number % 89 == 17:
            return f"{UNICODE_NAMES[number // 89 % len(UNICODE_NAMES)]} {dice.of(PLACES)}"
        if number % 211 == 33:
            return f"{LONG_NAME} No. {number}"[:200]
        return _business(dice)

    def bill_to(self, number: int, email: str | None) -> Record:
        """A Bill-To Location of the account; postal codes as people type them."""
        location = self.account(number)["MainLocation"]
        return {
            "Name": BILL_TO,
            "Line1": location["Line1"],
            "Line2": location["Line2"],
            "City": location["City"],
            "State": location["State"],
            "PostalCode": location["PostalCode"],
            "Country": location["Country"],
            "Email": email,
        }

    def contacts(self, number: int) -> Iterator[Record]:
        """One contact, or two for every third account; none of them is on a contract."""
        account = self.account(number)
        domain = self.head(number)[1]
        for place in range(2 if number % 3 == 0 else 1):
            dice = Dice(self._seed, "contact", 2 * number + place)
            first, last = dice.of(FIRST_NAMES), dice.of(SURNAMES)
            email = f"{first}.{last}@{domain}".lower()
            if dice.chance(5):
                email += f"{dice.of((', ', ';', '; '))}{first[0]}{last}@home.example".lower()
            yield {
                "ContactOid": self._base + 1 + 2 * number + place,
                "AccountOid": account["AccountOid"],
                "Name": f"{first} {last}",
                "Email": None if dice.chance(6) else email,
                "FirstName": first,
                "LastName": last,
                "Title": dice.of(TITLES),
                "Phone": account["Phone"],
                "IsActive": True,
            }

    def bank_accounts(self, number: int) -> Iterator[Record]:
        """None, one or two; the numbers are whole."""
        account = self.account(number)
        dice = Dice(self._seed, "bank", number)
        for place in range(dice.of((0, 1, 1, 1, 2))):
            bank, routing = dice.of(BANKS)
            yield {
                "BankAccountOid": account["AccountOid"] * 10 + 1 + place,
                "AccountOid": account["AccountOid"],
                "BankName": bank,
                "NameOnAccount": account["Name"],
                "NickName": ("Operating", "Payroll")[place],
                "RoutingNumber": routing,
                "AccountNumber": f"{dice.below(10**11):012d}",
                "AccountType": "Savings" if dice.chance(10) else "Checking",
                "IsBusiness": account["AccountType"] == "Business",
                "IsActive": place == 0 or dice.chance(70),
            }

    def credit_lines(self, number: int) -> Iterator[Record]:
        """One for every twentieth account."""
        if number % 20 != 3:
            return
        dice = Dice(self._seed, "credit", number)
        limit = (5 + dice.below(60)) * 1_000_000
        drawn = limit * dice.below(95) // 100
        oid = self._base + 1 + number
        yield {
            "CreditLineOid": oid,
            "AccountOid": oid,
            "Description": "Equipment line of credit",
            "Amount": money(limit),
            "Available": money(limit - drawn),
            "Outstanding": money(drawn),
            "Currency": "USD",
            "Status": "Active",
        }


def stamped(record: Record, stamp: int) -> Record:
    """The record with its LastChangeDateTime."""
    return {**record, "LastChangeDateTime": iso(EPOCH + timedelta(microseconds=stamp))}


# Visible ids look random but can be turned back into the Oid: a multiplication that is undone by another one.

ACCOUNT_SPAN, ACCOUNT_FACTOR = 10**7, 7_368_787
CONTRACT_SPAN, CONTRACT_FACTOR = 10**8, 38_177_861
ACCOUNT_BACK = pow(ACCOUNT_FACTOR, -1, ACCOUNT_SPAN)
CONTRACT_BACK = pow(CONTRACT_FACTOR, -1, CONTRACT_SPAN)


def account_id(oid: int) -> str:
    """The visible id, in one of four customs."""
    number = oid * ACCOUNT_FACTOR % ACCOUNT_SPAN
    match oid % 4:
        case 0:
            return f"A-{number:07d}"
        case 1:
            return f"{number:08d}"
        case 2:
            return f"C{number:07d}"
        case _:
            return f"{number // 1000:04d}-{number % 1000:03d}"


def contract_id(oid: int) -> str:
    """The visible id, in one of four customs."""
    number = oid * CONTRACT_FACTOR % CONTRACT_SPAN
    match oid % 4:
        case 0:
            return f"{number // 10_000:04d}-{number % 10_000:04d}"
        case 1:
            return f"{number:09d}"
        case 2:
            return f"L-{number:08d}"
        case _:
            return f"{number // 100:06d}-{number % 100:02d}A"


def account_oid(key: str) -> int:
    """The Oid whose AccountId may be this."""
    return _digits(key) * ACCOUNT_BACK % ACCOUNT_SPAN


def contract_oid(key: str) -> int:
    """The Oid whose ContractId may be this."""
    return _digits(key) * CONTRACT_BACK % CONTRACT_SPAN


def _digits(key: str) -> int:
    return int(re.sub(r"[^0-9]", "", key)[:16] or 0)


def _business(dice: Dice) -> str:
    match dice.below(4):
        case 0 | 1:
            return f"{dice.of(PLACES)} {dice.of(TRADES)} {dice.of(SUFFIXES)}"
        case 2:
            return f"{dice.of(SURNAMES)} {dice.of(TRADES)} {dice.of(SUFFIXES)}"
        case _:
            return f"{dice.of(SURNAMES)} & {dice.of(SURNAMES)} {dice.of(TRADES)} {dice.of(SUFFIXES)}"


def _respelled(name: str) -> str:
    usual, other = next(pair for pair in RESPELLED if pair[0] in name)
    return name.replace(usual, other)[:200]


NO_LETTER = re.compile(r"[^a-z]+")


def _domain(name: str, number: int) -> str:
    letters = NO_LETTER.sub("", "".join(name.lower().split(None, 2)[:2]))
    return f"{letters or 'company'}{number % 1000}.example"


def _email(dice: Dice, domain: str) -> str | None:
    kind = dice.below(100)
    first = f"{dice.of(('ap', 'office', 'accounts', 'info'))}@{domain}"
    if kind < 5:
        return None
    if kind < 12:
        return f"{first}; cfo@{domain}"
    return f"{first},owner@{domain}" if kind < 16 else first


def _city(dice: Dice) -> Record:
    kind = dice.below(100)
    if kind < 86:
        city, state, area = dice.of(US_CITIES)
        code = f"{area}{dice.below(100):02d}"
        tail = dice.below(10_000)
        ways = (*[code] * 20, *[f"{code}-{tail:04d}"] * 6, f"{code}{tail:04d}", f" {code} ", code[:4])
        typed = dice.of(ways)
        return _place(city, state, typed, None if kind < 3 else "US")
    if kind < 94:
        city, state, code = dice.of(CA_CITIES)
        return _place(city, state, dice.of((code, code.replace(" ", ""), code.lower())), "CA")
    if kind < 97:
        city, other, foreign, country = dice.of(OTHER_CITIES)
        return _place(city, other, foreign, country)
    city, state, _ = dice.of(US_CITIES)
    return _place(city, state, dice.of((None, "")), "US")


def _place(city: str, state: str | None, postal_code: str | None, country: str | None) -> Record:
    return {"City": city, "State": state, "PostalCode": postal_code, "Country": country}
