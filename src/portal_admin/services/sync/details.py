"""What hangs on one contract: reading it from ASPIRE, and storing it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Connection, delete, insert

from portal_admin.aspire.client import ACCOUNT_DETAILS, CONTRACT_DETAILS, AspireClient
from portal_admin.errors import (
    AspireBusy,
    AspireRecordMissing,
    AspireSignInFailed,
    AspireUnreachable,
    CouldNotLook,
)
from portal_admin.models import aspire_contract_detail
from portal_admin.services.sync.due import Wanted

CLASSES = (*CONTRACT_DETAILS, *ACCOUNT_DETAILS)
# Classes that an ASPIRE may be unable to tell; every ASPIRE tells the contract itself.
CAPABILITY = {
    "invoices": "Invoices",
    "payments": "Payments",
    "alternate_efts": "AlternateEfts",
    "equipment": "Equipment",
    "amortization": "Amortization",
    "bank_accounts": "BankAccounts",
    "credit_lines": "CreditLines",
}
READERS = 4
# These say that ASPIRE as a whole cannot be read; other failures concern one record.
HOPELESS = (AspireUnreachable, AspireSignInFailed, AspireBusy)


@dataclass(frozen=True, slots=True)
class Detail:
    """One class of one contract: ASPIRE's JSON as of an instant, or why it could not be read."""

    contract_oid: int
    data_class: str
    as_of: datetime
    record: str | None = None
    failure: CouldNotLook | None = None


def classes_of(capabilities: frozenset[str]) -> tuple[str, ...]:
    """The classes that this ASPIRE can tell."""
    return tuple(name for name in CLASSES if name not in CAPABILITY or CAPABILITY[name] in capabilities)


def fetch(
    aspire: AspireClient,
    wanted: Iterable[Wanted],
    clock: Callable[[], datetime],
    *,
    budget: Callable[[], AbstractContextManager[None]],
) -> list[Detail]:
    """Read all of it from ASPIRE, several contracts at a time; raises only when ASPIRE as a whole cannot be read.

    `budget` is entered around each question, on the thread that asks it.
    """
    asked = _Asked(aspire, clock, budget)
    with ThreadPoolExecutor(READERS, thread_name_prefix="sync-detail") as pool:
        try:
            return [detail for found in pool.map(asked.contract, wanted) for detail in found]
        except CouldNotLook:
            pool.shutdown(wait=True, cancel_futures=True)
            raise


class _Asked:
    """Asks once for what several contracts share: the accounts of their customers."""

    def __init__(
        self,
        aspire: AspireClient,
        clock: Callable[[], datetime],
        budget: Callable[[], AbstractContextManager[None]],
    ) -> None:
        self._aspire = aspire
        self._clock = clock
        self._budget = budget
        self._of_accounts: dict[tuple[int, str], Any] = {}

    def contract(self, wanted: Wanted) -> list[Detail]:
        try:
            return [self._detail(wanted, name) for name in wanted.classes]
        except AspireRecordMissing:
            # Removed since its list was read; the next list says so.
            return []

    def _detail(self, wanted: Wanted, name: str) -> Detail:
        as_of = self._clock()
        try:
            with self._budget():
                record = self._record(wanted, name)
        except HOPELESS:
            raise
        except CouldNotLook as failure:
            return Detail(wanted.contract_oid, name, as_of, failure=failure)
        return Detail(wanted.contract_oid, name, as_of, record=msgspec.json.encode(record).decode())

    def _record(self, wanted: Wanted, name: str) -> Any:
        if name in CONTRACT_DETAILS:
            return self._aspire.detail(contract_oid=wanted.contract_oid, data_class=name)
        return [record for account in wanted.customers for record in self._of_account(account, name)]

    def _of_account(self, account_oid: int, name: str) -> Any:
        if (account_oid, name) not in self._of_accounts:
            self._of_accounts[account_oid, name] = self._from_account(account_oid, name)
        return self._of_accounts[account_oid, name]

    def _from_account(self, account_oid: int, name: str) -> Any:
        try:
            return self._aspire.account_detail(account_oid=account_oid, data_class=name)
        except AspireRecordMissing:
            # A role can name an account that was removed; it has nothing left to show.
            return []


def store(connection: Connection, details: Iterable[Detail]) -> None:
    """Replace what was read; what could not be read keeps its old record and age."""
    table = aspire_contract_detail
    rows = [
        {
            "contract_oid": detail.contract_oid,
            "data_class": detail.data_class,
            "as_of": detail.as_of,
            "record": detail.record,
        }
        for detail in details
        if detail.record is not None
    ]
    for row in rows:
        same = (table.c.contract_oid == row["contract_oid"]) & (table.c.data_class == row["data_class"])
        connection.execute(delete(table).where(same))
    if rows:
        connection.execute(insert(table), rows)
