"""Links between end users and ASPIRE accounts: they decide which contracts a user sees."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Connection, delete, insert, select

from portal_admin.domain.access import area_of, hidden_reasons
from portal_admin.domain.offering import Holding
from portal_admin.domain.people import EndUser, LinkedAccount, Site
from portal_admin.domain.permissions import Permission
from portal_admin.domain.policy import PortalSettings
from portal_admin.domain.reading import Answer
from portal_admin.domain.records import Account, Contract
from portal_admin.domain.text import id_key, whole
from portal_admin.errors import Conflict, CouldNotLook, DeskError, NotFound, Refused
from portal_admin.models import account_link, audit_event, end_user
from portal_admin.models.engine import reading
from portal_admin.services import accounts, audit, people, snapshot
from portal_admin.services.access import HiddenContract
from portal_admin.services.accounts import LookAlikes
from portal_admin.services.change import action, advance, changing
from portal_admin.services.desk import Desk
from portal_admin.services.live import live_holding
from portal_admin.services.settings import read_settings
from portal_admin.services.sites import find_site
from portal_admin.services.snapshot import Freshness
from portal_admin.services.typed_ids import typed_account_ids

LAST_LINK_SOURCE = "managing-portal-users"
CANNOT_TELL = "cannot_tell"


@dataclass(frozen=True, slots=True)
class PreviewLine:
    """One contract that a user gains or loses, and the area it stands in."""

    contract_id: str
    area: str


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a change would not be made now: the rule, `cannot_tell` where a needed fact is missing, and a sentence."""

    rule: str
    message: str


@dataclass(frozen=True, slots=True)
class LinkPreview:
    """What linking or unlinking would change for the user once Active; `hidden` contracts of the account stay hidden.

    `refused` and `look_alikes` are only filled by `rehearse`.
    """

    user: EndUser
    gained: tuple[PreviewLine, ...]
    lost: tuple[PreviewLine, ...]
    hidden: tuple[HiddenContract, ...]
    freshness: Freshness
    refused: Refusal | None = None
    look_alikes: tuple[LookAlikes, ...] = ()


@dataclass(frozen=True, slots=True)
class NewUserPreview:
    """What a user who does not exist yet would see once Active, and which contracts of the accounts stay hidden."""

    opened: tuple[PreviewLine, ...]
    hidden: tuple[HiddenContract, ...]
    freshness: Freshness


@dataclass(frozen=True, slots=True)
class Changed:
    """The user after a change that is saved; `warnings` tell what did not work afterwards."""

    user: EndUser
    warnings: tuple[str, ...] = ()


def preview(
    desk: Desk, *, site: str, email: str, add: Iterable[str] = (), remove: Iterable[str] = ()
) -> LinkPreview:
    """The contracts gained, lost and still hidden when those accounts are linked or unlinked.

    It rests on the snapshot, and for an account that the snapshot lacks on what ASPIRE says now.
    """
    added, removed = typed_account_ids(add), typed_account_ids(remove)
    with reading(desk.engine) as connection:
        settings = read_settings(connection)
        on = find_site(connection, site)
        user = people.find_user(connection, on, email)
        stored = {account_id: snapshot.stored_account(connection, account_id) for account_id in added}
        before = {account.oid for account in user.accounts}
        gone = {_linked(user, account_id).oid for account_id in removed}
        fresh = {account.oid for account in stored.values() if account}
        held = snapshot.contracts_held(connection, before | fresh)
        contracts = {c.oid: c for some in held.values() for c in some}
        age = snapshot.freshness(connection, settings, desk.clock())
    for holding in _not_received(desk, stored):
        fresh.add(holding.account.oid)
        contracts |= {contract.oid: contract for contract in holding.contracts}
    ours = _Eyes(on, settings, before), _Eyes(on, settings, (before | fresh) - gone)
    return _compare(user, contracts.values(), ours, fresh | gone, age)


def preview_new(desk: Desk, *, site: str, account_ids: Iterable[str]) -> NewUserPreview:
    """The contracts that a new user linked to those accounts would see on the site, read as in `preview`."""
    wanted = typed_account_ids(account_ids)
    with reading(desk.engine) as connection:
        settings = read_settings(connection)
        on = find_site(connection, site)
        stored = {account_id: snapshot.stored_account(connection, account_id) for account_id in wanted}
        held = snapshot.holdings(connection, [account for account in stored.values() if account])
        contracts = {c.oid: c for holding in held.values() for c in holding.contracts}
        age = snapshot.freshness(connection, settings, desk.clock())
    for holding in _not_received(desk, stored):
        held[holding.account.oid] = holding
        contracts |= {contract.oid: contract for contract in holding.contracts}
    eyes = _Eyes(on, settings, set(held))
    opened, hidden = [], []
    for contract in sorted(contracts.values(), key=lambda c: (c.contract_id, c.oid)):
        reasons = eyes.reasons(contract)
        if reasons:
            hidden.append(HiddenContract(contract.contract_id, reasons, contract.private_label))
        else:
            opened.append(PreviewLine(contract.contract_id, area_of(contract)))
    return NewUserPreview(tuple(opened), tuple(hidden), age)


