"""The picker: which ASPIRE accounts a site offers for linking, and why not."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass

from sqlalchemy import Connection, or_, select

from portal_admin.domain.freshness import is_stale
from portal_admin.domain.look_alike import core_name, look_alike
from portal_admin.domain.offering import Holding, OfferCase, explain_offer
from portal_admin.domain.people import LinkedAccount, Site
from portal_admin.domain.policy import PortalSettings
from portal_admin.domain.reading import Answer, Live, Stored
from portal_admin.domain.records import Account
from portal_admin.domain.text import id_key, name_key
from portal_admin.domain.verdict import Check, Verdict
from portal_admin.errors import CouldNotLook, InvalidInput, Refused
from portal_admin.models import aspire_account
from portal_admin.models.engine import reading
from portal_admin.services import snapshot
from portal_admin.services.desk import Desk
from portal_admin.services.live import Matches, live_accounts, live_holding
from portal_admin.services.settings import read_settings
from portal_admin.services.sites import find_site
from portal_admin.services.text_search import begins, contains
from portal_admin.services.typed_ids import typed_account_id, typed_account_ids

FOUND_AT_MOST = 50
SIMILAR_AT_MOST = 500  # candidates by first letters, of which few are look-alikes
SAME_START = 4


@dataclass(frozen=True, slots=True)
class Offer:
    """One account with its verdict; `holding` is what the verdict rests on, None when nothing could be read."""

    account: Account
    verdict: Verdict
    holding: Holding | None


@dataclass(frozen=True, slots=True)
class Offers:
    """The accounts found, offered ones first; `unread` says why ASPIRE itself could not be searched.

    `withheld` counts accounts that fit and that ASPIRE keeps from this login.
    """

    found: tuple[Offer, ...]
    more: bool
    stale: bool
    unread: str | None
    withheld: int = 0


@dataclass(frozen=True, slots=True)
class LookAlikes:
    """An account, and the others that it could be mistaken for."""

    account: Account
    similar: tuple[Account, ...]


def find(desk: Desk, *, site: str, text: str) -> Offers:
    """Search accounts by id or name in the snapshot and in ASPIRE, each judged for the site.

    Raises CouldNotLook rather than finding none when ASPIRE could not be searched.
    """
    if not text.strip():
        raise InvalidInput("Type part of an account name or an account id.", field="text")
    with one_budget(desk):
        live = live_accounts(desk, text, FOUND_AT_MOST + 1)
        matches = live.fact or Matches((), 0)
        with reading(desk.engine) as connection:
            settings = read_settings(connection)
            on = find_site(connection, site)
            stored = {a.oid: a for a in _search(connection, text)}
            stored |= snapshot.accounts_by_oid(connection, (a.oid for a in matches.found))
            held = snapshot.holdings(connection, stored.values())
            as_of = snapshot.confirmed_at(connection)
        offers = [_offer(desk, on, Stored(held[oid], as_of), live, settings) for oid in stored]
        # What only ASPIRE knows is few after a sync, and each needs its contracts read.
        offers += [_explain(desk, site, a.account_id, a) for a in matches.found if a.oid not in stored]
    unread = live.reason if live.answer is Answer.UNREAD else None
    if not offers and unread is not None:
        raise CouldNotLook(
            f"No account found in the portal's copy, and ASPIRE could not be searched. {unread}"
        )
    offers.sort(key=lambda offer: _rank(offer, text))
    stale = is_stale(as_of, desk.clock(), settings.cadences["contracts"]) and unread is not None
    shown, more = tuple(offers[:FOUND_AT_MOST]), len(offers) > FOUND_AT_MOST
    return Offers(shown, more, stale, unread, matches.withheld)


def explain(desk: Desk, *, site: str, account_id: str) -> Offer:
    """Rule B's verdict on one account, from the snapshot and, within one budget, from ASPIRE itself."""
    return _explain(desk, site, typed_account_id(account_id), None)


def _explain(desk: Desk, site: str, account_id: str, met: Account | None) -> Offer:
    """`met` is the account as a search met it, which names it where its contracts cannot be read."""
    with one_budget(desk):
        live = live_holding(desk, account_id)
    with reading(desk.engine) as connection:
        settings = read_settings(connection)
        on = find_site(connection, site)
        account = snapshot.stored_account(connection, account_id)
        held = snapshot.holdings(connection, [account])[account.oid] if account else None
        named = account or (live.fact.account if live.fact else met)
        case = OfferCase(
            account_id=account_id,
            site=on,
            stored=Stored(held, snapshot.confirmed_at(connection)),
            live=live,
            similar=look_alikes(connection, named) if named else (),
            settings=settings,
            now=desk.clock(),
        )
    verdict = explain_offer(case)
    shown = named or Account(0, account_id, account_id)
    return Offer(shown, verdict, held or live.fact)


