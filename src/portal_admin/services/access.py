"""What an end user sees, why, and who else sees it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from portal_admin.domain.access import AccessCase, explain_access, hidden_reasons, seen_first
from portal_admin.domain.people import EndUser, Site
from portal_admin.domain.policy import PortalSettings
from portal_admin.domain.reading import Answer, Generations, Stored
from portal_admin.domain.records import Account, Contract
from portal_admin.domain.verdict import Verdict
from portal_admin.errors import CouldNotLook, NotFound
from portal_admin.models.engine import reading
from portal_admin.services import people, snapshot
from portal_admin.services.desk import Desk
from portal_admin.services.live import live_contract, live_generation, live_names
from portal_admin.services.settings import read_settings
from portal_admin.services.sites import all_sites, find_site
from portal_admin.services.snapshot import Freshness
from portal_admin.services.sync.state import restored_alarm, stored_generation
from portal_admin.services.typed_ids import typed_contract_id
from portal_admin.services.visibility import (
    ContractLine,
    Sight,
    all_sights,
    lines_of_user,
    sights_of_contract,
)


@dataclass(frozen=True, slots=True)
class HiddenContract:
    """A contract of a linked account that stays hidden; `reasons` are names of rule A's checks."""

    contract_id: str
    reasons: tuple[str, ...]
    private_label: str | None


@dataclass(frozen=True, slots=True)
class ContractList:
    """A user's contracts as the portal shows them once the user is Active, and those that stay hidden."""

    user: EndUser
    lines: tuple[ContractLine, ...]
    hidden: tuple[HiddenContract, ...]
    freshness: Freshness


@dataclass(frozen=True, slots=True)
class Viewers:
    """Everybody who sees one contract, or would once Active; nobody sees one that was not `received` yet."""

    contract_id: str
    sights: tuple[Sight, ...]
    freshness: Freshness
    received: bool = True


@dataclass(frozen=True, slots=True)
class _Known:
    user: EndUser
    site: Site
    sites: tuple[Site, ...]
    stored: Stored[Contract]
    accounts: dict[int, Account]
    generation: int | None
    alarm: bool
    settings: PortalSettings


def explain(desk: Desk, *, site: str, email: str, contract_id: str) -> Verdict:
    """Rule A's verdict on one contract id, from the snapshot and, within one budget, from ASPIRE itself."""
    contract_id = typed_contract_id(contract_id)
    known = _known(desk, site, email, contract_id)
    if desk.aspire is None:
        return _judge(desk, known, contract_id)
    with desk.aspire.look_up():
        return _judge(desk, known, contract_id)


def _known(desk: Desk, site: str, email: str, contract_id: str) -> _Known:
    with reading(desk.engine) as connection:
        found = find_site(connection, site)
        user = people.find_user(connection, found, email)
        settings = read_settings(connection)
        rank = seen_first(accounts=(a.oid for a in user.accounts), site=found, settings=settings)
        stored = snapshot.stored_contract(connection, contract_id, rank=rank)
        parties = {role.account_oid for role in stored.fact.roles} if stored.fact else set()
        return _Known(
            user,
            found,
            all_sites(connection),
            stored,
            snapshot.accounts_by_oid(connection, parties),
            stored_generation(connection),
            restored_alarm(connection),
            settings,
        )


def _judge(desk: Desk, known: _Known, contract_id: str) -> Verdict:
    stored = known.stored.fact
    seen = seen_first(accounts=(a.oid for a in known.user.accounts), site=known.site, settings=known.settings)
    # What the portal holds is compared with the same record, and with another of its number only if that is gone.
    live = live_contract(
        desk, contract_id, rank=lambda c: (stored is not None and c.oid != stored.oid, seen(c))
    )
    answered = live.answer is not Answer.UNREAD
    generation = live_generation(desk) if answered else None
    unnamed = {role.account_oid for role in live.fact.roles} - known.accounts.keys() if live.fact else set()
    case = AccessCase(
        contract_id=contract_id,
        site=known.site,
        status=known.user.status,
        linked=known.user.accounts,
        stored=known.stored,
        live=live,
        generations=Generations(known.generation, generation, known.alarm),
        accounts=known.accounts | live_names(desk, unnamed),
        sites=known.sites,
        settings=known.settings,
        now=desk.clock(),
    )
    return explain_access(case)


def contracts(desk: Desk, *, site: str, email: str) -> ContractList:
    """The user's contract list exactly as the portal shows it, with what stays hidden and why."""
    with reading(desk.engine) as connection:
        settings = read_settings(connection)
        found = find_site(connection, site)
        user = people.find_user(connection, found, email)
        lines = lines_of_user(connection, settings, user.id)
        linked = [account.oid for account in user.accounts]
        held = snapshot.contracts_held(connection, linked)
        candidates = {c.oid: c for contracts in held.values() for c in contracts}
        hidden = tuple(
            HiddenContract(c.contract_id, reasons, c.private_label)
            for c in sorted(candidates.values(), key=lambda c: (c.contract_id, c.oid))
            if (reasons := hidden_reasons(c, accounts=linked, site=found, settings=settings))
        )
        return ContractList(user, lines, hidden, snapshot.freshness(connection, settings, desk.clock()))


def who(desk: Desk, *, contract_id: str) -> Viewers:
    """Who sees the contract; an id that the snapshot lacks is looked up in ASPIRE before it is called unknown."""
    contract_id = typed_contract_id(contract_id)
    with reading(desk.engine) as connection:
        settings = read_settings(connection)
        stored = snapshot.stored_contract(connection, contract_id)
        age = snapshot.freshness(connection, settings, desk.clock())
        if stored.fact is not None:
            sights = sights_of_contract(connection, settings, contract_id)
            return Viewers(stored.fact.contract_id, sights, age)
    live = live_contract(desk, contract_id)
    if live.answer is Answer.UNREAD:
        raise CouldNotLook(
            f"The portal has no copy of contract {contract_id}, and ASPIRE could not be asked. {live.reason}"
        )
    if live.fact is None:
        raise NotFound(f"Neither the portal nor ASPIRE has a contract {contract_id}.")
    return Viewers(live.fact.contract_id, (), age, received=False)


@dataclass(frozen=True, slots=True)
class Report:
    """Every user × visible contract, streamed while the database is read; `freshness` is of the whole report."""

    freshness: Freshness
    sights: Iterator[Sight]


def report(desk: Desk, *, include_inactive: bool = False) -> Report:
    """The access report: active users, and with `include_inactive` what the others would see."""
    with reading(desk.engine) as connection:
        settings = read_settings(connection)
        age = snapshot.freshness(connection, settings, desk.clock())

    def stream() -> Iterator[Sight]:
        with reading(desk.engine) as connection:
            yield from all_sights(connection, settings, include_inactive=include_inactive)

    return Report(age, stream())
