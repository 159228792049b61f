"""What rule D needs to know: from the portal's copy, and from ASPIRE itself."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, select

from portal_admin.aspire.client import TEXT_LENGTH, AspireClient
from portal_admin.domain.access import site_keys
from portal_admin.domain.addresses import usable_addresses
from portal_admin.domain.enrolment import EnrolmentCase
from portal_admin.domain.enrolment_facts import Holder, customers_of
from portal_admin.domain.enrolment_typed import Typed
from portal_admin.domain.people import Site, Status
from portal_admin.domain.policy import PortalSettings
from portal_admin.domain.reading import Answer, Live, Stored
from portal_admin.domain.records import Account, Contact, Contract, Removed
from portal_admin.domain.text import label_key
from portal_admin.domain.verdict import Edition
from portal_admin.errors import AspireDenied, CouldNotLook
from portal_admin.models import aspire_account, aspire_contact, end_user, sync_state
from portal_admin.services import snapshot
from portal_admin.services.chunks import chunks
from portal_admin.services.desk import Desk
from portal_admin.services.live import ask, live_contract
from portal_admin.services.settings import read_settings
from portal_admin.services.sites import all_sites, find_site
from portal_admin.services.text_search import contains

# Who has an address comes from these, so it is as old as the oldest of them.
CLASSES = ("accounts", "contacts", "contracts")
ASKED_AT_MOST = 8  # accounts whose contracts one look-up asks for
LISTED_AT_MOST = 1000
WITHHELD = "The ASPIRE login may not read everybody who has this address. Ask for the right in ASPIRE."
TOO_MANY = "Too many accounts in ASPIRE have this address to ask for the contracts of all of them."


@dataclass(frozen=True, slots=True)
class Told:
    """What ASPIRE said of the contract entered, of who has the address, and of customers that the portal's copy lacks."""

    contract: Live[Contract]
    holders: Live[tuple[Holder, ...]]
    customers: tuple[Holder, ...] = ()


@dataclass(frozen=True, slots=True)
class Known:
    """What the portal holds."""

    site: Site
    sites: tuple[Site, ...]
    settings: PortalSettings
    contract: Stored[Contract]
    holders: Stored[tuple[Holder, ...]]
    cadence: timedelta
    customers: dict[int, Holder]
    user: Status | None


def known(connection: Connection, typed: Typed, site: str, now: datetime) -> Known:
    """The portal's side, of one moment."""
    settings, found = read_settings(connection), find_site(connection, site)
    as_of, cadence = _age(connection, settings, now)
    owners = _owners(connection, typed.address) if as_of else set()
    contract = _stored_contract(connection, typed, found, owners)
    holders = _holders(connection, owners) if as_of else None
    customers = _holders(connection, customers_of(contract.fact) if contract.fact else ())
    users = select(end_user.c.status).where(end_user.c.site_id == found.id, end_user.c.email == typed.address)
    status = connection.execute(users).scalar() if typed.address else None
    return Known(
        found,
        all_sites(connection),
        settings,
        contract,
        Stored(holders, as_of),
        cadence,
        {one.account.oid: one for one in customers},
        None if status is None else Status(status),
    )


def told(desk: Desk, typed: Typed, ours: Known) -> Told:
    """ASPIRE's side; whoever calls gives it one look-up's budget."""
    stored = ours.contract.fact
    keys = site_keys(ours.site)

    def rank(contract: Contract) -> tuple[bool, bool, bool, int]:
        other = stored is not None and contract.oid != stored.oid
        return other, not contract.is_booked, label_key(contract.private_label) not in keys, contract.oid

    live: Live[Contract] = Live(Answer.ABSENT, desk.clock())
    if typed.contract_id.strip():
        live = live_contract(desk, typed.contract_id, rank=rank)
    parties = frozenset().union(*(customers_of(one) for one in (stored, live.fact) if one))
    holders = _live_holders(desk, typed.address, parties)
    unknown = sorted(parties - ours.customers.keys())[:ASKED_AT_MOST]
    return Told(live, holders, _live_customers(desk, unknown) if unknown else ())


def case_of(typed: Typed, ours: Known, theirs: Told, edition: Edition | None, now: datetime) -> EnrolmentCase:
    """Both sides as one case, judged by `edition` or by the one in force."""
    return EnrolmentCase(
        typed=typed,
        site=ours.site,
        sites=ours.sites,
        contract=(ours.contract, theirs.contract),
        contract_cadence=ours.settings.cadences["contracts"],
        holders=(ours.holders, theirs.holders),
        holders_cadence=ours.cadence,
        customers={one.account.oid: one for one in theirs.customers} | ours.customers,
        user=ours.user,
        edition=edition or ours.settings.edition,
        now=now,
    )


def _stored_contract(connection: Connection, typed: Typed, site: Site, owners: set[int]) -> Stored[Contract]:
    """Of several contracts with this number, one that could be accepted comes first."""
    keys = site_keys(site)

    def rank(contract: Contract) -> tuple[bool, bool, bool, int]:
        foreign = not owners & customers_of(contract)
        return (
            not contract.is_booked,
            label_key(contract.private_label) not in keys,
            foreign,
            contract.oid,
        )

    return snapshot.stored_contract(connection, typed.contract_id, rank=rank)


