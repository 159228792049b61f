"""Who is calling: one person as the caller's page shows them, and the people whom a contract or an account means."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from portal_admin.domain.people import EndUser, Site
from portal_admin.domain.site_policy import SitePolicy
from portal_admin.domain.text import canonical_email
from portal_admin.domain.verification import Verification
from portal_admin.errors import DeskError, SettingsProblem
from portal_admin.models import account_link, end_user
from portal_admin.models import site as site_table
from portal_admin.models.engine import reading
from portal_admin.services import access, early_resets, people, snapshot, verification
from portal_admin.services.access import Viewers
from portal_admin.services.chunks import chunks
from portal_admin.services.desk import Desk
from portal_admin.services.early_resets import Caution
from portal_admin.services.live import NOT_CONFIGURED
from portal_admin.services.settings import read_settings
from portal_admin.services.site_policy import stored_policy
from portal_admin.services.sites import find_site
from portal_admin.services.snapshot import Freshness

PEOPLE_AT_MOST = 200


@dataclass(frozen=True, slots=True)
class CallerProfile:
    """A person on one site; `others` are their users on other sites, `verified` what lets this operator act now."""

    user: EndUser
    site: Site
    policy: SitePolicy
    others: tuple[EndUser, ...]
    verified: Verification | None
    caution: Caution
    freshness: Freshness


@dataclass(frozen=True, slots=True)
class Party:
    """An account with a role on a contract."""

    account_id: str
    name: str
    role: str


@dataclass(frozen=True, slots=True)
class ContractPeople:
    """Whom a contract may concern: who sees it, and who is linked to one of its parties without seeing it."""

    viewers: Viewers
    others: tuple[EndUser, ...]
    parties: tuple[Party, ...]


def caller_profile(desk: Desk, *, site: str, email: str) -> CallerProfile:
    """One person with all that a rep must know before anything is said; ASPIRE is not asked."""
    with reading(desk.engine) as connection:
        on = find_site(connection, site)
        user = people.find_user(connection, on, email)
        same = people.user_query().where(
            end_user.c.email == canonical_email(email), end_user.c.site_id != on.id
        )
        rows = connection.execute(same.order_by(site_table.c.key)).all()
        others = people.with_accounts(connection, rows)
        policy = stored_policy(connection, on.id)
        age = snapshot.freshness(connection, read_settings(connection), desk.clock())
    verified = verification.caller(desk, site=site, email=email).verified
    caution = early_resets.caution(desk, site=site, email=email)
    return CallerProfile(user, on, policy, tuple(others), verified, caution, age)


def people_of_contract(desk: Desk, *, contract_id: str) -> ContractPeople:
    """Who may be calling about a contract; NotFound and CouldNotLook as `access.who` has them."""
    viewers = access.who(desk, contract_id=contract_id)
    with reading(desk.engine) as connection:
        stored = snapshot.stored_contract(connection, viewers.contract_id).fact
        roles = stored.roles if stored else ()
        accounts = snapshot.accounts_by_oid(connection, (role.account_oid for role in roles))
        seeing = {(one.site, one.email) for one in viewers.sights}
        linked = []
        for some in chunks(sorted({role.account_oid for role in roles})):
            ids = select(account_link.c.user_id).where(account_link.c.account_oid.in_(some))
            query = people.user_query().where(end_user.c.id.in_(ids))
            rows = connection.execute(
                query.order_by(end_user.c.site_id, end_user.c.email).limit(PEOPLE_AT_MOST)
            )
            linked += people.with_accounts(connection, rows.all())
    others = {user.id: user for user in linked if (user.site, user.email) not in seeing}
    parties = [
        Party(accounts[role.account_oid].account_id, accounts[role.account_oid].name, role.role_type)
        for role in roles
        if role.account_oid in accounts
    ]
    return ContractPeople(viewers, tuple(others.values()), tuple(parties))


def aspire_trouble(desk: Desk) -> DeskError | None:
    """Why ASPIRE cannot be asked now; None while it answers."""
    if desk.aspire is None:
        return SettingsProblem(NOT_CONFIGURED)
    try:
        desk.aspire.instance()
    except DeskError as problem:
        return problem
    return None
