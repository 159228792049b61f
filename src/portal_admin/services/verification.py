"""Recording that a caller proved who they are, and asking for it before a password or an address is touched."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, select

from portal_admin.domain.people import EndUser
from portal_admin.domain.permissions import Permission, Role, require
from portal_admin.domain.text import is_showable, operator_key
from portal_admin.domain.verification import (
    OWN_APPROVAL,
    RULE,
    SOURCE,
    VALID_FOR,
    Method,
    Proof,
    Verification,
    masked,
    missing,
    newest_that_counts,
)
from portal_admin.errors import InvalidInput, Refused
from portal_admin.models import aspire_account, aspire_contact, caller_verification, operator
from portal_admin.models.engine import reading
from portal_admin.services import audit, people
from portal_admin.services.change import action, changing
from portal_admin.services.desk import Desk
from portal_admin.services.roles import role_of
from portal_admin.services.sites import find_site

LONGEST_NOTE = 2000
CHANNELS_SHOWN = 4


@dataclass(frozen=True, slots=True)
class Caller:
    """What a desk knows of who is calling: the verification that counts for its operator, and channels of record.

    `channels` are masked email addresses of the linked accounts and their contacts, the first few.
    """

    verified: Verification | None
    channels: tuple[str, ...]


@action(Permission.VERIFY_CALLER)
def verify(desk: Desk, *, site: str, email: str, method: Method, note: str = "") -> Verification:
    """Record how the caller was verified; an approval counts for a colleague, never for its own recorder."""
    with changing(desk) as connection:
        user = people.find_user(connection, find_site(connection, site), email)
        return _record(connection, desk, user, Proof(method, note))


def caller(desk: Desk, *, site: str, email: str) -> Caller:
    """What is known of who is calling about an end user."""
    with reading(desk.engine) as connection:
        user = people.find_user(connection, find_site(connection, site), email)
        channels = dict.fromkeys(map(masked, _channels(connection, user)))
        return Caller(_newest(connection, desk, user), tuple(channels))


@action(Permission.REVEAL)
def reveal_channels(desk: Desk, *, site: str, email: str) -> tuple[str, ...]:
    """The channels of record unmasked, for who must use one; the audit tells who looked, and not what was seen."""
    with changing(desk) as connection:
        user = people.find_user(connection, find_site(connection, site), email)
        found = _channels(connection, user)
        shown = {"shown": [masked(one) for one in found]}
        audit.record(
            connection, desk, action="caller.reveal", subject=user.email, site=user.site, after=shown
        )
        return found


def require_verified(
    connection: Connection, desk: Desk, user: EndUser, *, label: str, proof: Proof | None, why: str = ""
) -> Verification:
    """The verification that lets the operator act, the given proof recorded first; Refused names the three ways.

    `why` is a sentence that the refusal begins with.
    """
    if proof is not None:
        require(role_of(connection, desk.operator), Permission.VERIFY_CALLER)
        if proof.method is Method.APPROVAL:
            raise InvalidInput("A colleague records an approval, at their own desk.", field="method")
        return _record(connection, desk, user, proof)
    recorded, now = _recorded(connection, desk, user)
    found = newest_that_counts(recorded, operator=desk.operator, now=now)
    if found is None:
        because = f"{why} {OWN_APPROVAL}".lstrip() if _is_own(desk, recorded) else why
        raise Refused(
            missing(label, site=user.site, email=user.email, because=because),
            rule=RULE,
            source=SOURCE,
            title="Verify the caller first",
        )
    return found


def audited(found: Verification) -> dict[str, Any]:
    """A verification as the audit line of what it allowed carries it."""
    return {"method": found.method.value, "by": found.operator, "at": _instant(found.at)}


def _record(connection: Connection, desk: Desk, user: EndUser, proof: Proof) -> Verification:
    note = proof.note.strip()
    if len(note) > LONGEST_NOTE or (note and not is_showable(" ".join(note.split()))):
        raise InvalidInput(f"A note can be shown and has at most {LONGEST_NOTE} characters.", field="note")
    now = audit.now(connection, desk)
    values = {"user_id": user.id, "method": proof.method.value, "note": note, "at": now}
    connection.execute(insert(caller_verification).values(**values, operator=desk.operator))
    found = Verification(proof.method, note, now, desk.operator, role_of(connection, desk.operator))
    audit.record(
        connection,
        desk,
        action="caller.verify",
        subject=user.email,
        site=user.site,
        after={"method": proof.method.value, "note": note, "until": _instant(found.until)},
    )
    return found


def _newest(connection: Connection, desk: Desk, user: EndUser) -> Verification | None:
    recorded, now = _recorded(connection, desk, user)
    return newest_that_counts(recorded, operator=desk.operator, now=now)


def _is_own(desk: Desk, recorded: Iterable[Verification]) -> bool:
    me = operator_key(desk.operator)
    return any(one.method is Method.APPROVAL and operator_key(one.operator) == me for one in recorded)


def _recorded(connection: Connection, desk: Desk, user: EndUser) -> tuple[list[Verification], datetime]:
    now = audit.now(connection, desk)
    table = caller_verification
    query = select(table).where(table.c.user_id == user.id, table.c.at >= now - VALID_FOR)
    rows = connection.execute(query).all()
    roles = _roles(connection, {row.operator for row in rows})
    found = [
        Verification(
            Method(row.method), row.note, row.at, row.operator, roles.get(operator_key(row.operator))
        )
        for row in rows
    ]
    return found, now


def _roles(connection: Connection, names: Iterable[str]) -> dict[str, Role]:
    keys = [operator_key(name) for name in names]
    query = select(operator.c.name_key, operator.c.role)
    known = query.where(operator.c.name_key.in_(keys), operator.c.role.is_not(None))
    return {row.name_key: Role(row.role) for row in connection.execute(known)}


def _channels(connection: Connection, user: EndUser) -> tuple[str, ...]:
    oids = [account.oid for account in user.accounts]
    account = select(aspire_account.c.email).where(aspire_account.c.oid.in_(oids))
    contact = select(aspire_contact.c.email).where(aspire_contact.c.account_oid.in_(oids))
    found: dict[str, None] = {}
    for query in (account.order_by(aspire_account.c.oid), contact.order_by(aspire_contact.c.oid)):
        for several in connection.execute(query.limit(CHANNELS_SHOWN)).scalars():
            # One source field may hold several addresses (`self`).
            found.update((one.strip(), None) for one in re.split("[,;]", several or "") if one.strip())
    return tuple(found)[:CHANNELS_SHOWN]


def _instant(at: datetime) -> str:
    return f"{at:%Y-%m-%dT%H:%M:%SZ}"
