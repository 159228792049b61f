"""Reads one contract's accounts from ASPIRE at once, for a caller who waits for what the next sync would bring."""

from __future__ import annotations

from dataclasses import dataclass

from portal_admin.domain.permissions import Permission
from portal_admin.domain.records import Contract
from portal_admin.domain.text import id_key
from portal_admin.errors import NotFound, SettingsProblem
from portal_admin.models.engine import reading
from portal_admin.services.change import action
from portal_admin.services.desk import Desk
from portal_admin.services.fields.stored import customer_oids
from portal_admin.services.live import NOT_CONFIGURED
from portal_admin.services.snapshot import accounts_by_oid
from portal_admin.services.sync.account import read_account_now
from portal_admin.services.typed_ids import typed_contract_id


@dataclass(frozen=True, slots=True)
class SyncedContract:
    """A contract as ASPIRE writes its id, and the ids of the accounts that were read with it."""

    contract_id: str
    accounts: tuple[str, ...]


@action(Permission.SYNC)
def sync_contract(desk: Desk, *, contract_id: str) -> SyncedContract:
    """Copy the contract's customer, or another party of it, with all its contracts as ASPIRE holds them now.

    NotFound when ASPIRE has no such contract, or nobody holds a role on it; nothing is removed from the copy.
    """
    wanted = typed_contract_id(contract_id)
    if desk.aspire is None:
        raise SettingsProblem(NOT_CONFIGURED)
    with desk.aspire.look_up():
        found = [
            c for c in desk.aspire.contracts(contract_id=wanted) if id_key(c.contract_id) == id_key(wanted)
        ]
        if not found:
            raise NotFound(f"ASPIRE has no contract {wanted}, so there is nothing to read.")
        parties = {party for contract in found if (party := _party(contract)) is not None}
        if not parties:
            raise NotFound(f"Nobody holds a role on contract {wanted} in ASPIRE, so no portal can show it.")
        for party in sorted(parties):
            read_account_now(desk, account_oid=party)
    with reading(desk.engine) as connection:
        named = accounts_by_oid(connection, parties)
    return SyncedContract(found[0].contract_id, tuple(sorted(one.account_id for one in named.values())))


def _party(contract: Contract) -> int | None:
    customers = customer_oids(contract.roles)
    others = sorted(role.account_oid for role in contract.roles)
    return next(iter((*customers, *others)), None)