def rehearse(
    desk: Desk, *, site: str, email: str, add: Iterable[str] = (), remove: Iterable[str] = ()
) -> LinkPreview:
    """The preview, what the accounts could be mistaken for, and whether the change itself would be refused now.

    All of it within one look-up's budget.
    """
    added, removed = tuple(add), tuple(remove)
    with accounts.one_budget(desk):
        found = preview(desk, site=site, email=email, add=added, remove=removed)
        found = replace(found, look_alikes=accounts.easily_mistaken(desk, _stored(desk, added)))
        try:
            if added:
                offered = accounts.require_offered(desk, site=site, account_ids=added)
                found = replace(found, look_alikes=accounts.easily_mistaken(desk, offered))
                _require_new(found.user, offered)
            else:
                _require_rest(found.user, {_linked(found.user, account_id).oid for account_id in removed})
        except Refused as refused:
            return replace(found, refused=Refusal(refused.rule, refused.message))
        except CouldNotLook as problem:
            return replace(found, refused=Refusal(CANNOT_TELL, problem.message))
    return found


def _stored(desk: Desk, account_ids: Iterable[str]) -> list[Account]:
    with reading(desk.engine) as connection:
        stored = [snapshot.stored_account(connection, one) for one in typed_account_ids(account_ids)]
    return [account for account in stored if account]


@dataclass(frozen=True, slots=True)
class _Eyes:
    """Rule A for one set of linked accounts."""

    site: Site
    settings: PortalSettings
    accounts: set[int]

    def reasons(self, contract: Contract) -> tuple[str, ...]:
        return hidden_reasons(contract, accounts=self.accounts, site=self.site, settings=self.settings)


def _compare(
    user: EndUser, contracts: Iterable[Contract], eyes: tuple[_Eyes, _Eyes], touched: set[int], age: Freshness
) -> LinkPreview:
    before, after = eyes
    gained, lost, hidden = [], [], []
    for contract in sorted(contracts, key=lambda c: (c.contract_id, c.oid)):
        saw, sees = not before.reasons(contract), not after.reasons(contract)
        line = PreviewLine(contract.contract_id, area_of(contract))
        if sees and not saw:
            gained.append(line)
        elif saw and not sees:
            lost.append(line)
        elif not sees and any(role.account_oid in touched & after.accounts for role in contract.roles):
            hidden.append(
                HiddenContract(contract.contract_id, after.reasons(contract), contract.private_label)
            )
    return LinkPreview(user, tuple(gained), tuple(lost), tuple(hidden), age)


def _not_received(desk: Desk, stored: Mapping[str, Account | None]) -> list[Holding]:
    """What ASPIRE says of the accounts that the snapshot lacks; NotFound when it lacks one too."""
    found = []
    with accounts.one_budget(desk):
        for account_id in (account_id for account_id, account in stored.items() if account is None):
            live = live_holding(desk, account_id)
            if live.answer is Answer.UNREAD:
                raise CouldNotLook(
                    f"The portal has no copy of account {account_id}, and ASPIRE could not be asked. {live.reason}"
                )
            if live.fact is None:
                raise NotFound(f"Neither the portal nor ASPIRE has an account {account_id}.")
            found.append(live.fact)
    return found


@action(Permission.LINK_ACCOUNT)
def add(
    desk: Desk, *, site: str, email: str, account_ids: Iterable[str], version: int | None = None
) -> Changed:
    """Link accounts that the site offers, then read their records from ASPIRE."""
    people.show_user(desk, site=site, email=email)  # an unknown user is named before ASPIRE is asked
    offered = accounts.require_offered(desk, site=site, account_ids=account_ids)
    with changing(desk) as connection:
        on = find_site(connection, site)
        user = people.find_user(connection, on, email)
        require_version(user, version)
        new = _require_new(user, offered)
        insert_links(connection, desk, user.id, new)
        changed = _bump(connection, desk, user, on, action="link.add", accounts=new)
    return Changed(named(changed, new), read_records(desk, new))


@action(Permission.UNLINK_ACCOUNT)
def remove(desk: Desk, *, site: str, email: str, account_id: str, version: int | None = None) -> Changed:
    """Unlink an account; the last link stays, because a user needs at least one."""
    return remove_several(desk, site=site, email=email, account_ids=[account_id], version=version)


