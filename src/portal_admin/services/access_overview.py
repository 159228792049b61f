"""One end user at a glance: contracts as the portal shows them, what each linked account opens, an account's people."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, func, select

from portal_admin.domain.access import CLOSED, OPEN, area_of, hidden_reasons
from portal_admin.domain.offering import Holding, OfferCase, explain_offer
from portal_admin.domain.people import EndUser, LinkedAccount, Site
from portal_admin.domain.policy import PortalSettings
from portal_admin.domain.reading import Answer, Live, Stored
from portal_admin.domain.records import Account
from portal_admin.domain.text import id_key
from portal_admin.domain.verdict import Verdict
from portal_admin.models import account_link, aspire_account, aspire_contract_role, end_user
from portal_admin.models.engine import reading
from portal_admin.services import access, people, snapshot
from portal_admin.services.access import ContractList
from portal_admin.services.chunks import chunks
from portal_admin.services.desk import Desk
from portal_admin.services.settings import read_settings
from portal_admin.services.sites import all_sites, find_site

CUSTOMER = "Customer"
PEOPLE_AT_MOST = 500


@dataclass(frozen=True, slots=True)
class AccountProfile:
    """What an account holds and opens on one site; contracts that it would not open there are `hidden`."""

    account: Account
    roles: tuple[str, ...]
    open: int
    closed: int
    hidden: int


@dataclass(frozen=True, slots=True)
class LinkedCard:
    """A linked account with its profile; `offer` is what the picker would say now, None when the snapshot lacks it."""

    account: LinkedAccount
    profile: AccountProfile | None
    offer: Verdict | None


@dataclass(frozen=True, slots=True)
class Overview:
    """Everything that one look at an end user needs; `customers` names the Customer of each contract by its oid."""

    contracts: ContractList
    site: Site
    sites: tuple[Site, ...]
    settings: PortalSettings
    customers: Mapping[int, str]
    cards: tuple[LinkedCard, ...]


@dataclass(frozen=True, slots=True)
class LinkedPeople:
    """The end users linked to one account; `account` is None when the snapshot lacks it, `more` when not all are listed."""

    account_id: str
    account: Account | None
    people: tuple[EndUser, ...]
    more: bool


def overview(desk: Desk, *, site: str, email: str) -> Overview:
    """The user's contract list with customers, and each linked account with what it opens."""
    contracts = access.contracts(desk, site=site, email=email)
    with reading(desk.engine) as connection:
        settings = read_settings(connection)
        on = find_site(connection, site)
        linked = contracts.user.accounts
        stored = snapshot.accounts_by_oid(connection, (account.oid for account in linked))
        held = snapshot.holdings(connection, stored.values())
        cards = tuple(_card(desk, a, held.get(a.oid), on, settings, contracts) for a in linked)
        customers = _customers(connection, (line.contract_oid for line in contracts.lines))
        return Overview(contracts, on, all_sites(connection), settings, customers, cards)


def profile_of(holding: Holding, *, site: Site, settings: PortalSettings) -> AccountProfile:
    """What an account would open by itself for an active user of the site."""
    oid = holding.account.oid
    areas = [
        None if hidden_reasons(c, accounts=(oid,), site=site, settings=settings) else area_of(c)
        for c in holding.contracts
    ]
    roles = {role.role_type for c in holding.contracts for role in c.roles if role.account_oid == oid}
    return AccountProfile(
        holding.account, tuple(sorted(roles)), areas.count(OPEN), areas.count(CLOSED), areas.count(None)
    )


def linked_people(desk: Desk, *, account_id: str) -> LinkedPeople:
    """Everybody linked to an account, by site and email."""
    with reading(desk.engine) as connection:
        account = snapshot.stored_account(connection, account_id)
        if account is not None:
            same = account_link.c.account_oid == account.oid
        else:
            same = func.lower(account_link.c.account_id) == id_key(account_id)
        query = (
            people.user_query()
            .join(account_link, account_link.c.user_id == end_user.c.id)
            .where(same)
            .order_by(end_user.c.site_id, end_user.c.email)
            .limit(PEOPLE_AT_MOST + 1)
        )
        rows = connection.execute(query).all()
        found = people.with_accounts(connection, rows[:PEOPLE_AT_MOST])
        shown = account.account_id if account else account_id.strip()
        return LinkedPeople(shown, account, tuple(found), len(rows) > PEOPLE_AT_MOST)


def _card(
    desk: Desk,
    account: LinkedAccount,
    holding: Holding | None,
    site: Site,
    settings: PortalSettings,
    contracts: ContractList,
) -> LinkedCard:
    if holding is None:
        return LinkedCard(account, None, None)
    stored = Stored(holding, contracts.freshness.as_of)
    live: Live[Holding] = Live(Answer.UNREAD, desk.clock(), reason="the cards rest on the portal's copy.")
    case = OfferCase(account.account_id, site, stored, live, None, settings, desk.clock())
    return LinkedCard(account, profile_of(holding, site=site, settings=settings), explain_offer(case))


def _customers(connection: Connection, contract_oids: Iterable[int]) -> dict[int, str]:
    role, named = aspire_contract_role, {}
    for some in chunks(sorted(contract_oids)):
        query = (
            select(role.c.contract_oid, aspire_account.c.name)
            .join(aspire_account, aspire_account.c.oid == role.c.account_oid)
            .where(role.c.contract_oid.in_(some), role.c.role_type == CUSTOMER)
            .order_by(role.c.contract_oid, role.c.account_oid.desc())
        )
        named.update({row.contract_oid: row.name for row in connection.execute(query)})
    return named
