"""One sync at a time: a lease in the database, which a runner that died loses."""

from __future__ import annotations

import os
import socket
import sys
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, insert, select, update

from portal_admin.errors import Refused
from portal_admin.models import lease

NAME = "sync"
# Longer than a page or a batch of details ever takes.
LASTS = timedelta(minutes=5)
RULE = "one_sync_at_a_time"


@dataclass(frozen=True, slots=True)
class Lease:
    """What this run holds; host, process id and a number of its own."""

    holder: str


def take(connection: Connection, now: datetime) -> Lease:
    """Take the lease, or Refused with its holder and until when; a dead holder of this machine loses it at once."""
    mine = Lease(f"{socket.gethostname()}:{os.getpid()}:{uuid.uuid4().hex[:8]}")
    found = connection.execute(select(lease).where(lease.c.name == NAME)).first()
    if found is not None and found.expires_at > now and may_live(found.holder):
        raise Refused(
            f"A sync is running already (by {found.holder}, which keeps its turn until "
            f"{found.expires_at:%Y-%m-%d %H:%M:%S} UTC). Wait for it to end.",
            rule=RULE,
        )
    connection.execute(delete(lease).where(lease.c.name == NAME))
    connection.execute(insert(lease).values(name=NAME, holder=mine.holder, expires_at=now + LASTS))
    return mine


def renew(connection: Connection, mine: Lease, now: datetime) -> None:
    """Keep the lease in the transaction of a page; Refused, so that nothing is written, when somebody else took it."""
    own = update(lease).where(lease.c.name == NAME, lease.c.holder == mine.holder)
    kept = connection.execute(own.values(expires_at=now + LASTS))
    if kept.rowcount != 1:
        raise Refused(
            "This sync was silent for so long that another one took its turn, so it stopped.", rule=RULE
        )


def give_back(connection: Connection, mine: Lease) -> None:
    """Let the next run begin."""
    connection.execute(delete(lease).where(lease.c.name == NAME, lease.c.holder == mine.holder))


def holder(connection: Connection, now: datetime) -> str | None:
    """Who is syncing now, None for nobody."""
    query = select(lease.c.holder).where(lease.c.name == NAME, lease.c.expires_at > now)
    found: str | None = connection.execute(query).scalar()
    return found if found is not None and may_live(found) else None


def may_live(found: str) -> bool:
    """Whether the holder can still be at work; of another machine's processes nothing is known."""
    host, _, rest = found.rpartition(":")[0].rpartition(":")
    if host != socket.gethostname() or not rest.isdecimal():
        return True
    return _is_running(int(rest))


if sys.platform == "win32":

    def _is_running(process: int) -> bool:
        import ctypes

        # os.kill(…, 0) would end the process on Windows.
        synchronize, still_running = 0x00100000, 0x00000102
        handle = ctypes.windll.kernel32.OpenProcess(synchronize, False, process)
        if not handle:
            return False
        try:
            return bool(ctypes.windll.kernel32.WaitForSingleObject(handle, 0) == still_running)
        finally:
            ctypes.windll.kernel32.CloseHandle(handle)

else:

    def _is_running(process: int) -> bool:
        try:
            os.kill(process, 0)
        except ProcessLookupError:
            return False
        except PermissionError:
            return True
        return True
