"""Who pays for which contract, by the portal's copy and by ASPIRE itself, before anything is asked for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from portal_admin.aspire.client import AspireClient
from portal_admin.domain.access import OPEN, seen_first
from portal_admin.domain.payment_request import PayingAccount, refusal_of
from portal_admin.domain.people import EndUser, Site
from portal_admin.domain.policy import PortalSettings
from portal_admin.domain.records import Contract, Instance
from portal_admin.domain.site_policy import SitePolicy, require_payments
from portal_admin.domain.text import id_key
from portal_admin.errors import AspireRecordMissing, CouldNotLook, Refused, SettingsProblem, SwitchedOff
from portal_admin.models.engine import reading
from portal_admin.services import access, people, snapshot
from portal_admin.services.desk import Desk
from portal_admin.services.live import NOT_CONFIGURED
from portal_admin.services.settings import read_settings
from portal_admin.services.site_policy import stored_policy
from portal_admin.services.sites import find_site

OFF_IN_ASPIRE = (
    "Payments are switched off for this company in ASPIRE's settings (PaymentsEnabled). Only the vendor can "
    "switch them on; ask for it by a ticket."
)


# What must be there before a debit can be asked for, and read back.
NEEDED = frozenset({"PaymentRequests", "AlternateEfts", "BankAccounts"})


@dataclass(frozen=True, slots=True)
class Payer:
    """A user who sees the contract open, the bank accounts there are for it, and which ASPIRE said so."""

    user: EndUser
    site: Site
    policy: SitePolicy
    contract: Contract
    accounts: tuple[PayingAccount, ...]
    today: date
    instance: Instance

    @property
    def usable(self) -> tuple[PayingAccount, ...]:
        return tuple(one for one in self.accounts if one.refusal is None)


def payer(desk: Desk, *, site: str, email: str, contract_id: str) -> Payer:
    """Everything that a payment for this user and contract rests on, asked of ASPIRE now.

    Refused when the user does not see the contract under Open; CouldNotLook when that or the bank accounts cannot
    be read; SwitchedOff when the site or the company has no payments.
    """
    user, on, policy, settings = _known(desk, site, email)
    if desk.aspire is None:
        raise SettingsProblem(NOT_CONFIGURED)
    # The verdict is a look-up with a budget of its own.
    _require_open(desk, user, contract_id)
    with desk.aspire.look_up():
        instance = desk.aspire.instance()
        _require_offered(instance)
        # What ASPIRE does not tell, the site's policy alone decides.
        told = desk.aspire.settings() if "Settings" in instance.capabilities else {}
        if told.get("PaymentsEnabled") is False:
            raise SwitchedOff(OFF_IN_ASPIRE, title="Payments are switched off")
        contract = _contract(desk.aspire, user, on, settings, contract_id)
        return Payer(
            user,
            on,
            policy,
            contract,
            _accounts(desk, user, policy, contract),
            today(settings, desk.clock()),
            instance,
        )


def _require_offered(instance: Instance) -> None:
    missing = sorted(NEEDED - instance.capabilities)
    if missing:
        raise Refused(
            f"This ASPIRE does not offer {', '.join(missing)}, without which no payment can be submitted. Ask who "
            "runs the ASPIRE gateway.",
            rule="not_offered",
        )


def today(settings: PortalSettings, now: datetime) -> date:
    """The company's day."""
    return now.astimezone(ZoneInfo(settings.time_zone)).date()


def _known(desk: Desk, site: str, email: str) -> tuple[EndUser, Site, SitePolicy, PortalSettings]:
    with reading(desk.engine) as connection:
        on = find_site(connection, site)
        policy = stored_policy(connection, on.id)
        require_payments(policy, site=on.key)
        return people.find_user(connection, on, email), on, policy, read_settings(connection)


def _require_open(desk: Desk, user: EndUser, contract_id: str) -> None:
    """By rule A: the portal lets nobody pay for what it does not show them under Open."""
    verdict = access.explain(desk, site=user.site, email=user.email, contract_id=contract_id)
    if verdict.cannot_tell:
        raise CouldNotLook(f"It cannot be told whether {user.email} sees this contract. {verdict.doubt}")
    if verdict.failed and verdict.verdict == "not_visible":
        told = " ".join(check.sentence for check in verdict.failed)
        raise Refused(
            f"{user.email} does not see contract {contract_id} on site {user.site}, so they cannot pay for it. {told}",
            rule="contract_not_visible",
            source=verdict.failed[0].source,
        )
    if verdict.area != OPEN:
        raise Refused(
            f"Contract {contract_id} is terminated and stands under Closed; nothing can be paid for it there.",
            rule="contract_closed",
            source="contract-not-showing-in-the-customer-portal",
        )


def _contract(
    aspire: AspireClient, user: EndUser, on: Site, settings: PortalSettings, contract_id: str
) -> Contract:
    found = [
        c for c in aspire.contracts(contract_id=contract_id) if id_key(c.contract_id) == id_key(contract_id)
    ]
    if not found:
        raise AspireRecordMissing(
            f"ASPIRE holds no contract {contract_id} any longer; sync, then look again."
        )
    rank = seen_first(accounts=(account.oid for account in user.accounts), site=on, settings=settings)
    contract = min(found, key=rank)
    if not contract.is_active:
        raise Refused(
            f"ASPIRE says that contract {contract_id} is not active, so nothing can be debited for it.",
            rule="contract_closed",
        )
    return contract


def _accounts(desk: Desk, user: EndUser, policy: SitePolicy, contract: Contract) -> tuple[PayingAccount, ...]:
    assert desk.aspire is not None  # noqa: S101
    linked = {account.oid for account in user.accounts}
    parties = sorted({role.account_oid for role in contract.roles})
    with reading(desk.engine) as connection:
        named = {
            oid: found.account_id for oid, found in snapshot.accounts_by_oid(connection, parties).items()
        }
    found: list[PayingAccount] = []
    for oid in parties:
        roles = [role.role_type for role in contract.roles if role.account_oid == oid]
        for record in desk.aspire.account_detail(account_oid=oid, data_class="bank_accounts"):
            refusal = refusal_of(
                is_active=record["IsActive"],
                roles=roles,
                is_linked=oid in linked,
                policy=policy.bank_accounts,
            )
            found.append(_account(record, oid, named.get(oid, str(oid)), refusal))
    return tuple(sorted(found, key=lambda one: (one.refusal is not None, one.label, one.oid)))


def _account(
    record: Mapping[str, Any], account_oid: int, account_id: str, refusal: str | None
) -> PayingAccount:
    """Only the last four digits ever got here; the bank's name is cut, too, as free text."""
    digits = str(record["AccountNumber"])[-4:]
    label = f"{str(record['BankName'])[:120]} · {str(record['AccountType'])[:40]} · …{digits}"
    return PayingAccount(
        record["BankAccountOid"], account_oid, account_id, label, digits, record.get("IsBusiness"), refusal
    )
