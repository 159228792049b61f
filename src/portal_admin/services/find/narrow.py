"""What the filters leave of each kind, as conditions on its table."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, false, or_, select

from portal_admin.domain.people import Status
from portal_admin.domain.search_words import Sought
from portal_admin.domain.text import id_key, name_key, plain_id, short_id
from portal_admin.models import (
    account_link,
    aspire_account,
    aspire_contact,
    aspire_contract,
    aspire_contract_role,
    end_user,
    payment,
    site,
    site_private_label,
)
from portal_admin.services.find.hits import Kind
from portal_admin.services.ranked_search import best_matches
from portal_admin.services.text_search import begins, contains

Condition = ColumnElement[bool]
# A filter that fits more names the first of them; whoever needs all types more of the id.
AT_MOST = 50

PAYMENT_STATUSES = ("Pending", "Scheduled", "Pending Cancel", "Canceled", "Paid")
CONTRACT_STATES: dict[str, Callable[[], Condition]] = {
    "active": lambda: and_(aspire_contract.c.is_booked.is_(True), aspire_contract.c.is_terminated.is_(False)),
    "terminated": lambda: and_(
        aspire_contract.c.is_booked.is_(True), aspire_contract.c.is_terminated.is_(True)
    ),
    "not booked": lambda: aspire_contract.c.is_booked.is_(False),
}


class Narrow:
    """The filters of one search; what they name is looked up once, when first needed."""

    def __init__(self, connection: Connection, sought: Sought) -> None:
        self._connection = connection
        self._sought = sought

    def of(self, kind: Kind) -> list[Condition] | None:
        """The conditions on rows of a kind; None when a filter says nothing of that kind, or fits none of it."""
        conditions = []
        for name, values in self._sought.filters.items():
            made = self._made(name, values, kind)
            if made is None:
                return None
            conditions.append(made)
        return conditions

    @property
    def words(self) -> str:
        """The filters as what matched, for hits that nothing else was asked of."""
        return ", ".join(f"{name} {' or '.join(values)}" for name, values in self._sought.filters.items())

    def _made(self, name: str, values: Sequence[str], kind: Kind) -> Condition | None:
        match name:
            case "email":
                return self._by_email(values, kind)
            case "contract":
                return self._by_contract(kind)
            case "account":
                return self._by_account(kind)
            case "site":
                return self._by_site(kind)
        return _by_status(values, kind)

    def _by_email(self, values: Sequence[str], kind: Kind) -> Condition | None:
        if kind is Kind.CONTRACT:
            return None
        name = {Kind.CONTACT: "contact_email", Kind.ACCOUNT: "account_email"}.get(kind, "end_user_email")
        having = or_(*(contains(self._connection, name, value) for value in values))
        if kind is Kind.PAYMENT:
            return payment.c.user_id.in_(select(end_user.c.id).where(having))
        return having

    def _by_contract(self, kind: Kind) -> Condition | None:
        oids = self._contracts
        if not oids:
            return None
        roles = select(aspire_contract_role.c.account_oid).where(
            aspire_contract_role.c.contract_oid.in_(oids)
        )
        accounts = sorted(set(self._connection.execute(roles).scalars()))
        match kind:
            case Kind.CONTRACT:
                return aspire_contract.c.oid.in_(oids)
            case Kind.PAYMENT:
                return payment.c.contract_oid.in_(oids)
        return _of_accounts(accounts, kind)

    def _by_account(self, kind: Kind) -> Condition | None:
        oids = self._accounts
        if not oids:
            return None
        held = select(aspire_contract_role.c.contract_oid).where(aspire_contract_role.c.account_oid.in_(oids))
        match kind:
            case Kind.CONTRACT:
                return aspire_contract.c.oid.in_(held)
            case Kind.PAYMENT:
                return payment.c.contract_oid.in_(held)
        return _of_accounts(oids, kind)

    def _by_site(self, kind: Kind) -> Condition | None:
        sites = self._sites
        if not sites:
            return None
        labels = select(site_private_label.c.label_key).where(site_private_label.c.site_id.in_(sites))
        conditions: dict[Kind, Condition] = {
            Kind.USER: end_user.c.site_id.in_(sites),
            Kind.PAYMENT: payment.c.site_id.in_(sites),
            Kind.CONTRACT: aspire_contract.c.label_key.in_(labels),
        }
        return conditions.get(kind)

    @cached_property
    def _contracts(self) -> list[int]:
        contract = aspire_contract.c
        found: dict[int, None] = {}
        for value in self._sought.contract:
            is_it = or_(
                contract.contract_id_key == id_key(value),
                *(contract.contract_id_plain == plain for plain in [plain_id(value)] if plain),
                *(contract.contract_id_short == short for short in [short_id(value)] if short),
            )
            for condition in (is_it, begins(contract.contract_id_key, id_key(value))):
                query = select(contract.oid).where(condition).order_by(contract.contract_id_key, contract.oid)
                met = self._connection.execute(query.limit(AT_MOST)).scalars().all()
                found |= dict.fromkeys(met)
                if met:
                    break
        return list(found)

    @cached_property
    def _accounts(self) -> list[int]:
        account = aspire_account.c
        found: dict[int, None] = {}
        for value in self._sought.account:
            query = select(account.oid).where(account.account_id_key == id_key(value)).order_by(account.oid)
            exact = self._connection.execute(query).scalars().all()
            like = exact or best_matches(self._connection, "aspire_account", value, limit=AT_MOST)
            found |= dict.fromkeys(like)
        return list(found)

    @cached_property
    def _sites(self) -> list[int]:
        known = self._connection.execute(select(site.c.id, site.c.key, site.c.name)).all()
        found: dict[int, None] = {}
        for value in self._sought.site:
            key = name_key(value)
            met = [row.id for row in known if key in (name_key(row.key), name_key(row.name))]
            met = met or [row.id for row in known if name_key(row.key).startswith(key)]
            found |= dict.fromkeys(met or [row.id for row in known if key in name_key(row.name)])
        return list(found)


def _of_accounts(oids: Sequence[int], kind: Kind) -> Condition:
    match kind:
        case Kind.ACCOUNT:
            return aspire_account.c.oid.in_(oids)
        case Kind.CONTACT:
            return aspire_contact.c.account_oid.in_(oids)
    return end_user.c.id.in_(select(account_link.c.user_id).where(account_link.c.account_oid.in_(oids)))


def _by_status(values: Sequence[str], kind: Kind) -> Condition | None:
    match kind:
        case Kind.USER:
            statuses = _meant(values, [status.value for status in Status])
            return end_user.c.status.in_(statuses) if statuses else None
        case Kind.PAYMENT:
            statuses = _meant(values, PAYMENT_STATUSES)
            return payment.c.status.in_(statuses) if statuses else None
        case Kind.CONTRACT:
            states: list[Any] = [CONTRACT_STATES[state]() for state in _meant(values, list(CONTRACT_STATES))]
            return or_(false(), *states) if states else None
    return None


def _meant(values: Sequence[str], known: Sequence[str]) -> list[str]:
    """The statuses typed: the very word, or all that begin so."""
    meant: dict[str, None] = {}
    for value in values:
        key = name_key(value)
        exact = [word for word in known if name_key(word) == key]
        meant |= dict.fromkeys(exact or [word for word in known if name_key(word).startswith(key)])
    return list(meant)