def require_offered(desk: Desk, *, site: str, account_ids: Iterable[str]) -> tuple[Account, ...]:
    """Those accounts when the site offers every one; Refused names the check, CouldNotLook what could not be read.

    All of them are judged within one look-up's budget.
    """
    accounts: dict[int, Account] = {}
    wanted = typed_account_ids(account_ids)
    with one_budget(desk):
        offers = [(account_id, explain(desk, site=site, account_id=account_id)) for account_id in wanted]
    for account_id, offer in offers:
        verdict = offer.verdict
        if verdict.cannot_tell:
            raise CouldNotLook(f"Account {account_id} was not linked: {verdict.doubt}")
        if verdict.verdict != "offered":
            failed = _decisive(verdict)
            raise Refused(
                why_not_offered(site, account_id, verdict),
                rule=failed[0].name,
                source=failed[0].source,
                title="This account is not offered",
            )
        accounts[offer.account.oid] = offer.account
    return tuple(accounts.values())


def why_not_offered(site: str, account_id: str, verdict: Verdict) -> str:
    """Every cause for which the site, by its key, does not offer the account."""
    reasons = " ".join(check.sentence for check in _decisive(verdict))
    return f"Account {account_id} is not offered on site {site}. {reasons}"


def _decisive(verdict: Verdict) -> tuple[Check, ...]:
    return tuple(check for check in verdict.failed if check.name != "synced")


def look_alikes(connection: Connection, account: Account) -> tuple[Account, ...]:
    """Other accounts in the snapshot whose names could be taken for this one's."""
    core = core_name(account.name)
    if not core:
        return ()
    # Names are stored with their accents and articles.
    starts = {core[:SAME_START], name_key(account.name)[:SAME_START], f"the {core[:SAME_START]}"}
    query = (
        select(aspire_account)
        .where(
            or_(*(begins(aspire_account.c.name_key, start) for start in sorted(starts))),
            aspire_account.c.oid != account.oid,
        )
        .order_by(aspire_account.c.name_key, aspire_account.c.oid)
        .limit(SIMILAR_AT_MOST)
    )
    rows = connection.execute(query)
    return tuple(snapshot.account_of(row) for row in rows if look_alike(row.name, account.name))


def easily_mistaken(desk: Desk, linked: Iterable[Account | LinkedAccount]) -> tuple[LookAlikes, ...]:
    """Those of the accounts that others in the portal's copy look like."""
    accounts = [Account(one.oid, one.account_id, one.name) for one in linked]
    with reading(desk.engine) as connection:
        found = [LookAlikes(account, look_alikes(connection, account)) for account in accounts]
    return tuple(one for one in found if one.similar)


def _search(connection: Connection, text: str) -> list[Account]:
    accounts = aspire_account
    exact = select(accounts).where(accounts.c.account_id_key == id_key(text))
    like = select(accounts).where(contains(connection, "aspire_account", text))
    found = {}
    for query in (exact, like.order_by(accounts.c.name_key, accounts.c.oid).limit(FOUND_AT_MOST + 1)):
        for row in connection.execute(query):
            found[row.oid] = snapshot.account_of(row)
    return list(found.values())


def _offer(
    desk: Desk,
    on: Site,
    stored: Stored[Holding],
    searched: Live[Matches],
    settings: PortalSettings,
) -> Offer:
    """The verdict from the snapshot alone: a list does not ask ASPIRE for every contract of every account."""
    assert stored.fact is not None  # noqa: S101  # given by the caller
    reason = searched.reason or "a list is judged by the portal's copy; open the account to ask ASPIRE."
    live: Live[Holding] = Live(Answer.UNREAD, searched.at, reason=reason)
    account = stored.fact.account
    case = OfferCase(account.account_id, on, stored, live, None, settings, desk.clock())
    return Offer(account, explain_offer(case), stored.fact)


def one_budget(desk: Desk) -> AbstractContextManager[object]:
    """One look-up's budget for everything that is asked of ASPIRE inside."""
    return desk.aspire.look_up() if desk.aspire else nullcontext()


def _rank(offer: Offer, text: str) -> tuple[bool, bool, bool, str, int]:
    typed, account = name_key(text), offer.account
    return (
        offer.verdict.verdict != "offered",
        id_key(account.account_id) != typed,
        not name_key(account.name).startswith(typed),
        name_key(account.name),
        account.oid,
    )
