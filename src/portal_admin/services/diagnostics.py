"""What somebody who helps needs to know of this desk, in one text that tells on nobody."""

from __future__ import annotations

import json
import platform
import re
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from pathlib import Path

import sqlalchemy

from portal_admin import __version__
from portal_admin.domain.redaction import redacted
from portal_admin.domain.stalls import StallReport
from portal_admin.errors import DeskError
from portal_admin.log import last_lines
from portal_admin.models.engine import reading
from portal_admin.models.schema import schema_of
from portal_admin.services.desk import Desk
from portal_admin.services.doctor import Finding
from portal_admin.services.health import health
from portal_admin.services.settings import read_settings
from portal_admin.services.sync.status import RunStatus
from portal_admin.settings import Profile

LOG_LINES = 200
CORRELATION_ID = re.compile(r"[0-9a-f]{8}")


def diagnostics(
    desk: Desk,
    *,
    profile: Profile | None,
    toolkit: str,
    findings: Iterable[Finding] | None,
    stalls: StallReport | None = None,
) -> str:
    """The report as plain text; a part that cannot be read says so, and never hides another.

    `toolkit` names what draws the window, `findings` are those of the doctor's last visit and `stalls` what the
    window's watchdog counted, None for none.
    """
    parts: tuple[tuple[str, Callable[[], Iterable[str]]], ...] = (
        ("Portal Admin diagnostics", lambda: _program(desk, profile, toolkit, stalls)),
        ("Database", lambda: _database(desk)),
        ("Checks", lambda: _checks(findings)),
        ("Settings", lambda: _settings(desk)),
        ("Sync, mails and imports", lambda: _health(desk)),
        (f"Last {LOG_LINES} lines of the log", lambda: map(log_line, last_lines(LOG_LINES))),
    )
    return "\n".join(line for title, lines in parts for line in (title, "-" * len(title), *_read(lines), ""))


def log_line(line: str) -> str:
    """One JSON line of the log as redacted text; its time and its id stay."""
    try:
        entry = json.loads(line)
        found = str(entry.get("correlation_id", ""))
    except (ValueError, AttributeError):
        return _clean(line)
    mark = f" {found}" if CORRELATION_ID.fullmatch(found) else ""
    head = " ".join(str(entry.get(name, "")) for name in ("at", "level", "logger"))
    message = _clean(str(entry.get("message", "")))
    trace = _clean(str(entry.get("exception", "")))
    return f"{_clean(head)}{mark}: {message}" + "".join(f"\n    {line}" for line in trace.splitlines())


def _read(lines: Callable[[], Iterable[str]]) -> list[str]:
    try:
        return list(lines())
    except DeskError as problem:
        return [_clean(f"Could not be read: {problem.message}")]


def _program(desk: Desk, profile: Profile | None, toolkit: str, stalls: StallReport | None) -> Iterator[str]:
    yield f"Taken at: {_at(desk.clock())}"
    yield f"Portal Admin: {__version__}"
    yield f"Python: {platform.python_version()}, {toolkit}, SQLAlchemy {sqlalchemy.__version__}"
    yield f"UI stalls: {stalls.words if stalls else 'not watched'}"
    yield f"System: {platform.system()} {platform.release()} ({platform.machine()})"
    if profile is not None:
        kind = "production" if profile.production else "not production"
        yield _clean(f"Profile: {profile.name} ({kind})")
    yield f"ASPIRE: {'connected' if desk.aspire else 'none'}"


def _database(desk: Desk) -> Iterator[str]:
    with reading(desk.engine) as connection:
        version = ".".join(map(str, connection.dialect.server_version_info or ()))
        yield f"Kind: {connection.dialect.name} {version}"
        yield f"Schema: {schema_of(connection)}"


def _checks(findings: Iterable[Finding] | None) -> Iterator[str]:
    if findings is None:
        yield "Not made yet."
        return
    for found in findings:
        yield _clean(f"{found.result} {found.check}: {found.message} {found.fix or ''}".rstrip())


def _settings(desk: Desk) -> Iterator[str]:
    with reading(desk.engine) as connection:
        found = read_settings(connection)
    yield f"Rule edition: {found.edition}"
    yield f"Admitted roles: {', '.join(found.admitted_roles)}"
    yield f"Time zone: {found.time_zone}"
    yield from (f"Cadence of {name}: {cadence}" for name, cadence in found.cadences.items())


def _health(desk: Desk) -> Iterator[str]:
    found = health(desk)
    yield f"Restored alarm: {'yes' if found.sync.restored else 'no'}"
    for one in found.sync.classes:
        yield f"{one.data_class}: read {_at(one.confirmed_at)}{', stale' if one.stale else ''}"
    mail = found.mail
    yield (
        f"Mails: {mail.queued} waiting since {_at(mail.oldest_queued)}, {mail.sent} sent, {mail.failed} given up"
    )
    yield from (
        _clean(f"Given up: {one.kind} after {one.attempts} tries: {one.failure}") for one in mail.dead
    )
    yield from (f"Import {one.id}: {one.counts.read} of {one.total} rows" for one in found.imports)
    yield from map(_run, found.sync.runs)


def _run(run: RunStatus) -> str:
    kind = "full sync" if run.full else "sync"
    counts = f"{run.read} read, {run.changed} changed, {run.removed} removed"
    words = f"{kind} {_at(run.started_at)} to {_at(run.finished_at)}: {run.outcome}; "
    return f"{words}{counts}. {_clean(run.message or '')}".rstrip()


def _clean(text: str) -> str:
    return redacted(text, folders=[str(Path.home())])


def _at(instant: datetime | None) -> str:
    return f"{instant:%Y-%m-%d %H:%M:%S} UTC" if instant else "never"
