"""Records that ASPIRE keeps from the sync's login: how a run tells of them, and how many a told run missed."""

from __future__ import annotations

import re

from sqlalchemy import Connection, func, select

from portal_admin.models import sync_run, sync_state
from portal_admin.services.sync.state import DONE, LISTS

SEES_EVERYTHING = "Let sync sign in as an ASPIRE user that sees everything."
_TOLD = re.compile(r"^ASPIRE kept ([0-9]+) (?:accounts?|contacts?|contracts?) from this login", re.MULTILINE)


def warning(count: int, data_class: str, *, full: bool) -> str:
    """What a pass says that could not read all of a list."""
    records = data_class.removesuffix("s") if count == 1 else data_class
    told = f"ASPIRE kept {count} {records} from this login"
    if full:
        return f"{told}, so none were removed by this full pass. {SEES_EVERYTHING}"
    return f"{told}, so what changed is asked for again by the next run. {SEES_EVERYTHING}"


def records_withheld(connection: Connection) -> int:
    """How many records the portal lacks or shows as they were, as far as the runs since the last full pass tell."""
    done = sync_run.c.outcome == DONE
    last = select(sync_run.c.message).where(done).order_by(sync_run.c.id.desc()).limit(1)
    found = _count(connection.execute(last).scalar())
    full_at = connection.execute(
        select(func.min(sync_state.c.full_at)).where(sync_state.c.data_class.in_(LISTS))
    ).scalar()
    if full_at is None:
        return found
    # A full pass goes on from where it began, so what it missed arrives with the next full one only.
    whole = select(sync_run.c.message).where(done, sync_run.c.finished_at >= full_at).order_by(sync_run.c.id)
    return max(found, _count(connection.execute(whole.limit(1)).scalar()))


def _count(message: str | None) -> int:
    return sum(int(number) for number in _TOLD.findall(message or ""))
