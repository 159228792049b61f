"""The rows of a contract list: each area of the portal, and the hidden contracts with the reason in words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import cast

from portal_admin.domain.access import CLOSED, OPEN
from portal_admin.services.access import HiddenContract
from portal_admin.services.access_overview import Overview
from portal_admin.services.charges import Charges
from portal_admin.services.visibility import ContractLine
from portal_admin.ui.panels.access import words
from portal_admin.ui.panels.access.charge_words import charge_cell
from portal_admin.ui.tables.rows import Cell, Row
from portal_admin.ui.theme import Meaning

HIDDEN = "hidden"

AreaRows = dict[str, list[Row]]


def prepare(
    overview: Overview, charges: Mapping[int, Charges] | None = None, *, now: datetime | None = None
) -> AreaRows:
    """The rows of each area and of the hidden contracts; made off the UI thread, for there may be thousands.

    The last cell tells the open charges where `charges` are given (with `now`, for their age), else the regular payment.
    """
    listed = overview.contracts
    say = words.HiddenWords(overview.site, overview.sites, overview.settings.admitted_roles)
    mixed = currency_of(listed.lines) is None
    rows: AreaRows = {OPEN: [], CLOSED: [], HIDDEN: []}

    def amount(line: ContractLine) -> Cell:
        if charges and now:
            return charge_cell(charges[line.contract_oid], mixed=mixed, now=now)
        return _payment(line, mixed)

    for line in listed.lines:
        rows[line.area].append(_row(line, overview.customers.get(line.contract_oid, "—"), amount(line)))
    rows[HIDDEN] = [_hidden_row(contract, say(contract)) for contract in listed.hidden]
    return rows


def _row(line: ContractLine, customer: str, amount: Cell) -> Row:
    due = line.next_due_date
    return Row(
        (line.area, line.contract_id),
        (
            line.contract_id,
            words.contract_type(line.contract_type),
            customer,
            Cell(words.day(due), sort=due.toordinal() if due else 0),
            amount,
        ),
    )


def _payment(line: ContractLine, mixed: bool) -> Cell:
    paid = words.amount(line.payment_amount_minor, line.currency)
    return Cell(f"{paid} {line.currency}" if mixed else paid, sort=line.payment_amount_minor or 0)


def area_of(row: Row) -> str:
    """The area that a row stands in, HIDDEN for what the portal does not show."""
    area, _contract_id = cast(tuple[str, str], row.key)
    return area


def contract_of(row: Row) -> str:
    """The contract id of a row."""
    _area, contract_id = cast(tuple[str, str], row.key)
    return contract_id


def _hidden_row(contract: HiddenContract, reason: str) -> Row:
    said = Cell(reason, Meaning.NEUTRAL, "eye-off", tooltip=reason)
    return Row((HIDDEN, contract.contract_id), (contract.contract_id, said, "", "", ""))


def currency_of(lines: Iterable[ContractLine]) -> str | None:
    """The one currency of all lines; None for several, USD where there is no line."""
    found = {line.currency for line in lines}
    return None if len(found) > 1 else next(iter(found), "USD")
