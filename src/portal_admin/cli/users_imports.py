"""`users imports list | show | resume | undo`: imports that were begun."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from portal_admin.cli.every import stopped_by_signals
from portal_admin.cli.frame import Commands, Context
from portal_admin.cli.users_import import counted, print_outcome, progress_on
from portal_admin.cli.wording import when
from portal_admin.errors import DONE

if TYPE_CHECKING:
    from portal_admin.services.imports.batches import Batch

COLUMNS: dict[str, Callable[[Batch], object]] = {
    "Import": lambda batch: batch.id,
    "Site": lambda batch: batch.site,
    "File": lambda batch: batch.file_name,
    "State": lambda batch: f"{batch.status} now" if batch.runner else batch.status,
    "Rows": lambda batch: f"{batch.counts.read:,} of {batch.total:,}",
    "Refused": lambda batch: f"{batch.counts.refused:,}",
    "Begun": lambda batch: when(batch.created_at),
    "By": lambda batch: batch.created_by,
}


def add_imports(users: Commands) -> None:
    """Register the commands."""
    imports = users.group("imports", help="List imports, go on with one, or take one back")
    imports.command("list", list_imports, help="List imports, newest first")
    show = imports.command("show", show_import, help="Show what became of the rows of an import")
    resume = imports.command("resume", resume_import, help="Go on with an import that was stopped")
    undo = imports.command("undo", undo_import, help="Take back an import, where nothing was changed since")
    for parser in (show, resume, undo):
        parser.add_argument("batch", type=int, metavar="IMPORT", help="its number")
    for parser in (show, resume):
        _add_results(parser)


def _add_results(parser: ArgumentParser) -> None:
    parser.add_argument("--results", type=Path, metavar="FILE", help="write refused rows to this new file")


def list_imports(context: Context, _args: Namespace) -> int:
    """List the imports."""
    from portal_admin.services.imports.batches import list_batches

    context.out.rows(list_batches(context.desk), columns=COLUMNS, record=_record)
    return DONE


def show_import(context: Context, args: Namespace) -> int:
    """Show one import as the command that ran it did; rows that were refused then make this no failure."""
    from portal_admin.services.imports.batches import show_batch

    print_outcome(context, show_batch(context.desk, batch=args.batch), results=args.results)
    return DONE


def resume_import(context: Context, args: Namespace) -> int:
    """Go on with an import."""
    from portal_admin.services.imports.commit import resume

    with stopped_by_signals() as stop:
        outcome = resume(context.desk, batch=args.batch, progress=progress_on(context), cancelled=stop.is_set)
    return print_outcome(context, outcome, results=args.results)


def undo_import(context: Context, args: Namespace) -> int:
    """Take an import back."""
    from portal_admin.services.imports.undo import undo

    undone = undo(context.desk, batch=args.batch)
    context.out.record(
        {"batch": undone.batch.id, "removed": undone.removed, "restored": undone.restored},
        fields={
            "Import": f"{undone.batch.id}, taken back",
            "End users removed": f"{undone.removed:,}",
            "End users as before": f"{undone.restored:,}",
        },
    )
    return DONE


def _record(batch: Batch) -> dict[str, object]:
    return {
        "batch": batch.id,
        "site": batch.site,
        "file": batch.file_name,
        "status": batch.status,
        "total": batch.total,
        **counted(batch.counts),
        "created_at": batch.created_at,
        "created_by": batch.created_by,
        "runner": batch.runner,
    }
