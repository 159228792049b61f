"""The charges still open on contracts: from the portal's copy for a whole list, from ASPIRE itself for one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, TypedDict
from zoneinfo import ZoneInfo

import msgspec
from sqlalchemy import Connection, select

from portal_admin.domain.charges import OpenCharges, UnreadableCharges
from portal_admin.domain.charges import open_charges as sum_of
from portal_admin.domain.freshness import is_stale
from portal_admin.domain.policy import PortalSettings
from portal_admin.errors import AspireRecordMissing, CouldNotLook, SettingsProblem
from portal_admin.models import aspire_contract, aspire_contract_detail
from portal_admin.models.engine import reading
from portal_admin.services.chunks import chunks
from portal_admin.services.desk import Desk
from portal_admin.services.live import NOT_CONFIGURED
from portal_admin.services.settings import read_settings

INVOICES = "invoices"
NOT_RECEIVED = "The portal has not received the invoices of this contract."
UNREADABLE = "An invoice of this contract is not in the expected form, so no sum of them would be true."
GONE = "ASPIRE no longer has this contract."


class _Charge(TypedDict):
    CurrentDueAmount: str


class _Invoice(TypedDict):
    DueDate: str
    Details: list[_Charge]


# Of thousands of invoices only what is summed is made; the rest of each record is skipped.
_INVOICES = msgspec.json.Decoder(list[_Invoice])


@dataclass(frozen=True, slots=True)
class Charges:
    """What is open on one contract as of an instant; `open` None says, with `problem`, that it is not known."""

    contract_oid: int
    open: OpenCharges | None
    as_of: datetime | None
    problem: str | None = None
    stale: bool = False


def open_charges(desk: Desk, contract_oids: Iterable[int]) -> dict[int, Charges]:
    """The open charges of each contract from the portal's copy, one query for a thousand of them."""
    wanted = sorted(set(contract_oids))
    with reading(desk.engine) as connection:
        settings = read_settings(connection)
        now = desk.clock()
        today = now.astimezone(ZoneInfo(settings.time_zone)).date()
        found = {oid: Charges(oid, None, None, NOT_RECEIVED) for oid in wanted}
        for some in chunks(wanted):
            found.update(_stored(connection, some, settings, now, today))
        return found


def live_charges(desk: Desk, *, contract_oid: int, currency: str) -> Charges:
    """The open charges of one contract as ASPIRE has them now; what kept it from answering is the `problem`."""
    now = desk.clock()
    if desk.aspire is None:
        return Charges(contract_oid, None, now, NOT_CONFIGURED)
    with reading(desk.engine) as connection:
        today = now.astimezone(ZoneInfo(read_settings(connection).time_zone)).date()
    try:
        with desk.aspire.look_up():
            invoices = desk.aspire.detail(contract_oid=contract_oid, data_class=INVOICES)
    except AspireRecordMissing:
        return Charges(contract_oid, None, now, GONE)
    except (CouldNotLook, SettingsProblem) as failure:
        return Charges(contract_oid, None, now, failure.message)
    return _judged(contract_oid, invoices, currency, now, today)


def _stored(
    connection: Connection, oids: list[int], settings: PortalSettings, now: datetime, today: date
) -> dict[int, Charges]:
    detail, contract = aspire_contract_detail, aspire_contract
    query = (
        select(detail.c.contract_oid, detail.c.record, detail.c.as_of, contract.c.currency)
        .join(contract, contract.c.oid == detail.c.contract_oid)
        .where(detail.c.contract_oid.in_(oids), detail.c.data_class == INVOICES)
    )
    cadence = settings.cadences[INVOICES]
    found = {}
    for oid, record, as_of, currency in connection.execute(query):
        stale = is_stale(as_of, now, cadence)
        found[oid] = _judged(oid, _decoded(record), currency, as_of, today, stale=stale)
    return found


def _decoded(record: str) -> Any:
    try:
        return _INVOICES.decode(record)
    except msgspec.DecodeError:
        return None  # which is no list of invoices


def _judged(
    oid: int, invoices: Any, currency: str, as_of: datetime, today: date, *, stale: bool = False
) -> Charges:
    try:
        found = sum_of(invoices, currency=currency, today=today)
    except UnreadableCharges:
        return Charges(oid, None, as_of, UNREADABLE, stale)
    return Charges(oid, found, as_of, None, stale)
