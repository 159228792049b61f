"""Exports audit events to a file, which is itself an audit event."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import closing
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from portal_admin.domain.audit_words import Event
from portal_admin.domain.permissions import Permission
from portal_admin.models.engine import reading
from portal_admin.services import audit, audit_list
from portal_admin.services.audit_list import AuditFilter
from portal_admin.services.change import action, changing
from portal_admin.services.desk import Desk
from portal_admin.services.settings import read_settings
from portal_admin.services.sheets import Cell, Heading, drafted, ending, sheet

EVERY = 500  # rows between two looks at whether to go on
HEADINGS = (
    Heading("Line", 10),
    Heading("Time", 22),
    Heading("Operator", 16),
    Heading("Action", 20),
    Heading("What", 60),
    Heading("Person or thing", 34),
    Heading("Site", 14),
    Heading("Before", 40),
    Heading("After", 40),
    Heading("Reason", 30),
    Heading("Worth a look", 30),
    Heading("Operation", 38),
    Heading("Hash", 66),
)


@action(Permission.EXPORT)
def export_events(
    desk: Desk,
    *,
    path: Path,
    wanted: AuditFilter,
    overwrite: bool = False,
    progress: Callable[[int, int], object] = lambda done, total: None,  # noqa: ARG005
    cancelled: Callable[[], bool] = lambda: False,
) -> int | None:
    """Write the events that pass the filter, newest first, to an .xlsx or .csv file and return their number.

    None when it was cancelled, which leaves no file. The audit line with filter and number of rows is committed
    before the file appears under its name.
    """
    form = ending(path)
    with reading(desk.engine) as connection:
        zone = ZoneInfo(read_settings(connection).time_zone)
    with drafted(path, overwrite=overwrite) as draft:
        total, done = audit_list.count(desk, wanted), 0
        title = Heading(f"Time ({zone.key})", HEADINGS[1].width)
        with (
            closing(audit_list.list_events(desk, wanted)) as events,
            sheet(draft.path, form, (HEADINGS[0], title, *HEADINGS[2:]), title="Audit", zone=zone) as add,
        ):
            for event in events:
                if done % EVERY == 0:
                    if cancelled():
                        return None
                    progress(done, max(done, total))
                add(_cells(event))
                done += 1
        with changing(desk) as connection:
            told = _told(wanted) | {"rows": done}
            audit.record(connection, desk, action="audit.export", subject=path.name, after=told)
        draft.keep()
    return done


def _cells(event: Event) -> tuple[Cell, ...]:
    line = event.line
    return (
        line.id,
        line.at,
        line.operator,
        line.action,
        event.headline,
        line.subject,
        line.site,
        _json(line.before),
        _json(line.after),
        line.reason,
        event.attention,
        line.operation_id,
        line.hash,
    )


def _json(value: object) -> str | None:
    return None if value is None else json.dumps(value, ensure_ascii=False, sort_keys=True)


def _told(wanted: AuditFilter) -> dict[str, Any]:
    """The filter as the audit keeps it, without what was not asked for."""
    values = {name: value for name, value in asdict(wanted).items() if value}
    return {
        name: value.isoformat() if isinstance(value, datetime) else value for name, value in values.items()
    }
