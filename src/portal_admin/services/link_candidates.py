"""Choosing an account to link: what a search offers, and what one choice would change."""

from __future__ import annotations

from dataclasses import dataclass

from portal_admin.domain.text import id_key
from portal_admin.errors import CouldNotLook, NotFound
from portal_admin.models.engine import reading
from portal_admin.services import accounts, links, snapshot
from portal_admin.services.access_overview import AccountProfile, profile_of
from portal_admin.services.accounts import Offer
from portal_admin.services.desk import Desk
from portal_admin.services.links import LinkPreview
from portal_admin.services.settings import read_settings
from portal_admin.services.sites import find_site

OFFERED = "offered"


@dataclass(frozen=True, slots=True)
class Candidate:
    """One account that a search found; `profile` is None when its contracts could not be read."""

    offer: Offer
    profile: AccountProfile | None


@dataclass(frozen=True, slots=True)
class Candidates:
    """The accounts found, offered ones first; `unread` and `withheld` tell what ASPIRE's own search left out."""

    found: tuple[Candidate, ...]
    more: bool
    stale: bool
    unread: str | None
    withheld: int = 0


@dataclass(frozen=True, slots=True)
class Examined:
    """One account judged live; `preview` is made only when it may be linked, `unpreviewed` says why it could not be."""

    candidate: Candidate
    preview: LinkPreview | None
    unpreviewed: str | None
    similar: tuple[AccountProfile, ...]


def search(desk: Desk, *, site: str, text: str) -> Candidates:
    """The picker's search with what each account would open on the site."""
    offers = accounts.find(desk, site=site, text=text)
    with reading(desk.engine) as connection:
        settings, on = read_settings(connection), find_site(connection, site)
    found = tuple(
        Candidate(offer, profile_of(offer.holding, site=on, settings=settings) if offer.holding else None)
        for offer in offers.found
    )
    return Candidates(found, offers.more, offers.stale, offers.unread, offers.withheld)


def examine(desk: Desk, *, site: str, email: str, account_id: str) -> Examined:
    """The live verdict on one account, what linking it would change, and the accounts it could be mistaken for."""
    offer = accounts.explain(desk, site=site, account_id=account_id)
    preview, unpreviewed = None, None
    if offer.verdict.verdict == OFFERED:
        try:
            preview = links.preview(desk, site=site, email=email, add=[offer.account.account_id])
        except (CouldNotLook, NotFound) as problem:
            unpreviewed = problem.message
    similar = offer.verdict.check("look_alike").evidence.get("similar", ())
    with reading(desk.engine) as connection:
        settings, on = read_settings(connection), find_site(connection, site)
        stored = [snapshot.stored_account(connection, one["account_id"]) for one in similar]
        held = snapshot.holdings(connection, (account for account in stored if account))
    profiles = tuple(
        profile_of(holding, site=on, settings=settings)
        for holding in held.values()
        if id_key(holding.account.account_id) != id_key(offer.account.account_id)
    )
    own = profile_of(offer.holding, site=on, settings=settings) if offer.holding else None
    return Examined(Candidate(offer, own), preview, unpreviewed, profiles)
