"""A portfolio of any size that is computed record by record, so that a million contracts need no memory."""

from __future__ import annotations

import heapq
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, time, timedelta

from portal_admin.domain.text import id_key
from portal_admin.sandbox import deals, parties, portal_payments
from portal_admin.sandbox.cases import case_lists
from portal_admin.sandbox.contracts import BASE, BLOCK_CONTRACTS, DAY, deal_of, wording
from portal_admin.sandbox.deals import Deal
from portal_admin.sandbox.parties import BLOCK, Parties, stamped
from portal_admin.sandbox.portfolio import Entry, Facts, FilePortfolio, Portfolio, Record, iso, microseconds
from portal_admin.sandbox.records import KINDS
from portal_admin.sandbox.words import LABELS

FREE_OID = 10**12
DAYS = 400

# List: its parent's key, and what the parent's Oid is multiplied by to make its own.
CHILDREN: dict[str, tuple[str, int]] = {
    "Invoices": ("ContractOid", 1000),
    "Payments": ("ContractOid", 1000),
    "Equipment": ("ContractOid", 10),
    "AlternateEfts": ("ContractOid", 10),
    "Amortization": ("ContractOid", 1),
    "Comments": ("ContractOid", 1),
    "BankAccounts": ("AccountOid", 10),
    "CreditLines": ("AccountOid", 1),
}


