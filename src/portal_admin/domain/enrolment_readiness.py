"""Why a customer of the portfolio could not enrol: what ASPIRE lacks for rule D, before anybody calls (`self`)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Lack(StrEnum):
    """What is missing: an address of a customer, one of its own, a contract's billing postal code, a site for its label."""

    NO_EMAIL = "no_email"
    SHARED_EMAIL = "shared_email"
    NO_POSTAL_CODE = "no_postal_code"
    UNMAPPED_LABEL = "unmapped_label"


@dataclass(frozen=True, slots=True)
class Gap:
    """One thing that stands in the way on a site (None: the label is mapped to no site).

    It belongs to an account or to a contract, of which the account is Customer; `detail` is the address that several
    accounts have, the postal code that is too short, or the label. `others` are the first other accounts that have the
    address, of `shared_by` in all.
    """

    lack: Lack
    site: str | None
    account_id: str | None = None
    account_name: str | None = None
    contract_id: str | None = None
    detail: str | None = None
    others: tuple[str, ...] = ()
    shared_by: int = 0
