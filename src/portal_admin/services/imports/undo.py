"""Takes a whole import back, where nothing it touched was changed since (docs/decisions/0008-undoing-an-import.md)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, bindparam, delete, func, select, update

from portal_admin.domain.imports import Person
from portal_admin.domain.people import Site
from portal_admin.domain.permissions import Permission
from portal_admin.domain.sound import sound_keys
from portal_admin.domain.text import name_key
from portal_admin.errors import Interrupted, Refused
from portal_admin.models import (
    account_link,
    audit_event,
    call_note,
    caller_verification,
    end_user,
    enrollment_attempt,
    import_batch,
    mail_outbox,
    payment,
    service_request,
)
from portal_admin.services import audit
from portal_admin.services.change import action, changing
from portal_admin.services.chunks import chunks
from portal_admin.services.desk import Desk
from portal_admin.services.imports.batches import Batch, BatchStatus, find_batch
from portal_admin.services.imports.effects import audited
from portal_admin.services.imports.persons import Found, find_persons
from portal_admin.services.imports.runner import place
from portal_admin.services.imports.traces import Trace, traces
from portal_admin.services.sites import find_site

NAMED_AT_MOST = 5
# Whatever else points to an end user keeps them, and what is said of it; the last that fits is named.
POINTING = (
    (caller_verification, "verified"),
    (call_note, "noted"),
    (enrollment_attempt, "tried to enroll"),
    (service_request, "asked for something"),
    (payment, "paid"),
)
RULE = "undo"
ACTION = "user.undo_import"


@dataclass(frozen=True, slots=True)
class Undone:
    """The import that was taken back: end users removed again, and end users who are as they were before."""

    batch: Batch
    removed: int
    restored: int


@action(Permission.IMPORT_USERS)
def undo(desk: Desk, *, batch: int) -> Undone:
    """Take back what an import did, all or nothing; Refused names the people who were changed or mailed since."""
    with changing(desk) as connection:
        found = find_batch(connection, batch, desk.clock())
        _require_idle(found)
        left = traces(connection, batch)
        if not left:
            raise Refused(f"Import {batch} changed nothing, so there is nothing to take back.", rule=RULE)
        on = find_site(connection, found.site)
        people = find_persons(connection, on.id, left)
        _require_as_left(connection, found, on, left, people)
        made = {email: trace for email, trace in left.items() if trace.created}
        kept = {email: trace for email, trace in left.items() if not trace.created}
        _remove(connection, [trace.user for trace in made.values()])
        _restore(connection, kept)
        audit.record_all(connection, desk, _lines(found, on, left, people))
        _mark(connection, desk, found, on)
        return Undone(find_batch(connection, batch, desk.clock()), len(made), len(kept))


def _require_idle(batch: Batch) -> None:
    if batch.status is BatchStatus.UNDONE:
        raise Refused(f"Import {batch.id} was taken back already.", rule=RULE)
    if batch.runner is not None:
        raise Refused(
            f"Import {batch.id} is being worked on, on {place(batch.runner)}. "
            "Wait for it to end, or cancel it there; then take it back.",
            rule=RULE,
        )


def _require_as_left(
    connection: Connection,
    batch: Batch,
    on: Site,
    left: Mapping[str, Trace],
    people: Mapping[str, Found],
) -> None:
    """Refused unless every person is as the import left them, and nothing has happened to those it created."""
    changed = {
        email: "changed"
        for email, trace in left.items()
        if trace.broken or email not in people or people[email].version != trace.version
    }
    made = {email: trace for email, trace in left.items() if trace.created and email not in changed}
    changed |= {email: "changed" for email in made if people[email].person.status is not batch.options.status}
    changed |= dict.fromkeys(_handled(connection, batch, on, made), "worked on")
    changed |= dict.fromkeys(_mailed(connection, made), "mailed")
    changed |= _in_the_portal(connection, made)
    if changed:
        named = ", ".join(f"{email} ({why})" for email, why in sorted(changed.items())[:NAMED_AT_MOST])
        more = f" and {len(changed) - NAMED_AT_MOST:,} more" if len(changed) > NAMED_AT_MOST else ""
        raise Refused(
            f"Import {batch.id} cannot be taken back, because something happened to its end users since: {named}{more}.",
            rule=RULE,
        )


def _handled(connection: Connection, batch: Batch, on: Site, made: Mapping[str, Trace]) -> set[str]:
    """Those about whom the audit has a line of another operation, written since the import began."""
    line = audit_event.c
    begun = select(func.min(line.id)).where(line.operation_id == batch.operation).scalar_subquery()
    found: set[str] = set()
    for some in chunks(sorted(made)):
        query = select(line.subject).where(
            line.subject.in_(some),
            line.site_key == on.key,
            line.operation_id != batch.operation,
            line.id > begun,
        )
        found |= set(connection.execute(query).scalars())
    return found


def _mailed(connection: Connection, made: Mapping[str, Trace]) -> set[str]:
    """Those whose mail has been sent, or taken up by a sender: nobody can tell that it has not left."""
    mail = mail_outbox.c
    emails = {trace.user: email for email, trace in made.items()}
    found: set[str] = set()
    for some in chunks(sorted(emails)):
        query = select(mail.user_id).where(mail.user_id.in_(some), ~_waiting())
        found |= {emails[user] for user in connection.execute(query).scalars()}
    return found


def _in_the_portal(connection: Connection, made: Mapping[str, Trace]) -> dict[str, str]:
    """Those who did something in the portal, or were noted down here, and what: that stays, and so do they."""
    emails = {trace.user: email for email, trace in made.items()}
    found: dict[str, str] = {}
    for table, what in POINTING:
        for some in chunks(sorted(emails)):
            query = select(table.c.user_id).where(table.c.user_id.in_(some)).distinct()
            found |= {emails[user]: what for user in connection.execute(query).scalars()}
    return found


def _waiting() -> Any:
    mail = mail_outbox.c
    return (mail.status == "queued") & mail.claimed_until.is_(None) & (mail.attempts == 0)


def _remove(connection: Connection, users: Sequence[int]) -> None:
    """Remove people who were only ever a row of this import, and mails that never left."""
    mail = mail_outbox.c
    for some in chunks(sorted(users)):
        connection.execute(delete(mail_outbox).where(mail.user_id.in_(some), _waiting()))
        left = select(func.count()).select_from(mail_outbox).where(mail.user_id.in_(some))
        if connection.execute(left).scalar_one():
            raise Interrupted("A mail was sent while the import was being taken back. Nothing was changed.")
        connection.execute(delete(account_link).where(account_link.c.user_id.in_(some)))
        connection.execute(delete(end_user).where(end_user.c.id.in_(some)))


def _restore(connection: Connection, kept: Mapping[str, Trace]) -> None:
    links = [{"of_user": trace.user, "to_account": oid} for trace in kept.values() for oid in trace.links]
    if links:
        own = (
            account_link.c.user_id == bindparam("of_user"),
            account_link.c.account_oid == bindparam("to_account"),
        )
        connection.execute(delete(account_link).where(*own), links)
    raised = {"version": end_user.c.version + 1}
    for some in chunks(sorted(trace.user for trace in kept.values())):
        connection.execute(update(end_user).where(end_user.c.id.in_(some)).values(raised))
    names = [
        {
            "of_user": trace.user,
            "first": trace.names_before[0],
            "last": trace.names_before[1],
            "key": name_key(*trace.names_before),
            "sounds": sound_keys(*trace.names_before),
        }
        for trace in kept.values()
        if trace.names_before is not None
    ]
    if names:
        statement = update(end_user).where(end_user.c.id == bindparam("of_user"))
        values: dict[str, Any] = {
            "first_name": bindparam("first"),
            "last_name": bindparam("last"),
            "name_key": bindparam("key"),
            "sound_keys": bindparam("sounds"),
        }
        connection.execute(statement.values(values), names)


def _lines(
    batch: Batch, on: Site, left: Mapping[str, Trace], people: Mapping[str, Found]
) -> Iterable[dict[str, Any]]:
    for email, trace in left.items():
        person = people[email].person
        yield {
            "action": ACTION,
            "subject": email,
            "site_key": on.key,
            "before": audited(person),
            "after": None if trace.created else audited(_before(person, trace)),
            "reason": f"import {batch.id} taken back",
        }


def _before(person: Person, trace: Trace) -> Person:
    first, last = trace.names_before or person.names
    accounts = {oid: account_id for oid, account_id in person.accounts.items() if oid not in trace.links}
    return Person(first, last, person.status, accounts)


def _mark(connection: Connection, desk: Desk, batch: Batch, on: Site) -> None:
    values = {"status": BatchStatus.UNDONE.value, "runner": None, "runner_until": None}
    connection.execute(update(import_batch).where(import_batch.c.id == batch.id).values(values))
    after = {"import": batch.id}
    audit.record(connection, desk, action="import.undo", subject=batch.file_name, site=on.key, after=after)
