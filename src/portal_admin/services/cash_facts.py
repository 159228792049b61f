"""What a contract owes, for a preview: ASPIRE's facts now, else the portal's copies that are young enough."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import Connection, select

from portal_admin.domain.evidence import Evidence, newest
from portal_admin.domain.invoices import Invoice, invoices_of
from portal_admin.domain.policy import PortalSettings
from portal_admin.domain.reading import Answer, Live, Stored
from portal_admin.domain.records import Contract
from portal_admin.errors import AspireRecordMissing, CouldNotLook
from portal_admin.models import aspire_contract_detail
from portal_admin.services.desk import Desk
from portal_admin.services.live import ask, live_contract
from portal_admin.services.settings import read_settings
from portal_admin.services.snapshot import stored_contract
from portal_admin.services.sync.state import restored_alarm

Fact = TypeVar("Fact")

RECORD, INVOICES = "contract", "invoices"


@dataclass(frozen=True, slots=True)
class Kept:
    """What the portal holds of the contract; of a database that ASPIRE put back since, the copies prove nothing."""

    contract: Contract | None
    copies: Mapping[str, Stored[Any]]
    settings: PortalSettings


@dataclass(frozen=True, slots=True)
class Owed:
    """The contract's whole record and its invoices, in ASPIRE's own names and as records."""

    record: Evidence[Mapping[str, Any]]
    invoices: Evidence[tuple[Invoice, ...]]

    @property
    def as_of(self) -> datetime | None:
        """The age of the older one."""
        return min((one.as_of for one in (self.record, self.invoices) if one.as_of is not None), default=None)

    @property
    def is_stored(self) -> bool:
        return self.record.stored or self.invoices.stored


def kept(connection: Connection, contract_id: str) -> Kept:
    """The contract of that id and its copies, within the caller's transaction."""
    contract = stored_contract(connection, contract_id).fact
    settings = read_settings(connection)
    if contract is None or restored_alarm(connection):
        return Kept(contract, {}, settings)
    detail = aspire_contract_detail
    query = select(detail).where(
        detail.c.contract_oid == contract.oid, detail.c.data_class.in_((RECORD, INVOICES))
    )
    copies = {row.data_class: Stored(json.loads(row.record), row.as_of) for row in connection.execute(query)}
    return Kept(contract, copies, settings)


def owed(desk: Desk, contract_id: str, known: Kept) -> Owed:
    """Both facts within the budget of one look-up; AspireRecordMissing when ASPIRE has no such contract."""
    with desk.aspire.look_up() if desk.aspire else nullcontext():
        found = live_contract(desk, contract_id)
        if found.answer is Answer.ABSENT:
            raise AspireRecordMissing(
                f"ASPIRE has no contract {contract_id}. Leading zeros and dashes matter."
            )
        # Where its number cannot be looked up, the key that the portal holds may still be asked for.
        contract = found.fact or known.contract
        if contract is None:
            raise CouldNotLook(
                f"Contract {contract_id} could not be looked up. {found.reason} {found.way_out}"
            )
        return _read(desk, contract.oid, known)


def _read(desk: Desk, oid: int, known: Kept) -> Owed:
    is_kept = known.contract is not None and known.contract.oid == oid

    def evidence(data_class: str, decode: Callable[[Any], Fact], absent: Fact) -> Evidence[Fact]:
        live: Live[Fact] = ask(
            desk, lambda aspire: decode(aspire.detail(contract_oid=oid, data_class=data_class))
        )
        copy = known.copies.get(data_class) if is_kept else None
        stored: Stored[Fact] = Stored(None, None) if copy is None else Stored(decode(copy.fact), copy.as_of)
        return newest(
            live, stored, absent=absent, now=desk.clock(), cadence=known.settings.cadences[data_class]
        )

    record: Evidence[Mapping[str, Any]] = evidence(RECORD, dict, {})
    return Owed(record, evidence(INVOICES, invoices_of, ()))
