"""Writes what a piece of an import does: people, links, mails, audit lines and the rows' results, in bulk."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, bindparam, insert, update

from portal_admin.domain.imports import Decision, Entry, Person, Result, counts_of, reason
from portal_admin.domain.mail import MailStatus
from portal_admin.domain.people import Site, Status
from portal_admin.domain.records import Account
from portal_admin.domain.sound import sound_keys
from portal_admin.domain.text import name_key
from portal_admin.models import account_link, end_user, import_batch, import_row, mail_outbox
from portal_admin.services import audit
from portal_admin.services.chunks import chunks
from portal_admin.services.desk import Desk
from portal_admin.services.imports.batches import Batch
from portal_admin.services.imports.persons import Found

ELSEWHERE = "registered as Active: has a login elsewhere"
Judged = Sequence[tuple[Entry, Decision]]


@dataclass
class _Touched:
    """One person whom rows of this piece create or change: before the first of them and after the last."""

    email: str
    row: int
    before: Person | None
    after: Person
    id: int
    version: int  # before this piece; 0 for somebody new
    new: list[Account] = field(default_factory=list)

    @property
    def renamed(self) -> bool:
        return self.before is not None and self.before.names != self.after.names

    @property
    def is_as_before(self) -> bool:
        """Whether the rows take each other back, as a name that is changed and changed back."""
        return self.before is not None and not self.new and not self.renamed


def write(
    connection: Connection, desk: Desk, batch: Batch, on: Site, found: Mapping[str, Found], judged: Judged
) -> None:
    """Write everything that these rows do in the caller's transaction."""
    touched = {email: one for email, one in _touched(found, judged).items() if not one.is_as_before}
    _insert_users(connection, desk, on, batch, [one for one in touched.values() if one.before is None])
    _update_users(connection, [one for one in touched.values() if one.before is not None])
    _insert_links(connection, desk, touched.values())
    if batch.options.status is Status.PENDING and batch.options.mail:
        _queue_mails(connection, desk, [one for one in touched.values() if one.before is None])
    audit.record_all(connection, desk, [_line(batch, on, one) for one in touched.values()])
    write_results(connection, batch, [_result(batch, *one, touched) for one in judged])


def write_results(connection: Connection, batch: Batch, results: list[dict[str, Any]]) -> None:
    """Write what became of rows, and count them; each has row, result, reason and effect."""
    if not results:
        return
    own = (import_row.c.batch_id == batch.id, import_row.c.row == bindparam("of_row"))
    statement = update(import_row).where(*own)
    connection.execute(
        statement.values(result=bindparam("is"), reason=bindparam("why"), effect=bindparam("did")), results
    )
    counts = counts_of(Result(one["is"]) for one in results)
    columns = {result.value: getattr(counts, result.value) for result in Result}
    connection.execute(
        update(import_batch)
        .where(import_batch.c.id == batch.id)
        .values({name: import_batch.c[name] + count for name, count in columns.items()})
    )


def _touched(found: Mapping[str, Found], judged: Judged) -> dict[str, _Touched]:
    touched: dict[str, _Touched] = {}
    for entry, decision in judged:
        if decision.result not in (Result.CREATED, Result.CHANGED) or decision.after is None:
            continue
        one = touched.get(entry.email)
        if one is None:
            known = found.get(entry.email)
            identity, version = (known.id, known.version) if known else (0, 0)
            one = _Touched(entry.email, entry.row, decision.before, decision.after, identity, version)
            touched[entry.email] = one
        one.after = decision.after
        one.new += decision.new
    return touched


def _insert_users(
    connection: Connection, desk: Desk, on: Site, batch: Batch, new: Sequence[_Touched]
) -> None:
    if not new:
        return
    at = desk.clock()
    rows = [
        {
            "site_id": on.id,
            "email": one.email,
            "first_name": one.after.first_name,
            "last_name": one.after.last_name,
            "name_key": name_key(*one.after.names),
            "sound_keys": sound_keys(*one.after.names),
            "status": batch.options.status.value,
            "version": 1,
            "created_at": at,
            "created_by": desk.operator,
        }
        for one in new
    ]
    stored = connection.execute(insert(end_user).returning(end_user.c.id, end_user.c.email), rows)
    ids = {email: identity for identity, email in stored}
    for one in new:
        one.id = ids[one.email]