def _age(
    connection: Connection, settings: PortalSettings, now: datetime
) -> tuple[datetime | None, timedelta]:
    """When who has which address was last confirmed, and how often that is due: of the class that lags most."""
    query = select(sync_state.c.data_class, sync_state.c.confirmed_at)
    rows = connection.execute(query.where(sync_state.c.data_class.in_(CLASSES)))
    at: dict[str, datetime | None] = dict.fromkeys(CLASSES)
    at |= {row.data_class: row.confirmed_at for row in rows}

    def lag(name: str) -> float:
        confirmed = at[name]
        return float("inf") if confirmed is None else (now - confirmed) / settings.cadences[name]

    oldest = max(CLASSES, key=lag)
    return at[oldest], settings.cadences[oldest]


def _owners(connection: Connection, address: str) -> set[int]:
    """The accounts that have the address, by themselves or by a contact."""
    if not address:
        return set()
    accounts = select(aspire_account.c.oid, aspire_account.c.email).where(
        contains(connection, "account_email", address)
    )
    contacts = select(aspire_contact.c.account_oid, aspire_contact.c.email).where(
        contains(connection, "contact_email", address)
    )
    # The index finds the address within longer ones too.
    return {
        oid
        for query in (accounts, contacts)
        for oid, field in connection.execute(query)
        if address in usable_addresses(field)
    }


def _holders(connection: Connection, oids: Iterable[int]) -> tuple[Holder, ...]:
    """Those of the accounts that the portal's copy holds, with all that rule D asks of them."""
    accounts = snapshot.accounts_by_oid(connection, oids)
    contacts: dict[int, list[Contact]] = defaultdict(list)
    for some in chunks(sorted(accounts)):
        query = select(aspire_contact).where(aspire_contact.c.account_oid.in_(some))
        for row in connection.execute(query.order_by(aspire_contact.c.oid)):
            contacts[row.account_oid].append(Contact(row.oid, row.account_oid, row.name, row.email))
    held = snapshot.contracts_held(connection, accounts)
    return tuple(
        Holder(account, tuple(contacts[oid]), held[oid]) for oid, account in sorted(accounts.items())
    )


def _live_holders(desk: Desk, address: str, parties: frozenset[int]) -> Live[tuple[Holder, ...]]:
    if not address:
        return Live(Answer.READ, desk.clock(), ())

    def question(aspire: AspireClient) -> tuple[Holder, ...]:
        accounts, contacts = _having(aspire, address)
        order = sorted({*accounts, *contacts}, key=lambda oid: (oid not in parties, oid))
        found = [
            holder
            for oid in order[:ASKED_AT_MOST]
            if (holder := _holder(aspire, oid, accounts.get(oid), contacts[oid])) is not None
        ]
        if len(order) > ASKED_AT_MOST and not any(one.booked for one in found):
            raise CouldNotLook(TOO_MANY)
        return tuple(found)

    return ask(desk, question)


def _having(aspire: AspireClient, address: str) -> tuple[dict[int, Account], dict[int, list[Contact]]]:
    """The accounts and the contacts in whose field the address stands."""
    local, _, domain = address.rpartition("@")
    # ASPIRE may hold a domain in its own script.
    text = (f"{local}@" if "xn--" in domain else address)[:TEXT_LENGTH]
    accounts = aspire.account_search(text=text, limit=LISTED_AT_MOST)
    contacts = aspire.contact_search(text=text)
    if accounts.withheld or contacts.withheld:
        raise AspireDenied(WITHHELD)
    if accounts.next_cursor or contacts.next_cursor:
        raise CouldNotLook(TOO_MANY)
    mine = {
        one.oid: one
        for one in accounts.items
        if not isinstance(one, Removed) and address in usable_addresses(one.email)
    }
    theirs: dict[int, list[Contact]] = defaultdict(list)
    for one in contacts.items:
        if not isinstance(one, Removed) and address in usable_addresses(one.email):
            theirs[one.account_oid].append(one)
    return mine, theirs


def _holder(
    aspire: AspireClient, oid: int, account: Account | None, contacts: list[Contact]
) -> Holder | None:
    found = account or next(iter(aspire.accounts(account_oid=oid)), None)
    if found is None:
        return None
    return Holder(found, tuple(contacts), aspire.contracts_of(account_oid=oid))


def _live_customers(desk: Desk, oids: list[int]) -> tuple[Holder, ...]:
    """The contract's customers that the portal's copy lacks, as far as ASPIRE names them."""

    def question(aspire: AspireClient) -> tuple[Holder, ...]:
        return tuple(
            Holder(account, aspire.contacts_of(account_oid=oid))
            for oid in oids
            for account in aspire.accounts(account_oid=oid)
        )

    return ask(desk, question).fact or ()