class GeneratedPortfolio:
    """`contracts` contracts of a seed, with the fixed cases among them; equal arguments give equal records.

    With `now` the clock stands still; without it the clock runs and ages are counted from the day of loading.
    """

    def __init__(self, contracts: int, seed: int, now: datetime | None) -> None:
        loaded = now or datetime.now(UTC)
        self._seed = seed
        self._today = loaded.date()
        self._midnight = microseconds(datetime.combine(self._today, time(), UTC))
        last_night = iso(datetime.combine(self._today, time(9), UTC) - timedelta(days=1))
        self.facts = Facts(
            instance_id=f"SANDBOX-{seed}",
            now=now,
            settings={
                "SaveCustomerAmortizationSchedule": True,
                "CalculateContractValuesJob": {
                    "IsScheduled": True,
                    "LastRun": last_night,
                    "LastRunSucceeded": True,
                },
                "PaymentsEnabled": True,
                "BankAccountPolicy": "AllowAny",
                "EftPreviousDayOption": False,
                "TimeZone": "America/Chicago",
            },
        )
        cases = case_lists(loaded, contracts)
        self._cases = FilePortfolio(self.facts, cases, loaded)
        self._parties = Parties(seed, BASE)
        self._contracts = contracts - len(cases["Contracts"])
        accounts = -(-self._contracts // BLOCK_CONTRACTS) * BLOCK
        # Numbers from 0 to this; Contacts have two to an account, of which the second may be missing.
        self._sizes = {
            "Accounts": accounts,
            "Contacts": 2 * accounts,
            "Contracts": self._contracts,
            "EftBatches": portal_payments.BATCHES + 1,
        }

    # Portfolio

    def scan(self, kind: str, after: int, text: str = "", /) -> Iterator[Entry]:
        yield from self._cases.scan(kind, after)
        yield from self._computed(kind, max(0, after - BASE), text)

    def scan_changed(self, kind: str, after: tuple[int, int]) -> Iterator[Entry]:
        def key(number: int) -> tuple[int, int]:
            return self._stamp(kind, number), BASE + 1 + number

        first = bisect_right(range(self._sizes.get(kind, 0)), after, key=key)
        return heapq.merge(
            self._cases.scan_changed(kind, after),
            self._computed(kind, first),
            key=lambda entry: (entry.stamp, entry.oid),
        )

    def get(self, kind: str, oid: int) -> Entry | None:
        if kind not in self._sizes:
            parent, factor = CHILDREN[kind]
            found = self.related(kind, parent, oid // factor)
            return next((entry for entry in found if entry.oid == oid), None)
        if oid <= BASE:
            return self._cases.get(kind, oid)
        number = oid - BASE - 1
        if number >= self._sizes[kind]:
            return None
        record = self._whole(number) if kind == "Contracts" else self._record(kind, number)
        return Entry(oid, self._stamp(kind, number), record) if record else None

    def related(self, kind: str, field: str, value: int | str) -> Iterable[Entry]:
        yield from self._cases.related(kind, field, value)
        for record in self._found(kind, field, value):
            stamp = microseconds(datetime.fromisoformat(record["LastChangeDateTime"]))
            yield Entry(record[KINDS[kind].oid], stamp, record)

    def labels(self) -> Iterable[str]:
        return LABELS if self._contracts > 0 else self._cases.labels()

    def free_oid(self, _kind: str, /) -> int:
        return FREE_OID

    # Records by number

    def _computed(self, kind: str, first: int, text: str = "") -> Iterator[Entry]:
        for number in range(first, self._sizes.get(kind, 0)):
            if text and text not in self._searched(kind, number, text).casefold():
                continue
            record = self._record(kind, number)
            if record:
                yield Entry(BASE + 1 + number, self._stamp(kind, number), record)

    def _searched(self, kind: str, number: int, text: str) -> str:
        """All that `text` may be found in, cheaper than the record; of other kinds the text itself."""
        if kind == "Accounts":
            name, _, email = self._parties.head(number)
            return f"{parties.account_id(BASE + 1 + number)} {name} {email}"
        if kind == "Contracts":
            label, billing = wording(self._seed, number, self._parties)
            return f"{parties.contract_id(BASE + 1 + number)} {label} {billing} {parties.BILL_TO}"
        return text

    def _stamp(self, kind: str, number: int) -> int:
        """LastChangeDateTime grows with the Oid, up to yesterday; to the second."""
        if kind == "EftBatches":
            return self._midnight - (portal_payments.BATCHES - number) * DAY + 21 * DAY // 24
        spread = (DAYS - 1) * DAY * number // max(1, self._sizes[kind])
        return self._midnight - DAYS * DAY + spread // 1_000_000 * 1_000_000

    def _record(self, kind: str, number: int) -> Record | None:
        if kind == "Contracts":
            return deals.summary(self._deal(number), self._today)
        record: Record | None
        if kind == "Accounts":
            record = self._parties.account(number)
        elif kind == "EftBatches":
            record = self._batch(number)
        else:
            contacts = self._parties.contacts(number // 2)
            record = next(
                (contact for contact in contacts if contact["ContactOid"] == BASE + 1 + number), None
            )
        return stamped(record, self._stamp(kind, number)) if record else None

    def _whole(self, number: int) -> Record:
        deal = self._deal(number)
        return deals.whole(deal, self._today, self._bank_account(deal))

    def _deal(self, number: int) -> Deal:
        return deal_of(self._seed, number, self._stamp("Contracts", number), self._parties)

    def _bank_account(self, deal: Deal) -> int | None:
        customer, _ = deal.roles[0]
        return next(
            (record["BankAccountOid"] for record in self._parties.bank_accounts(customer - BASE - 1)), None
        )

    def _batch(self, turn: int) -> Record:
        numbers = portal_payments.numbers_of(turn, self._contracts)
        taken = [(BASE + 1 + number) * 10 + 1 for number in numbers if self._deal(number).active]
        return portal_payments.batch(BASE + 1 + turn, turn, self._today, taken)

    # Look-ups

    def _found(self, kind: str, field: str, value: int | str) -> Iterator[Record]:
        if isinstance(value, str):
            yield from self._by_visible_id(kind, field, value)
        elif kind in CHILDREN and value > BASE:
            yield from self._children(kind, value - BASE - 1)
        elif value > BASE and (value - BASE - 1) < self._sizes["Accounts"]:
            yield from self._of_account(kind, value)

    def _by_visible_id(self, kind: str, field: str, key: str) -> Iterator[Record]:
        oid = parties.contract_oid(key) if field == "ContractId" else parties.account_oid(key)
        number = oid - BASE - 1
        if 0 <= number < self._sizes[kind]:
            record = self._record(kind, number)
            if record and id_key(record[field]) == key:
                yield record

    def _of_account(self, kind: str, oid: int) -> Iterator[Record]:
        account = oid - BASE - 1
        if kind == "Contracts":
            first = account // BLOCK * BLOCK_CONTRACTS
            numbers: Iterable[int] = range(first, min(first + BLOCK_CONTRACTS, self._contracts))
        else:
            numbers = (account,) if kind == "Accounts" else (2 * account, 2 * account + 1)
        for number in numbers:
            record = self._record(kind, number)
            if record and (kind != "Contracts" or any(role["AccountOid"] == oid for role in record["Roles"])):
                yield record

    def _children(self, kind: str, number: int) -> Iterator[Record]:
        parent, _ = CHILDREN[kind]
        if number >= self._sizes["Accounts" if parent == "AccountOid" else "Contracts"]:
            return
        if parent == "AccountOid":
            make = {"BankAccounts": self._parties.bank_accounts, "CreditLines": self._parties.credit_lines}[
                kind
            ]
            for record in make(number):
                yield stamped(record, self._stamp("Accounts", number))
            return
        stamp = self._stamp("Contracts", number)
        yield from (stamped(record, stamp) for record in self._of_deal(kind, number))

    def _of_deal(self, kind: str, number: int) -> Iterable[Record]:
        deal = self._deal(number)
        match kind:
            case "Amortization":
                schedule = deals.amortization(deal)
                return [schedule] if schedule else []
            case "AlternateEfts":
                turn = portal_payments.turn_of(number, deal)
                if turn is not None:
                    return [portal_payments.alternate_eft(turn, deal, self._today, self._bank_account(deal))]
            case "Payments":
                return [
                    *deals.payments(deal, self._today),
                    *portal_payments.payments(number, deal, self._today),
                ]
            case "Equipment":
                return deals.equipment(deal)
            case "Invoices":
                return deals.invoices(deal, self._today)
        return []


def generate(contracts: int = 2000, seed: int = 7, now: datetime | None = None) -> Portfolio:
    """A portfolio of that many contracts, the same for the same seed; `now` freezes ASPIRE's clock."""
    return GeneratedPortfolio(contracts, seed, now)