def _update_users(connection: Connection, changed: Sequence[_Touched]) -> None:
    raised = {"version": end_user.c.version + 1}
    for some in chunks([one.id for one in changed if not one.renamed]):
        connection.execute(update(end_user).where(end_user.c.id.in_(some)).values(raised))
    renamed = [
        {
            "of_user": one.id,
            "first": one.after.first_name,
            "last": one.after.last_name,
            "key": name_key(*one.after.names),
            "sounds": sound_keys(*one.after.names),
        }
        for one in changed
        if one.renamed
    ]
    if renamed:
        names: dict[str, Any] = {
            "first_name": bindparam("first"),
            "last_name": bindparam("last"),
            "name_key": bindparam("key"),
            "sound_keys": bindparam("sounds"),
        }
        statement = update(end_user).where(end_user.c.id == bindparam("of_user"))
        connection.execute(statement.values({**raised, **names}), renamed)


def _insert_links(connection: Connection, desk: Desk, touched: Iterable[_Touched]) -> None:
    at = desk.clock()
    rows = [
        {
            "user_id": one.id,
            "account_oid": account.oid,
            "account_id": account.account_id,
            "created_at": at,
            "created_by": desk.operator,
        }
        for one in touched
        for account in one.new
    ]
    if rows:
        connection.execute(insert(account_link), rows)


def _queue_mails(connection: Connection, desk: Desk, new: Sequence[_Touched]) -> None:
    # As `outbox.queue` does it: at once, also where this desk's clock is ahead.
    now = audit.now(connection, desk)
    due = min(now, desk.clock())
    rows = [
        {
            "user_id": one.id,
            "kind": "registration",
            "recipient": one.email,
            "status": MailStatus.QUEUED.value,
            "message_key": str(uuid.uuid4()),
            "attempts": 0,
            "due_at": due,
            "created_at": now,
            "created_by": desk.operator,
        }
        for one in new
    ]
    if rows:
        connection.execute(insert(mail_outbox), rows)


def _line(batch: Batch, on: Site, one: _Touched) -> dict[str, Any]:
    """One audit line, in the form that the same change has when it is made by hand."""
    why = f"import {batch.id}, row {one.row}"
    line = {"subject": one.email, "site_key": on.key, "reason": why}
    if one.before is None:
        elsewhere = f"; {ELSEWHERE}" if batch.options.status is Status.ACTIVE else ""
        return {
            **line,
            "action": "user.create",
            "before": None,
            "after": audited(one.after),
            "reason": why + elsewhere,
        }
    changed = [{"account_id": account.account_id, "account_oid": account.oid} for account in one.new]
    if one.renamed:
        after = audited(one.after) | ({"changed": changed} if changed else {})
        return {**line, "action": "user.edit", "before": audited(one.before), "after": after}
    ids = {"accounts": _ids(one.after), "changed": changed}
    return {**line, "action": "link.add", "before": {"accounts": _ids(one.before)}, "after": ids}


def audited(person: Person) -> dict[str, Any]:
    """A person as audit lines hold one."""
    return {
        "first_name": person.first_name,
        "last_name": person.last_name,
        "status": person.status.value,
        "accounts": _ids(person),
    }


def _ids(person: Person) -> list[str]:
    return sorted(person.accounts.values())


def _result(
    batch: Batch, entry: Entry, decision: Decision, touched: Mapping[str, _Touched]
) -> dict[str, Any]:
    return {
        "of_row": entry.row,
        "is": decision.result.value,
        "why": reason(decision, batch.options, done=True),
        "did": _effect(entry, decision, touched),
    }


def _effect(entry: Entry, decision: Decision, touched: Mapping[str, _Touched]) -> dict[str, Any] | None:
    """What an undo needs: the person's version before and after, links added, and names as they were."""
    if decision.unread:
        return {"unread": True}
    before, after = decision.before, decision.after
    one = touched.get(entry.email)
    if decision.result not in (Result.CREATED, Result.CHANGED) or after is None or one is None:
        return None
    # All rows of a piece are one change of the person.
    version = one.version if one.row == entry.row else one.version + 1
    effect: dict[str, Any] = {"user": one.id, "from": version, "to": one.version + 1}
    if decision.new:
        effect["links"] = [account.oid for account in decision.new]
    if before is not None and before.names != after.names:
        effect["names"] = [list(before.names), list(after.names)]
    return effect
