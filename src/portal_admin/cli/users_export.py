"""`users export FILE`."""

from __future__ import annotations

from argparse import Namespace
from pathlib import Path

from portal_admin.cli.frame import Commands, Context
from portal_admin.errors import DONE

STATUSES = ("pending", "active", "inactive")


def add_export(users: Commands) -> None:
    """Register the command."""
    export = users.command("export", export_users, help="Write end users and their links to a file")
    export.add_argument("file", type=Path, help="a new file; the ending chooses the form: .xlsx or .csv")
    export.add_argument("--site", metavar="KEY")
    export.add_argument("--status", action="append", choices=STATUSES, default=[], dest="statuses")
    export.add_argument("--text", default="", help="part of a name or an email address")
    export.add_argument("--links", action="store_true", help="a row for each linked account, with its name")


def export_users(context: Context, args: Namespace) -> int:
    """Write end users to a file."""
    from portal_admin.domain.people import Status
    from portal_admin.services import export

    path: Path = args.file
    done = export.export_users(
        context.desk,
        path=path,
        site=args.site,
        statuses=[Status(status.capitalize()) for status in args.statuses],
        text=args.text,
        links=args.links,
    )
    rows = 0 if done is None else done.rows
    context.out.record({"file": str(path), "rows": rows}, fields={"Written": path, "Rows": rows})
    return DONE
