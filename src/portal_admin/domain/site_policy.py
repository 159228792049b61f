"""What the vendor switched on or off for a site: payments, which bank accounts may pay, and MFA (rules F and H)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from portal_admin.errors import SwitchedOff

SWITCHED_OFF = (
    "Payments are switched off for site {site} on the portal, so nothing of them is shown here. "
    "Only the vendor can switch them on; ask for it by a ticket."
)


class BankAccounts(StrEnum):
    """Which bank accounts may pay: any of a party's, or only those that ASPIRE holds for that customer."""

    ANY = "any"
    EXISTING = "existing"


BANK_ACCOUNT_WORDS = {
    BankAccounts.ANY: "Allow any account",
    BankAccounts.EXISTING: "Allow only existing accounts",
}


@dataclass(frozen=True, slots=True)
class SitePolicy:
    """The policy of one site; accounts saved before `bank_accounts_since` are not verified. `version` 0 is the default."""

    payments_enabled: bool = True
    bank_accounts: BankAccounts = BankAccounts.ANY
    bank_accounts_since: datetime | None = None
    mfa_required: bool = False
    version: int = 0


def require_payments(policy: SitePolicy, *, site: str) -> None:
    """SwitchedOff unless the site has payments."""
    if not policy.payments_enabled:
        raise SwitchedOff(SWITCHED_OFF.format(site=site), title="Payments are switched off")
