"""The facts of ASPIRE that rule D is judged on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from portal_admin.domain.addresses import usable_addresses
from portal_admin.domain.enrolment_typed import addresses
from portal_admin.domain.records import Account, Contact, Contract
from portal_admin.domain.verdict import Edition

CUSTOMER = "Customer"


class Place(NamedTuple):
    """Where an address stands: `account`, `contact` or `bill_to`; `counts` unless an edition does not know it."""

    kind: str
    counts: bool


@dataclass(frozen=True, slots=True)
class Holder:
    """An account with its contacts, and every contract on which it has any role."""

    account: Account
    contacts: tuple[Contact, ...] = ()
    contracts: tuple[Contract, ...] = ()

    @property
    def booked(self) -> tuple[Contract, ...]:
        """The booked contracts of which the account is Customer; terminated ones are booked too."""
        return tuple(one for one in self.contracts if one.is_booked and self.is_customer_of(one))

    def is_customer_of(self, contract: Contract) -> bool:
        """Whether the account is Customer of that contract."""
        return self.account.oid in customers_of(contract)

    def places(self, address: str, edition: Edition) -> tuple[Place, ...]:
        """Where the account has that address; in edition 2025 a field of several addresses has it, and it does not count."""
        fields = [("account", self.account.email), *(("contact", one.email) for one in self.contacts)]
        return tuple(
            Place(kind, address in addresses(field, edition))
            for kind, field in fields
            if address in usable_addresses(field)
        )

    @property
    def emails(self) -> tuple[str, ...]:
        """Every address on file, the account's own first."""
        fields = (self.account.email, *(one.email for one in self.contacts))
        return tuple(dict.fromkeys(one for field in fields for one in usable_addresses(field)))


@dataclass(frozen=True, slots=True)
class Facts:
    """What one side knows: the contract entered (`absent`: there is none), and who has the address typed.

    `holders` None is not known; `customers` names the contract's own; a contract `not_received` is only in ASPIRE.
    """

    contract: Contract | None
    absent: bool
    holders: tuple[Holder, ...] | None
    customers: Mapping[int, Holder]
    not_received: bool = False


def customers_of(contract: Contract) -> frozenset[int]:
    """The accounts that are Customer on it."""
    return frozenset(role.account_oid for role in contract.roles if role.role_type == CUSTOMER)


def has_bill_to(contract: Contract | None, address: str) -> bool:
    """Whether the address is one of the contract's Bill-To Location."""
    return bool(
        contract is not None and contract.bill_to and address in usable_addresses(contract.bill_to.email)
    )
