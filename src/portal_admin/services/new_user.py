"""Choosing accounts for an end user who does not exist yet: the live verdict on one, and those it could be mistaken for."""

from __future__ import annotations

from dataclasses import dataclass

from portal_admin.models.engine import reading
from portal_admin.services import accounts, snapshot
from portal_admin.services.access_overview import AccountProfile, profile_of
from portal_admin.services.desk import Desk
from portal_admin.services.link_candidates import Candidate
from portal_admin.services.settings import read_settings
from portal_admin.services.sites import find_site


@dataclass(frozen=True, slots=True)
class Choice:
    """One account judged live for a site, and the accounts of nearly the same name."""

    candidate: Candidate
    similar: tuple[AccountProfile, ...]


def examine(desk: Desk, *, site: str, account_id: str) -> Choice:
    """Rule B's live verdict on an account, what it opens on the site, and its look-alikes."""
    offer = accounts.explain(desk, site=site, account_id=account_id)
    similar = offer.verdict.check("look_alike").evidence.get("similar", ())
    with reading(desk.engine) as connection:
        settings, on = read_settings(connection), find_site(connection, site)
        stored = [snapshot.stored_account(connection, one["account_id"]) for one in similar]
        held = snapshot.holdings(connection, (account for account in stored if account))
    others = [holding for oid, holding in held.items() if oid != offer.account.oid]
    own = profile_of(offer.holding, site=on, settings=settings) if offer.holding else None
    profiles = tuple(profile_of(holding, site=on, settings=settings) for holding in others)
    return Choice(Candidate(offer, own), profiles)
