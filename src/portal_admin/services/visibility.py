"""Rule A as one join over the snapshot; `domain.access` states the same rule for one contract with its reasons."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from itertools import groupby
from operator import itemgetter
from typing import Any, NamedTuple

from sqlalchemy import Connection, Select, case, func, select

from portal_admin.domain.access import CLOSED, OPEN
from portal_admin.domain.people import Status
from portal_admin.domain.policy import PortalSettings
from portal_admin.domain.text import id_key
from portal_admin.models import (
    account_link,
    aspire_contract,
    aspire_contract_role,
    end_user,
    site,
    site_private_label,
)

FETCHED_AT_ONCE = 5000


class Via(NamedTuple):
    """One linked account and the role that opens the contract."""

    account_id: str
    role: str


class Sight(NamedTuple):
    """One end user and one contract that they see, or would see once Active."""

    site: str
    email: str
    name: str
    status: Status
    contract_id: str
    area: str
    via: tuple[Via, ...]


class ContractLine(NamedTuple):
    """One line of a user's contract list as the portal shows it; amounts in minor units of `currency`."""

    contract_oid: int
    contract_id: str
    area: str
    contract_type: str | None
    next_due_date: date | None
    payment_amount_minor: int | None
    currency: str
    via: tuple[Via, ...]


class Reach(NamedTuple):
    """How many end users, active or not, a change of rules touches, and how many contracts of theirs in all."""

    users: int
    contracts: int


def joined(settings: PortalSettings, *columns: Any) -> Select[Any]:
    """Those columns of every user × visible contract × linked account × admitted role."""
    return _on_any_site(settings, *columns).join(
        site_private_label,
        (site_private_label.c.site_id == end_user.c.site_id)
        & (site_private_label.c.label_key == aspire_contract.c.label_key),
    )


def _on_any_site(settings: PortalSettings, *columns: Any) -> Select[Any]:
    """The same, whether or not the user's site takes the contract's private label."""
    role, contract = aspire_contract_role, aspire_contract
    return (
        select(*columns)
        .select_from(account_link)
        .join(end_user, end_user.c.id == account_link.c.user_id)
        .join(site, site.c.id == end_user.c.site_id)
        .join(role, role.c.account_oid == account_link.c.account_oid)
        .join(contract, contract.c.oid == role.c.contract_oid)
        .where(contract.c.is_booked, role.c.role_type.in_(settings.admitted_roles))
    )


SIGHT_COLUMNS = (
    site.c.key,
    end_user.c.email,
    end_user.c.first_name,
    end_user.c.last_name,
    end_user.c.status,
    aspire_contract.c.contract_id,
    aspire_contract.c.is_terminated,
    aspire_contract.c.oid,
    account_link.c.account_id,
    aspire_contract_role.c.role_type,
)
SIGHT_ORDER = (
    site.c.key,
    end_user.c.email,
    aspire_contract.c.contract_id,
    aspire_contract.c.oid,
    account_link.c.account_id,
    aspire_contract_role.c.role_type,
)


def sights(connection: Connection, query: Select[Any]) -> Iterator[Sight]:
    """The rows of a query over SIGHT_COLUMNS in SIGHT_ORDER, one Sight for each user and contract, streamed."""
    rows = connection.execute(query.execution_options(yield_per=FETCHED_AT_ONCE))
    for _, group in groupby(rows, key=itemgetter(0, 1, 7)):
        lines = list(group)
        key, email, first, last, status, contract_id, terminated = lines[0][:7]
        via = tuple(Via(line[8], line[9]) for line in lines)
        yield Sight(key, email, f"{first} {last}", Status(status), contract_id, _area(terminated), via)


def all_sights(
    connection: Connection, settings: PortalSettings, *, include_inactive: bool
) -> Iterator[Sight]:
    """Every user × visible contract by site, email, contract id; others than Active users only when asked for."""
    query = joined(settings, *SIGHT_COLUMNS).order_by(*SIGHT_ORDER)
    if not include_inactive:
        query = query.where(end_user.c.status == Status.ACTIVE)
    return sights(connection, query)


def sights_of_contract(
    connection: Connection, settings: PortalSettings, contract_id: str
) -> tuple[Sight, ...]:
    """Everybody who sees a contract of that visible id, or would once Active."""
    query = joined(settings, *SIGHT_COLUMNS).where(aspire_contract.c.contract_id_key == id_key(contract_id))
    return tuple(sights(connection, query.order_by(*SIGHT_ORDER)))


def sights_of_labels(
    connection: Connection, settings: PortalSettings, *, site_id: int, label_keys: Iterable[str]
) -> tuple[Sight, ...]:
    """Everybody on the site who sees contracts of those labels where the site takes them, or would once Active."""
    # Not `joined`: the labels asked for need not be mapped yet.
    query = _on_any_site(settings, *SIGHT_COLUMNS).where(
        site.c.id == site_id, aspire_contract.c.label_key.in_(sorted(label_keys))
    )
    return tuple(sights(connection, query.order_by(*SIGHT_ORDER)))


def opened_only(connection: Connection, settings: PortalSettings, *, beside: Iterable[str]) -> Reach:
    """What the settings open, on every site, that the roles `beside` would not open."""
    also = case((aspire_contract_role.c.role_type.in_(sorted(beside)), 1), else_=0)
    pairs = (
        joined(settings, end_user.c.id.label("user_id"), aspire_contract.c.oid)
        .group_by(end_user.c.id, aspire_contract.c.oid)
        .having(func.max(also) == 0)
        .subquery()
    )
    row = connection.execute(select(func.count(pairs.c.user_id.distinct()), func.count())).one()
    return Reach(*row)


def lines_of_user(connection: Connection, settings: PortalSettings, user_id: int) -> tuple[ContractLine, ...]:
    """The contract list of one user by contract id, as it is once the user is Active."""
    contract = aspire_contract
    query = (
        joined(
            settings,
            contract.c.oid,
            contract.c.contract_id,
            contract.c.is_terminated,
            contract.c.contract_type,
            contract.c.next_due_date,
            contract.c.payment_amount_minor,
            contract.c.currency,
            account_link.c.account_id,
            aspire_contract_role.c.role_type,
        )
        .where(end_user.c.id == user_id)
        .order_by(
            contract.c.contract_id,
            contract.c.oid,
            account_link.c.account_id,
            aspire_contract_role.c.role_type,
        )
    )
    groups = groupby(connection.execute(query), key=itemgetter(0))
    return tuple(_line(list(rows)) for _, rows in groups)


def _line(rows: list[Any]) -> ContractLine:
    oid, contract_id, terminated, kind, due, amount, currency = rows[0][:7]
    via = tuple(Via(row[7], row[8]) for row in rows)
    return ContractLine(oid, contract_id, _area(terminated), kind, due, amount, currency, via)


def _area(is_terminated: bool) -> str:
    return CLOSED if is_terminated else OPEN
