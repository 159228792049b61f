"""Which contracts end users can see, and which of what hangs on them is due (rule G)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, select

from portal_admin.domain.policy import PortalSettings
from portal_admin.models import aspire_contract, aspire_contract_detail, aspire_contract_role
from portal_admin.services.visibility import joined

# Runs do not begin to the second: what is nearly due is read now, not a whole interval later.
NEARLY = 0.9
CUSTOMER = "customer"


@dataclass(frozen=True, slots=True)
class Wanted:
    """One contract, its customers, and the classes of it that are due."""

    contract_oid: int
    customers: tuple[int, ...]
    classes: tuple[str, ...]


def visible_contracts(
    connection: Connection,
    settings: PortalSettings,
    *,
    after: int = 0,
    limit: int | None = None,
    of: Iterable[int] | None = None,
) -> list[int]:
    """Contracts beyond `after` that at least one end user of any status can see, by oid; `of` narrows them."""
    contract = aspire_contract
    query = joined(settings, contract.c.oid).where(contract.c.oid > after)
    if of is not None:
        query = query.where(contract.c.oid.in_(sorted(of)))
    return list(connection.execute(query.distinct().order_by(contract.c.oid).limit(limit)).scalars())


def contracts_with_details(connection: Connection, *, after: int, until: int | None, limit: int) -> list[int]:
    """Contracts beyond `after`, up to `until`, of which any detail is stored, by oid."""
    oid = aspire_contract_detail.c.contract_oid
    query = select(oid).where(oid > after).distinct().order_by(oid).limit(limit)
    return list(connection.execute(query if until is None else query.where(oid <= until)).scalars())


def forget_unseen(connection: Connection, settings: PortalSettings, oids: Iterable[int]) -> None:
    """Delete the details of those contracts that no user sees now."""
    found = sorted(oids)
    unseen = set(found).difference(visible_contracts(connection, settings, of=found))
    table = aspire_contract_detail
    connection.execute(delete(table).where(table.c.contract_oid.in_(sorted(unseen))))


def due(
    connection: Connection,
    settings: PortalSettings,
    oids: list[int],
    *,
    classes: Iterable[str],
    now: datetime,
    since: datetime | None,
) -> Iterator[Wanted]:
    """What of these contracts was not read since everything was asked for, or is (nearly) as old as its cadence."""
    detail = aspire_contract_detail
    query = select(detail.c.contract_oid, detail.c.data_class, detail.c.as_of)
    rows = connection.execute(query.where(detail.c.contract_oid.in_(oids)))
    read_at = {(row.contract_oid, row.data_class): row.as_of for row in rows}

    def is_due(oid: int, name: str) -> bool:
        as_of = read_at.get((oid, name))
        if as_of is None or (since is not None and as_of < since):
            return True
        age: timedelta = now - as_of
        return age >= settings.cadences[name] * NEARLY

    customers = _customers(connection, oids)
    for oid in oids:
        names = tuple(name for name in classes if is_due(oid, name))
        if names:
            yield Wanted(oid, customers.get(oid, ()), names)


def _customers(connection: Connection, oids: list[int]) -> Mapping[int, tuple[int, ...]]:
    role = aspire_contract_role
    found: dict[int, set[int]] = defaultdict(set)
    for row in connection.execute(select(role).where(role.c.contract_oid.in_(oids))):
        if row.role_type.casefold() == CUSTOMER:
            found[row.contract_oid].add(row.account_oid)
    return {oid: tuple(sorted(accounts)) for oid, accounts in found.items()}
