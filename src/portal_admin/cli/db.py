"""`portal-admin db`: create, upgrade, check, back up and restore the portal database."""

from __future__ import annotations

from argparse import Namespace
from pathlib import Path

from portal_admin.cli.frame import Commands, Context
from portal_admin.errors import DONE, REFUSED
from portal_admin.services import backup as backing_up
from portal_admin.services import database
from portal_admin.services import restore as restoring
from portal_admin.services.grants import all_grants
from portal_admin.services.grants_script import script
from portal_admin.settings import choose_profile
from portal_admin.wiring import full_database_url, operator_name, utc_now

ACCEPT = (
    "What the audit recorded since the backup is gone, which `portal-admin audit verify` reports at the desks that saw "
    "it until an Administrator accepts it there with `portal-admin audit accept-restore --reason WHY`."
)
RUN_BY = "as a superuser or as the tables' owner with the right to create roles"


def add(commands: Commands) -> None:
    """Register the commands."""
    group = commands.group("db", help="Create, upgrade, check, back up and restore the portal database")
    group.command("upgrade", upgrade, help="Create the database, or bring it to this program's schema")
    group.command("check", check, help="Check that the database is whole and fits this program")
    backup_parser = group.command("backup", backup, help="Copy the database while it is in use")
    backup_parser.add_argument(
        "file", metavar="FILE", type=Path, help="the copy to write; it must not exist yet"
    )
    group.command(
        "grants",
        grants,
        help=f"Print the script by which PostgreSQL itself enforces the roles; psql runs it {RUN_BY}",
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
        copy = f" The copy made first is {done.backup}." if done.backup else ""
        sentence = f"Upgraded from schema {done.before} to {done.after}.{copy}"
    if done.before != done.after and not done.is_file:
        sentence += f" Now run what `portal-admin db grants` prints with psql, {RUN_BY}, so that the server knows the roles."
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
    copy = backing_up.backup(_url(context), to=args.file, now=utc_now(), operator=operator_name())
    return _done(context, {"backup": str(copy)}, f"Copied to {copy}.")


def restore(context: Context, args: Namespace) -> int:
    done = restoring.restore(_url(context), source=args.file, now=utc_now(), operator=operator_name())
    document = {"kept": done.kept and str(done.kept), "upgraded_from": done.upgraded_from}
    aside = f" The database as it was is kept as {done.kept}." if done.kept else ""
    older = f" It had schema {done.upgraded_from} and was upgraded." if done.upgraded_from else ""
    gone = f" {ACCEPT}" if done.kept else ""
    return _done(context, document, f"Restored from {args.file}.{older}{aside}{gone}")


def grants(context: Context, _args: Namespace) -> int:
    if context.json:
        context.out.rows(all_grants(), columns={})
        return DONE
    with database.opened(_url(context)) as engine:
        for line in script(engine).splitlines():
            context.out.line(line)
    return DONE


def _url(context: Context) -> str:
    return full_database_url(choose_profile(context.profile))


def _done(context: Context, document: object, sentence: str) -> int:
    if context.json:
        context.out.document(document)
    else:
        context.out.line(sentence)
    return DONE
