"""Hands a service request over to ASPIRE as a comment on its contract: once, whatever breaks in between."""

from __future__ import annotations

import logging
import uuid
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from portal_admin.aspire.client import AspireClient
from portal_admin.domain.permissions import Permission
from portal_admin.domain.records import Comment
from portal_admin.domain.service_request_comment import CommentDraft, found_among
from portal_admin.domain.service_request_hand_over import (
    UNSETTLED,
    needs_resolving,
    require_comment,
    require_nobody_sending,
)
from portal_admin.domain.service_requests import HandOver, ServiceRequest
from portal_admin.errors import (
    AspireOutcomeUnknown,
    AspireRecordMissing,
    AspireRefused,
    CouldNotLook,
    DeskError,
    SettingsProblem,
)
from portal_admin.models import service_request
from portal_admin.models.engine import reading
from portal_admin.services import audit
from portal_admin.services.change import action, advance, changing
from portal_admin.services.desk import Desk
from portal_admin.services.live import NOT_CONFIGURED
from portal_admin.services.requests.rows import find_request, require_version

log = logging.getLogger(__name__)

# ASPIRE did it before, as something else; what, its comments tell.
KEY_REUSED = "IdempotencyKeyReused"
DONE_AS_SOMETHING_ELSE = (
    "ASPIRE met the key of this hand-over before, and its comments do not show what it made of it. Look at the "
    "contract in ASPIRE before anything else is done."
)


@dataclass(frozen=True, slots=True)
class Resolved:
    """What reading back found: the request, and whether ASPIRE holds its comment; `looked_at` is None if nobody had to look."""

    request: ServiceRequest
    is_there: bool
    looked_at: datetime | None = None


@action(Permission.HAND_OVER_REQUEST)
def hand_over(desk: Desk, *, number: str, version: int | None = None) -> ServiceRequest:
    """Put the request on its contract as a comment; the answer tells whether it was sent or refused.

    ASPIRE is read first, and nothing is sent when it holds the comment. AspireOutcomeUnknown, stored as such, when it
    was sent and nobody said what became of it; CouldNotLook when nothing was sent.
    """
    with reading(desk.engine) as connection:
        request = find_request(connection, number)
        require_version(request, version)
        now = audit.now(connection, desk)
    draft = require_comment(request)
    require_nobody_sending(request, now)
    aspire = _aspire(desk)
    with aspire.look_up():
        there = _look(aspire, request)
        if there is not None:
            return _settle(desk, request, HandOver.SENT, there)
        claimed, key = _claim(desk, request)
        return _sent(desk, aspire, claimed, draft, key, was=request.hand_over)


@action(Permission.HAND_OVER_REQUEST)
def resolve(desk: Desk, *, number: str) -> Resolved:
    """Read back what became of a hand-over of unknown outcome; nothing is ever sent.

    CouldNotLook when ASPIRE cannot be asked, and then it stays unknown.
    """
    with reading(desk.engine) as connection:
        request = find_request(connection, number)
        now = audit.now(connection, desk)
    if not needs_resolving(request, now):
        return Resolved(request, request.hand_over is HandOver.SENT)
    there = _look(_aspire(desk), request)
    if there is not None:
        return Resolved(_settle(desk, request, HandOver.SENT, there), True, now)
    if request.hand_over is HandOver.SENDING:
        request = _settle(desk, request, HandOver.UNKNOWN)
    return Resolved(request, False, now)


def _aspire(desk: Desk) -> AspireClient:
    if desk.aspire is None:
        raise SettingsProblem(f"{NOT_CONFIGURED} Connect it, then hand over.")
    return desk.aspire


def _look(aspire: AspireClient, request: ServiceRequest) -> Comment | None:
    oid = request.contract_oid
    if oid is None:
        return None
    try:
        return found_among(aspire.comments(contract_oid=oid), request)
    except AspireRecordMissing as problem:
        raise AspireRecordMissing(
            f"ASPIRE holds no contract {request.contract_id} any more, so nothing can be put on it."
        ) from problem


def _sent(
    desk: Desk,
    aspire: AspireClient,
    request: ServiceRequest,
    draft: CommentDraft,
    key: str,
    *,
    was: HandOver | None,
) -> ServiceRequest:
    """Send it, once, and store what became of it."""
    # What this answer says nothing about is an earlier request with the same key.
    before = HandOver.UNKNOWN if was in UNSETTLED else None
    try:
        made = aspire.create_comment(**asdict(draft), key=key)
    except AspireRefused as problem:
        reused = problem.code == KEY_REUSED
        _settle(desk, request, HandOver.UNKNOWN if reused else before or HandOver.REFUSED)
        if reused:
            raise AspireOutcomeUnknown(DONE_AS_SOMETHING_ELSE) from problem
        raise
    except AspireOutcomeUnknown:
        unknown = _settle(desk, request, HandOver.UNKNOWN)
        there = _seen(aspire, request)
        if there is None:
            raise
        return _settle(desk, unknown, HandOver.SENT, there)
    except DeskError:
        # It surely did not arrive: no connection, no sign-in, ASPIRE is busy.
        _settle(desk, request, before)
        raise
    return _settle(desk, request, HandOver.SENT, made)


def _seen(aspire: AspireClient, request: ServiceRequest) -> Comment | None:
    """The comment that nobody confirmed, when ASPIRE shows it at once."""
    try:
        return _look(aspire, request)
    except (CouldNotLook, AspireRecordMissing) as problem:
        log.info("reading back failed: %s", problem.kind, extra={"correlation_id": problem.correlation_id})
        return None


def _claim(desk: Desk, request: ServiceRequest) -> tuple[ServiceRequest, str]:
    """Store the key before anything is sent; Conflict when another desk was here since the request was read."""
    with changing(desk) as connection:
        old = connection.execute(
            select(service_request.c.hand_over_key).where(service_request.c.id == request.id)
        ).scalar()
        # A refusal is certain; what is unknown may only be repeated as the same.
        key = old if old and request.hand_over in UNSETTLED else str(uuid.uuid4())
        values = {
            "hand_over": HandOver.SENDING.value,
            "hand_over_key": key,
            "handed_over_at": audit.now(connection, desk),
        }
        return _write(connection, desk, request, "hand_over", values), key


def _settle(
    desk: Desk, request: ServiceRequest, outcome: HandOver | None, comment: Comment | None = None
) -> ServiceRequest:
    """Store what became of it; what others changed of the request meanwhile stays."""
    with changing(desk) as connection:
        current = find_request(connection, request.number)
        if current.hand_over is HandOver.SENT or current.hand_over is outcome:
            return current
        values: dict[str, Any] = {"hand_over": outcome.value if outcome else None}
        if outcome is None:
            values |= {"handed_over_at": None}
        if comment is not None:
            values |= {"comment_oid": comment.oid, "handed_over_at": comment.created_at}
        return _write(connection, desk, current, "handed_over", values)


def _write(
    connection: Connection, desk: Desk, request: ServiceRequest, what: str, values: dict[str, Any]
) -> ServiceRequest:
    advance(
        connection,
        service_request,
        service_request.c.id == request.id,
        version=request.version,
        values=values,
    )
    after = {"hand_over": values["hand_over"]}
    if "comment_oid" in values:
        after["comment"] = values["comment_oid"]
    audit.record(
        connection,
        desk,
        action=f"request.{what}",
        subject=request.number,
        site=request.site,
        before={"hand_over": request.hand_over.value if request.hand_over else None},
        after=after,
    )
    return find_request(connection, request.number)
