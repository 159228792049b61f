"""`sync [--full] [--every 15m]`: once by hand, or for ever on the server that feeds the portal database.

`sync --contract ID` reads what one caller waits for.
"""

from __future__ import annotations

import threading
import time
from argparse import Namespace
from datetime import timedelta
from typing import TYPE_CHECKING

from portal_admin.cli.every import interval, stopped_by_signals, wait
from portal_admin.cli.frame import Commands, Context, note_failure
from portal_admin.errors import DONE, REFUSED, DeskError, InvalidInput, Refused

if TYPE_CHECKING:
    from portal_admin.services.sync import SyncResult

# Another runner keeps its turn for a few minutes at most once it died; its run may also end any moment.
TRY_AGAIN = timedelta(minutes=1)


def add(commands: Commands) -> None:
    """Register the command."""
    parser = commands.command("sync", run, help="Read what changed in ASPIRE into the portal database")
    how = parser.add_mutually_exclusive_group()
    how.add_argument(
        "--contract", metavar="ContractId", help="read this contract's customer only, and at once"
    )
    how.add_argument("--full", action="store_true", help="read everything again, and remove what is gone")
    parser.add_argument(
        "--every",
        type=interval,
        metavar="15m",
        help="go on for ever, beginning a run at this interval (s, m or h)",
    )


def run(context: Context, args: Namespace) -> int:
    """Sync once, or until a signal says stop; or one contract alone."""
    if args.contract is not None:
        return _contract(context, args.contract, every=args.every)
    if args.every is None:
        return _once(context, full=args.full, stop=threading.Event())
    _ = context.desk
    with stopped_by_signals() as stop:
        full = args.full
        while not stop.is_set():
            begun, rest = time.monotonic(), args.every
            try:
                _once(context, full=full, stop=stop)
                full = False
            except DeskError as problem:
                # The next run may find the network, the login or the database in order again.
                note_failure(problem)
                context.out.error(problem)
                if _is_refused_a_turn(problem):
                    rest = min(TRY_AGAIN, args.every)
            context.out.flush()
            wait(stop, until=begun + rest.total_seconds())
    return DONE


def _is_refused_a_turn(problem: DeskError) -> bool:
    from portal_admin.services.sync.lease import RULE

    return isinstance(problem, Refused) and problem.rule == RULE


def _once(context: Context, *, full: bool, stop: threading.Event) -> int:
    from portal_admin.services.sync import sync

    result = sync(context.desk, full=full, cancelled=stop.is_set)
    for warning in result.warnings:
        context.out.say(f"Warning: {warning}")
    context.out.record(_record(result), fields=_fields(result))
    return DONE if result.complete else REFUSED


def _contract(context: Context, contract_id: str, *, every: timedelta | None) -> int:
    from portal_admin.services.sync.contract import sync_contract

    if every is not None:
        raise InvalidInput("--contract reads once; leave --every out.", field="every")
    found = sync_contract(context.desk, contract_id=contract_id)
    record = {"contract_id": found.contract_id, "accounts": list(found.accounts)}
    context.out.record(
        record, fields={"Contract": found.contract_id, "Accounts read": ", ".join(found.accounts)}
    )
    return DONE


def _record(result: SyncResult) -> dict[str, object]:
    return {
        "read": result.read,
        "changed": result.changed,
        "removed": result.removed,
        "watermark": result.watermark,
        "generation": result.generation,
    }


def _fields(result: SyncResult) -> dict[str, object]:
    return {
        "Read": f"{result.read:,}",
        "Changed": f"{result.changed:,}",
        "Removed": f"{result.removed:,}",
        "Next from": f"{result.watermark:%Y-%m-%d %H:%M:%S} UTC",
        "Generation": result.generation,
    }
