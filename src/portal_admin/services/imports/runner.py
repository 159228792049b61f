"""One desk at a time works on an import: a turn that a desk which died loses."""

from __future__ import annotations

import os
import socket
from datetime import datetime, timedelta

from sqlalchemy import Connection, update

from portal_admin.errors import Refused
from portal_admin.models import import_batch
from portal_admin.services.imports.batches import Batch, BatchStatus

# Longer than a piece of an import ever takes, with ASPIRE asked.
LASTS = timedelta(minutes=2)
# All rows or none are one transaction, in which nobody else could see that the turn is kept.
LASTS_FOR_ALL = timedelta(minutes=10)
RULE = "one_runner"
HOST_LENGTH = 40


def this_runner(operation: str) -> str:
    """Host, process and operation: the same when an operation is tried again."""
    return f"{socket.gethostname()[:HOST_LENGTH]}:{os.getpid()}:{operation[:8]}"


def place(runner: str) -> str:
    """The computer that works on an import."""
    return runner.partition(":")[0]


def take(connection: Connection, batch: Batch, mine: str, now: datetime) -> None:
    """Take the turn at an import that has rows left; Refused while another desk works on it."""
    if batch.runner not in (None, mine):
        raise Refused(
            f"Import {batch.id} is being worked on already, on {place(batch.runner)}. "
            "Wait for it to end, or cancel it there.",
            rule=RULE,
        )
    own = update(import_batch).where(import_batch.c.id == batch.id)
    lasts = LASTS_FOR_ALL if batch.options.all_or_nothing else LASTS
    connection.execute(own.values(runner=mine, runner_until=now + lasts, status=BatchStatus.RUNNING.value))


def keep(connection: Connection, batch: Batch, mine: str, now: datetime) -> None:
    """Keep the turn in the transaction of a piece; Refused, so that nothing is written, when another desk took it."""
    own = update(import_batch).where(import_batch.c.id == batch.id, import_batch.c.runner == mine)
    lasts = LASTS_FOR_ALL if batch.options.all_or_nothing else LASTS
    if connection.execute(own.values(runner_until=now + lasts)).rowcount != 1:
        raise Refused(
            f"This desk was silent for so long that another one goes on with import {batch.id}, so it stopped.",
            rule=RULE,
        )


def give_back(connection: Connection, batch: Batch, mine: str, status: BatchStatus) -> None:
    """Let others have the turn, with the import left in that status."""
    own = update(import_batch).where(import_batch.c.id == batch.id, import_batch.c.runner == mine)
    connection.execute(own.values(runner=None, runner_until=None, status=status.value))