@action(Permission.UNLINK_ACCOUNT)
def remove_several(
    desk: Desk, *, site: str, email: str, account_ids: Iterable[str], version: int | None = None
) -> Changed:
    """Unlink accounts, all or none."""
    wanted = typed_account_ids(account_ids)
    with changing(desk) as connection:
        on = find_site(connection, site)
        user = people.find_user(connection, on, email)
        require_version(user, version)
        linked = {_linked(user, account_id).oid: _linked(user, account_id) for account_id in wanted}
        _require_rest(user, set(linked))
        connection.execute(
            delete(account_link).where(
                account_link.c.user_id == user.id, account_link.c.account_oid.in_(sorted(linked))
            )
        )
        return Changed(_bump(connection, desk, user, on, action="link.remove", accounts=linked.values()))


@action(Permission.UNLINK_ACCOUNT)
def undo_remove(desk: Desk, *, site: str, email: str, account: LinkedAccount) -> Changed:
    """Link again what was just unlinked; undo is exempt from the picker's rule, so the audit must show the removal."""
    with changing(desk) as connection:
        on = find_site(connection, site)
        user = people.find_user(connection, on, email)
        if not _was_just_removed(connection, user, account):
            raise Refused(
                f"{account.account_id} was not the last thing unlinked, so there is nothing to undo.",
                rule="undo",
            )
        insert_links(connection, desk, user.id, [Account(account.oid, account.account_id, account.name)])
        return Changed(_bump(connection, desk, user, on, action="link.undo_remove", accounts=[account]))


def insert_links(
    connection: Connection, desk: Desk, user_id: int, new: Iterable[Account | LinkedAccount]
) -> None:
    """Insert the links of one user in the caller's transaction."""
    at = desk.clock()
    rows = [
        {
            "user_id": user_id,
            "account_oid": account.oid,
            "account_id": account.account_id,
            "created_at": at,
            "created_by": desk.operator,
        }
        for account in new
    ]
    connection.execute(insert(account_link), rows)


def read_records(desk: Desk, linked: Iterable[Account]) -> tuple[str, ...]:
    """Read the accounts' records from ASPIRE at once (`managing-portal-users`), within one look-up's budget.

    Failures are warnings, never undoings: what was not read comes with the next sync.
    """
    from portal_admin.services.sync import read_account_now

    warnings = []
    with accounts.one_budget(desk):
        for account in linked:
            try:
                read_account_now(desk, account_oid=account.oid)
            except DeskError as problem:
                warnings.append(
                    f"Saved, but {account.account_id} was not read from ASPIRE yet. {problem.message}"
                )
    return tuple(warnings)


def named(user: EndUser, judged: Iterable[Account]) -> EndUser:
    """The user with the names of accounts that the snapshot does not hold yet."""
    names = {account.oid: account.name for account in judged}
    shown = (a if a.known or a.oid not in names else replace(a, name=names[a.oid]) for a in user.accounts)
    return replace(user, accounts=tuple(shown))


def require_version(user: EndUser, version: int | None) -> None:
    """Conflict when somebody else changed the user since it was read; None asks for no check."""
    if version is not None and version != user.version:
        raise Conflict(f"Somebody else changed {user.email} since it was read. Look at it again, then save.")


def _bump(
    connection: Connection,
    desk: Desk,
    user: EndUser,
    on: Site,
    *,
    action: str,
    accounts: Iterable[Account | LinkedAccount],
) -> EndUser:
    advance(connection, end_user, end_user.c.id == user.id, version=user.version, values={})
    after = people.find_user(connection, on, user.email)
    audit.record(
        connection,
        desk,
        action=action,
        subject=user.email,
        site=on.key,
        before={"accounts": [a.account_id for a in user.accounts]},
        after={
            "accounts": [a.account_id for a in after.accounts],
            "changed": [{"account_id": a.account_id, "account_oid": a.oid} for a in accounts],
        },
    )
    return after


def _require_new(user: EndUser, offered: Iterable[Account]) -> list[Account]:
    linked = {account.oid for account in user.accounts}
    new = [account for account in offered if account.oid not in linked]
    if not new:
        raise Refused(f"{user.email} is linked to that already.", rule="already_linked")
    return new


def _require_rest(user: EndUser, gone: set[int]) -> None:
    if {account.oid for account in user.accounts} <= gone:
        raise Refused(
            f"{user.email} needs at least one linked account. Link another first, or Deactivate User.",
            rule="last_link",
            source=LAST_LINK_SOURCE,
        )


def _linked(user: EndUser, account_id: str) -> LinkedAccount:
    for account in user.accounts:
        if id_key(account.account_id) == id_key(account_id):
            return account
    raise NotFound(f"{user.email} is not linked to account {whole(account_id)}.")


def _was_just_removed(connection: Connection, user: EndUser, account: LinkedAccount) -> bool:
    query = (
        select(audit_event.c.action, audit_event.c.after)
        .where(audit_event.c.subject == user.email, audit_event.c.site_key == user.site)
        .order_by(audit_event.c.id.desc())
        .limit(1)
    )
    last: Any = connection.execute(query).first()
    gone = [{"account_id": account.account_id, "account_oid": account.oid}]
    return last is not None and last.action == "link.remove" and last.after["changed"] == gone
