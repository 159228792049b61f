"""`portal-admin db`: create, upgrade, check, back up and restore the portal database."""

from __future__ import annotations

from argparse import Namespace
from pathlib import Path

from portal_admin.cli.frame import Commands, Context
from portal_admin.errors import DONE, REFUSED
from portal_admin.services import database
from portal_admin.settings import choose_profile
from portal_admin.wiring import full_database_url, operator_name, utc_now


def add(commands: Commands) -> None:
    """Register the commands."""
    group = commands.group("db", help="Create, upgrade, check, back up and restore the portal database")
    group.command("upgrade", upgrade, help="Create the database, or bring it to this program's schema")
    group.command("check", check, help="Check that the database is whole and fits this program")
    backup_parser = group.command("backup", backup, help="Copy the database while it is in use")
    backup_parser.add_argument(
        "file", metavar="FILE", type=Path, help="the copy to write; it must not exist yet"
    )
    restore_parser = group.command("restore", restore, help="Put a backup in the place of the database")
    restore_parser.add_argument("file", metavar="FILE", type=Path, help="the backup to restore")


def upgrade(context: Context, _args: Namespace) -> int:
    done = database.upgrade(_url(context), now=utc_now(), operator=operator_name())
    document = {"before": done.before, "after": done.after, "backup": done.backup and str(done.backup)}
    if done.before == done.after:
        sentence = f"The portal database is at schema {done.after} already."
    elif done.before is None:
        sentence = f"The portal database is ready, at schema {done.after}."
    else:
        sentence = (
            f"Upgraded from schema {done.before} to {done.after}. The copy made first is {done.backup}."
        )
    return _done(context, document, sentence)


def check(context: Context, _args: Namespace) -> int:
    found = database.check(_url(context))
    context.out.rows(
        found,
        columns={
            "Check": lambda one: one.check,
            "Result": lambda one: "pass" if one.passed else "fail",
            "": lambda one: one.message,
        },
        record=lambda one: {
            "check": one.check,
            "result": "pass" if one.passed else "fail",
            "message": one.message,
        },
    )
    return DONE if all(one.passed for one in found) else REFUSED


def backup(context: Context, args: Namespace) -> int:
    copy = database.backup(_url(context), to=args.file)
    return _done(context, {"backup": str(copy)}, f"Copied to {copy}.")


def restore(context: Context, args: Namespace) -> int:
    kept = database.restore(_url(context), source=args.file, now=utc_now())
    aside = f" The database as it was is kept as {kept}." if kept else ""
    return _done(context, {"kept": kept and str(kept)}, f"Restored from {args.file}.{aside}")


def _url(context: Context) -> str:
    return full_database_url(choose_profile(context.profile))


def _done(context: Context, document: object, sentence: str) -> int:
    if context.json:
        context.out.document(document)
    else:
        context.out.line(sentence)
    return DONE
