"""What is switched on for each site; a site that nobody has set anything for has the defaults."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, select

from portal_admin.domain.permissions import Permission
from portal_admin.domain.site_policy import BankAccounts, SitePolicy
from portal_admin.errors import Conflict
from portal_admin.models import site as site_table
from portal_admin.models import site_policy
from portal_admin.models.engine import reading
from portal_admin.services import audit
from portal_admin.services.change import action, advance, changing
from portal_admin.services.desk import Desk
from portal_admin.services.sites import find_site


def policy_of(source: Connection | Desk, site: str) -> SitePolicy:
    """The policy of a site; NotFound when there is no such site."""
    if isinstance(source, Desk):
        with reading(source.engine) as connection:
            return policy_of(connection, site)
    return stored_policy(source, find_site(source, site).id)


def stored_policy(connection: Connection, site_id: int) -> SitePolicy:
    """The policy of the site with that key, within the caller's transaction."""
    row = connection.execute(select(site_policy).where(site_policy.c.site_id == site_id)).first()
    return SitePolicy() if row is None else _policy(row)


def policies(desk: Desk) -> dict[str, SitePolicy]:
    """The policy of every site by its key."""
    query = select(site_table.c.key, site_policy).outerjoin(
        site_policy, site_policy.c.site_id == site_table.c.id
    )
    with reading(desk.engine) as connection:
        return {
            row.key: SitePolicy() if row.site_id is None else _policy(row)
            for row in connection.execute(query)
        }


@action(Permission.SET_SITE_POLICY)
def set_policy(
    desk: Desk,
    *,
    site: str,
    payments_enabled: bool | None = None,
    bank_accounts: BankAccounts | str | None = None,
    mfa_required: bool | None = None,
    version: int | None = None,
) -> SitePolicy:
    """Note what the vendor switched for a site; what is None stays as it is.

    Conflict when somebody else changed it since `version`, 0 for the defaults.
    """
    with changing(desk) as connection:
        on = find_site(connection, site)
        before = stored_policy(connection, on.id)
        if version is not None and version != before.version:
            raise Conflict(f"Somebody else changed the policy of {on.key}. Look at it again, then save.")
        wanted = replace(
            before,
            payments_enabled=before.payments_enabled if payments_enabled is None else payments_enabled,
            bank_accounts=before.bank_accounts if bank_accounts is None else BankAccounts(bank_accounts),
            mfa_required=before.mfa_required if mfa_required is None else mfa_required,
        )
        wanted = replace(wanted, bank_accounts_since=_since(before, wanted, desk.clock()))
        if wanted == before:
            return before
        _write(connection, on.id, before, wanted)
        audit.record(
            connection,
            desk,
            action="site.set_policy",
            subject=on.key,
            site=on.key,
            before=_audited(before),
            after=_audited(wanted),
        )
        return replace(wanted, version=before.version + 1)


def _since(before: SitePolicy, wanted: SitePolicy, now: datetime) -> datetime | None:
    """When `only existing accounts` began: what was saved before is not verified."""
    if wanted.bank_accounts is BankAccounts.ANY:
        return None
    return before.bank_accounts_since if before.bank_accounts is BankAccounts.EXISTING else now


def _write(connection: Connection, site_id: int, before: SitePolicy, wanted: SitePolicy) -> None:
    values = {
        "payments_enabled": wanted.payments_enabled,
        "bank_accounts": str(wanted.bank_accounts),
        "bank_accounts_since": wanted.bank_accounts_since,
        "mfa_required": wanted.mfa_required,
    }
    if before.version == 0:
        connection.execute(insert(site_policy).values(site_id=site_id, version=1, **values))
    else:
        mine = site_policy.c.site_id == site_id
        advance(connection, site_policy, mine, version=before.version, values=values)


def _policy(row: Any) -> SitePolicy:
    return SitePolicy(
        row.payments_enabled,
        BankAccounts(row.bank_accounts),
        row.bank_accounts_since,
        row.mfa_required,
        row.version,
    )


def _audited(policy: SitePolicy) -> dict[str, Any]:
    return {
        "payments_enabled": policy.payments_enabled,
        "bank_accounts": str(policy.bank_accounts),
        "mfa_required": policy.mfa_required,
    }
