"""Reads one account into the snapshot at once, so that a user just created or linked need not wait for the sync."""

from __future__ import annotations

import time
from collections.abc import Sequence
from contextlib import AbstractContextManager
from typing import Any

from sqlalchemy import Connection, select

from portal_admin.aspire.client import AspireClient
from portal_admin.errors import AspireRecordMissing, SettingsProblem
from portal_admin.models import sync_state as state_table
from portal_admin.models.engine import reading, writing
from portal_admin.services.desk import Desk
from portal_admin.services.live import NOT_CONFIGURED
from portal_admin.services.settings import read_settings
from portal_admin.services.sync.details import CLASSES, fetch, store
from portal_admin.services.sync.due import due, visible_contracts
from portal_admin.services.sync.rows import ACCOUNTS, CONTACTS, CONTRACTS, Kind
from portal_admin.services.sync.state import all_asked_for_at
from portal_admin.services.sync.write import write_lines

CONTRACTS_AT_ONCE = 8


def read_account_now(desk: Desk, *, account_oid: int) -> None:
    """Insert or update the account, its contacts, its contracts and their details; removes nothing.

    All of it is one look-up, because somebody waits: what takes longer is left to the next sync. Raises what kept
    it from reading; the caller, whose own change is already committed, tells it as a warning.
    """
    if desk.aspire is None:
        raise SettingsProblem(NOT_CONFIGURED)
    with desk.aspire.look_up():
        _read(desk, desk.aspire, account_oid)


def _read(desk: Desk, aspire: AspireClient, account_oid: int) -> None:
    accounts = aspire.accounts(account_oid=account_oid)
    if not accounts:
        raise AspireRecordMissing("ASPIRE no longer holds this account.")
    contacts = aspire.contacts_of(account_oid=account_oid)
    contracts = aspire.contracts_of(account_oid=account_oid)
    with writing(desk.engine) as connection:
        _write(connection, ACCOUNTS, accounts)
        _write(connection, CONTACTS, contacts)
        _write(connection, CONTRACTS, contracts)
    _read_details(desk, aspire, [contract.oid for contract in contracts])


def _write(connection: Connection, kind: Kind[Any], records: Sequence[Any]) -> None:
    own = select(state_table.c.run_id).where(state_table.c.data_class == kind.data_class)
    # A full pass under way must not remove what its earlier pages could not hold yet, nor begin meanwhile.
    mark = connection.execute(own.with_for_update()).scalar()
    lines = [kind.line(record) for record in records]
    write_lines(connection, kind, lines, mark=mark or 0, remark=mark is not None)


def _read_details(desk: Desk, aspire: AspireClient, oids: list[int]) -> None:
    with reading(desk.engine) as connection:
        settings = read_settings(connection)
        visible = visible_contracts(connection, settings, of=oids)
        since = all_asked_for_at(connection)
        wanted = list(due(connection, settings, visible, classes=CLASSES, now=desk.clock(), since=since))
    ends = time.monotonic() + aspire.remaining()

    def what_is_left() -> AbstractContextManager[None]:
        # Budgets belong to threads, and the details are asked for on several.
        return aspire.within(max(0.0, ends - time.monotonic()))

    for start in range(0, len(wanted), CONTRACTS_AT_ONCE):
        found = fetch(aspire, wanted[start : start + CONTRACTS_AT_ONCE], desk.clock, budget=what_is_left)
        with writing(desk.engine) as connection:
            store(connection, found)
        for detail in found:
            if detail.failure is not None:
                raise detail.failure
