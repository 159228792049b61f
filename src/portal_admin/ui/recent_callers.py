"""The callers whom this desk looked at last, newest first; every function here reads or writes a file: on a worker."""

from __future__ import annotations

import logging
import threading
from datetime import datetime
from typing import Any, NamedTuple

from portal_admin.ui.local_files import local_file, read_local, write_local

MOST = 12
FOLDER = "recent-callers"
log = logging.getLogger(__name__)
# Two workers must not each add their caller to the same list.
_lock = threading.Lock()


class RecentCaller(NamedTuple):
    """One end user and when they were looked at (UTC); `name` is as it was then."""

    site: str
    email: str
    name: str
    at: datetime


def recent_callers(profile: str) -> tuple[RecentCaller, ...]:
    """Whom the desk looked at last on this profile; none when the file cannot be read, which the log tells."""
    kept = read_local(local_file(FOLDER, profile))
    found = [_caller(record) for record in kept] if isinstance(kept, list) else []
    return tuple(caller for caller in found if caller is not None)[:MOST]


def note_caller(profile: str, caller: RecentCaller) -> tuple[RecentCaller, ...]:
    """Put a caller first and return the list; a list that cannot be written is only logged."""
    with _lock:
        others = [one for one in recent_callers(profile) if one[:2] != caller[:2]]
        callers = (caller, *others)[:MOST]
        records = [{**one._asdict(), "at": one.at.isoformat()} for one in callers]
        try:
            write_local(local_file(FOLDER, profile), records)
        except OSError as problem:
            log.warning("the recent callers could not be kept: %s", type(problem).__name__)
        return callers


def _caller(record: Any) -> RecentCaller | None:
    if not isinstance(record, dict):
        return None
    try:
        at = datetime.fromisoformat(str(record["at"]))
    except (KeyError, ValueError):
        return None
    texts = [record.get(name) for name in ("site", "email", "name")]
    site, email, name = (text if isinstance(text, str) else "" for text in texts)
    return RecentCaller(site, email, name, at) if site and email and at.tzinfo else None
