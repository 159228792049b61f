"""The audit line of a change, written in the transaction of that change: no line, no change."""

from __future__ import annotations

import uuid
from typing import Any

from sqlalchemy import Connection, insert

from portal_admin.models import audit_event
from portal_admin.services.desk import Desk


def new_operation() -> str:
    """An id that ties together the audit lines of one thing a rep did."""
    return str(uuid.uuid4())


def record(
    connection: Connection,
    desk: Desk,
    *,
    action: str,
    subject: str,
    site: str | None = None,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
    reason: str | None = None,
    operation: str | None = None,
) -> None:
    """Append one audit line: who, when, what, and the values before and after."""
    connection.execute(
        insert(audit_event).values(
            at=desk.clock(),
            operator=desk.operator,
            action=action,
            site_key=site,
            subject=subject,
            operation_id=operation or new_operation(),
            before=before,
            after=after,
            reason=reason,
        )
    )
