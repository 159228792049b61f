"""Gathers one case for the vendor: the verdict or the list, versions, and how old the portal's copy of ASPIRE is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from sqlalchemy import Connection, select

from portal_admin import __version__
from portal_admin.domain.access import CLOSED, OPEN
from portal_admin.domain.case_pack import CasePack, DataAge, Hidden, case_text
from portal_admin.domain.people import EndUser
from portal_admin.domain.verdict import Verdict
from portal_admin.errors import DeskError
from portal_admin.models import aspire_contact
from portal_admin.models.engine import reading
from portal_admin.models.schema import schema_of
from portal_admin.services import access, snapshot
from portal_admin.services.access import ContractList
from portal_admin.services.desk import Desk
from portal_admin.services.settings import read_settings
from portal_admin.services.sync.status import sync_status

HIDDEN_AT_MOST = 20


def case_pack(desk: Desk, *, site: str, email: str, contract_id: str | None = None) -> str:
    """A redacted text of the diagnosis for a ticket to the vendor; about one contract where one is named."""
    verdict = None
    if contract_id and contract_id.strip():
        verdict = access.explain(desk, site=site, email=email, contract_id=contract_id)
    listed = access.contracts(desk, site=site, email=email)
    sync = sync_status(desk)
    areas = [line.area for line in listed.lines]
    with reading(desk.engine) as connection:
        settings = read_settings(connection)
        private = _private(connection, desk, listed, contract_id, verdict)
        schema = f"{schema_of(connection)} ({connection.dialect.name})"
    return case_text(
        CasePack(
            taken_at=desk.clock(),
            systems=(("Portal Admin", __version__), ("Portal database schema", schema), *_aspire(desk)),
            edition=settings.edition,
            time_zone=settings.time_zone,
            ages=tuple(DataAge(one.data_class, one.confirmed_at, one.stale) for one in sync.classes),
            restored=sync.restored,
            user=listed.user,
            open=areas.count(OPEN),
            closed=areas.count(CLOSED),
            hidden=tuple(Hidden(one.contract_id, one.reasons) for one in listed.hidden[:HIDDEN_AT_MOST]),
            private=frozenset(private),
            contract_id=contract_id.strip() if contract_id else None,
            verdict=verdict,
        )
    )


def _aspire(desk: Desk) -> Iterator[tuple[str, str]]:
    if desk.aspire is None:
        yield "ASPIRE", "none in this profile"
        return
    try:
        found = desk.aspire.instance()
    except DeskError as problem:
        yield "ASPIRE", f"could not be asked ({problem.kind})"
        return
    yield "ASPIRE version", found.version
    yield "ASPIRE instance", found.instance_id
    yield "ASPIRE generation", str(found.generation)


def _private(
    connection: Connection,
    desk: Desk,
    listed: ContractList,
    contract_id: str | None,
    verdict: Verdict | None,
) -> set[str]:
    """Every name and address that the case could tell: of the person, the accounts, their contacts, and the rep."""
    user = listed.user
    oids = {account.oid for account in user.accounts}
    held = snapshot.contracts_held(connection, oids)
    asked = snapshot.stored_contract(connection, contract_id).fact if contract_id else None
    oids |= {role.account_oid for role in asked.roles} if asked else set()
    oids |= {role.account_oid for contracts in held.values() for one in contracts for role in one.roles}
    found = {desk.operator, *_words(user), *(account.name for account in user.accounts if account.known)}
    for account in snapshot.accounts_by_oid(connection, oids).values():
        found |= {account.name, account.email or ""}
    linked = [account.oid for account in user.accounts]
    contacts = select(aspire_contact.c.name, aspire_contact.c.email)
    for row in connection.execute(contacts.where(aspire_contact.c.account_oid.in_(linked))):
        found |= {row.name or "", row.email or ""}
    for check in verdict.checks if verdict else ():
        found |= set(_named(check.evidence))
    return found


def _words(user: EndUser) -> Iterable[str]:
    return (user.name, user.email, user.email.partition("@")[0], *user.name.split())


def _named(evidence: Any) -> Iterator[str]:
    if isinstance(evidence, Mapping):
        for name, value in evidence.items():
            if name == "name" and isinstance(value, str):
                yield value
            else:
                yield from _named(value)
    elif isinstance(evidence, list | tuple):
        for one in evidence:
            yield from _named(one)
