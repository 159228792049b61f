"""What the desk does with a service request: give it to somebody, change its status, write notes."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, insert, select

from portal_admin.domain.permissions import Permission, Role, is_allowed
from portal_admin.domain.service_requests import (
    SOURCE,
    RequestStatus,
    ServiceRequest,
    needs_reply,
    require_step,
)
from portal_admin.domain.text import is_showable, operator_key, whole
from portal_admin.errors import InvalidInput, NotFound, Refused
from portal_admin.models import operator, service_request, service_request_note
from portal_admin.services import audit
from portal_admin.services.change import action, advance, changing
from portal_admin.services.desk import Desk
from portal_admin.services.requests.rows import find_request, require_version

NOTE_LENGTH = 2000


@action(Permission.WORK_ON_REQUEST)
def assign(desk: Desk, *, number: str, to: str | None, version: int | None = None) -> ServiceRequest:
    """Give a request to an operator who may work on it, or to nobody."""
    with changing(desk) as connection:
        before = find_request(connection, number)
        require_version(before, version)
        name = None if to is None else _worker(connection, to)
        if name == before.assigned_to:
            return before
        _write(connection, before, assigned_to=name)
        _audit(
            connection,
            desk,
            "assign",
            before,
            before={"assigned_to": before.assigned_to},
            after={"assigned_to": name},
        )
        return find_request(connection, number)


@action(Permission.WORK_ON_REQUEST)
def set_status(
    desk: Desk, *, number: str, to: RequestStatus, reply: str = "", version: int | None = None
) -> ServiceRequest:
    """Take the next step; Done and Declined need a reply to the caller. Who starts what nobody has, has it."""
    text = check_note(reply, field="reply") if reply.strip() else ""
    with changing(desk) as connection:
        before = find_request(connection, number)
        require_version(before, version)
        words = require_step(before.status, to)
        if needs_reply(to) and not text:
            raise InvalidInput(
                f"“{words}” needs a reply to the caller: say what was done, or why not.", field="reply"
            )
        values: dict[str, Any] = {"status": to.value}
        if needs_reply(to) or before.closed_at is not None:
            values["closed_at"] = audit.now(connection, desk) if needs_reply(to) else None
        told: dict[str, Any] = {"status": to.value}
        was: dict[str, Any] = {"status": before.status.value}
        if to is RequestStatus.IN_PROGRESS and before.assigned_to is None:
            values["assigned_to"] = told["assigned_to"] = _called(connection, desk.operator)
            was["assigned_to"] = None
        _write(connection, before, **values)
        if text:
            _add(connection, desk, before, text, for_caller=True)
            told["reply"] = text
        _audit(connection, desk, "status", before, before=was, after=told)
        return find_request(connection, number)


@action(Permission.WORK_ON_REQUEST)
def add_note(
    desk: Desk, *, number: str, note: str, for_caller: bool, version: int | None = None
) -> ServiceRequest:
    """Write a reply that the portal shows to the caller, or a note that stays at the desk.

    A reply is the next version of the request, so that two desks do not answer twice; a note overwrites nothing.
    """
    text = check_note(note, field="reply" if for_caller else "note")
    with changing(desk) as connection:
        before = find_request(connection, number)
        if for_caller:
            require_version(before, version)
            _write(connection, before)
        _add(connection, desk, before, text, for_caller=for_caller)
        _audit(connection, desk, "note", before, before=None, after={"reply" if for_caller else "note": text})
        return find_request(connection, number)


def check_note(typed: str, *, field: str) -> str:
    """A note, trimmed; InvalidInput when there is nothing in it, too much, or what cannot be shown."""
    text = typed.replace("\r\n", "\n").strip()
    if not text:
        raise InvalidInput(
            "Type the reply first." if field == "reply" else "Type the note first.", field=field
        )
    if len(text) > NOTE_LENGTH:
        raise InvalidInput(
            f"It holds {len(text):,} characters; at most {NOTE_LENGTH:,} are kept. Shorten it.", field=field
        )
    if _harms(text):
        raise InvalidInput(
            "It holds characters that cannot be shown. Type it again, or paste it as plain text.", field=field
        )
    return text


def _harms(text: str) -> bool:
    """Whether something in it cannot be seen and does harm; line ends and tabs do not."""
    return any(not is_showable(line.replace("\t", " ")) for line in text.split("\n") if line.strip())


def _worker(connection: Connection, typed: str) -> str:
    """The name of an operator who may work on requests, as the operator is called."""
    query = select(operator.c.name, operator.c.role).where(operator.c.name_key == operator_key(typed))
    row = connection.execute(query).first()
    if row is None:
        raise NotFound(f"There is no operator {whole(typed)}. Choose one of the operators, or nobody.")
    role = Role(row.role) if row.role else None
    if not is_allowed(role, Permission.WORK_ON_REQUEST):
        raise Refused(
            f"{row.name} may not work on service requests ({role.value if role else 'no role'}). "
            "Assign it to a CSR or an Administrator.",
            rule="assignable",
            source=SOURCE,
        )
    name: str = row.name
    return name


def _called(connection: Connection, name: str) -> str:
    """The operator as the operators' list has the name, in whatever case the person signed in."""
    query = select(operator.c.name).where(operator.c.name_key == operator_key(name))
    return connection.execute(query).scalar() or name


def _write(connection: Connection, request: ServiceRequest, **values: Any) -> None:
    mine = service_request.c.id == request.id
    advance(connection, service_request, mine, version=request.version, values=values)


def _add(connection: Connection, desk: Desk, request: ServiceRequest, text: str, *, for_caller: bool) -> None:
    values = {"request_id": request.id, "for_caller": for_caller, "note": text}
    at = audit.now(connection, desk)
    connection.execute(insert(service_request_note).values(**values, at=at, operator=desk.operator))


def _audit(
    connection: Connection,
    desk: Desk,
    what: str,
    request: ServiceRequest,
    *,
    before: dict[str, Any] | None,
    after: dict[str, Any],
) -> None:
    audit.record(
        connection,
        desk,
        action=f"request.{what}",
        subject=request.number,
        site=request.site,
        before=before,
        after=after,
    )
