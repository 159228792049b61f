"""`users create | edit | list | show | resend | reset | deactivate | reactivate | change-email | export | import | imports`."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from portal_admin.cli import users_notes, users_verify
from portal_admin.cli.arguments import add_accounts, add_user, add_version
from portal_admin.cli.frame import Commands, Context, UsageError
from portal_admin.cli.users_export import STATUSES, add_export
from portal_admin.cli.users_import import add_import
from portal_admin.cli.users_imports import add_imports
from portal_admin.cli.wording import mail_words, when
from portal_admin.domain.offering import NAMED_AT_MOST
from portal_admin.domain.people import EndUser
from portal_admin.domain.text import id_key
from portal_admin.errors import DONE

if TYPE_CHECKING:
    from portal_admin.services.accounts import LookAlikes
    from portal_admin.services.links import Changed
    from portal_admin.services.outbox import Queued


def add(commands: Commands) -> None:
    """Register the commands."""
    users = commands.group("users", help="List, create and change end users")

    create = users.command("create", create_user, help="Create an end user linked to accounts")
    add_user(create)
    create.add_argument("--first", required=True, metavar="NAME")
    create.add_argument("--last", required=True, metavar="NAME")
    add_accounts(create)
    create.add_argument(
        "--status",
        choices=("pending", "active"),
        default="pending",
        help="active: the person has a login elsewhere already, and gets no registration mail",
    )

    edit = users.command("edit", edit_user, help="Change first and last name")
    add_user(edit)
    edit.add_argument("--first", metavar="NAME")
    edit.add_argument("--last", metavar="NAME")
    add_version(edit)

    listing = users.command("list", list_users, help="List end users by site and email")
    listing.add_argument("--site", metavar="KEY")
    listing.add_argument("--status", action="append", choices=STATUSES, default=[], dest="statuses")
    listing.add_argument("--text", help="part of a name or an email address")

    add_user(users.command("show", show_user, help="Show one end user"))
    add_user(users.command("resend", resend, help="Resend Registration Email (Pending)"))
    resetting = users.command("reset", reset, help="Reset Password (Active), once the caller is verified")
    add_user(resetting)
    users_verify.add_proof(resetting)
    for name, handler, sentence in (
        ("deactivate", deactivate, "Deactivate User (Active)"),
        (
            "reactivate",
            reactivate,
            "Reactivate User (Inactive); after a change of email once the caller is verified",
        ),
    ):
        parser = users.command(name, handler, help=sentence)
        add_user(parser)
        add_version(parser)
        if handler is reactivate:
            users_verify.add_proof(parser)

    change = users.command(
        "change-email",
        change_email,
        help="New user with the same links, old one deactivated, once the caller is verified",
    )
    add_user(change)
    change.add_argument("--to", required=True, metavar="EMAIL")
    add_version(change)
    users_verify.add_proof(change)
    users_verify.add(users)
    users_notes.add(users)
    add_export(users)
    add_import(users)
    add_imports(users)


def create_user(context: Context, args: Namespace) -> int:
    """Create an end user."""
    from portal_admin.domain.people import Status
    from portal_admin.services import users

    changed = users.create_user(
        context.desk,
        site=args.site,
        email=args.email,
        first_name=args.first,
        last_name=args.last,
        account_ids=args.accounts,
        status=Status(args.status.capitalize()),
    )
    return print_changed(context, changed, linked=args.accounts)


def edit_user(context: Context, args: Namespace) -> int:
    """Change names."""
    if args.first is None and args.last is None:
        raise UsageError("Nothing to change: give --first, --last or both.")
    from portal_admin.services import users

    user = users.edit_user(
        context.desk,
        site=args.site,
        email=args.email,
        first_name=args.first,
        last_name=args.last,
        version=args.version,
    )
    return print_user(context, user)


def list_users(context: Context, args: Namespace) -> int:
    """List end users."""
    from portal_admin.domain.people import Status
    from portal_admin.services import people

    statuses = [Status(status.capitalize()) for status in args.statuses]
    context.out.rows(
        people.list_users(context.desk, site=args.site, statuses=statuses, text=args.text),
        columns={
            "Site": lambda user: user.site,
            "Email": lambda user: user.email,
            "Name": lambda user: user.name,
            "Status": lambda user: user.status,
            "Accounts": lambda user: [account.account_id for account in user.accounts],
        },
        record=user_record,
    )
    return DONE


def show_user(context: Context, args: Namespace) -> int:
    """Show one end user."""
    from portal_admin.services import early_resets, people

    user = people.show_user(context.desk, site=args.site, email=args.email)
    caution = early_resets.caution(context.desk, site=args.site, email=args.email)
    return print_user(context, user, flags=tuple(early_resets.FLAG for _ in caution.resets[:1]))


def resend(context: Context, args: Namespace) -> int:
    """Queue a registration mail."""
    from portal_admin.services import users

    return _print_queued(context, users.resend_registration(context.desk, site=args.site, email=args.email))


def reset(context: Context, args: Namespace) -> int:
    """Queue a password reset mail."""
    from portal_admin.services import users

    queued = users.reset_password(
        context.desk, site=args.site, email=args.email, proof=users_verify.proof_of(args)
    )
    return _print_queued(context, queued)


def deactivate(context: Context, args: Namespace) -> int:
    """Block sign-in."""
    from portal_admin.services import users

    user = users.deactivate(context.desk, site=args.site, email=args.email, version=args.version)
    return print_user(context, user)


def reactivate(context: Context, args: Namespace) -> int:
    """Let the user sign in again."""
    from portal_admin.services import users

    user = users.reactivate(
        context.desk,
        site=args.site,
        email=args.email,
        version=args.version,
        proof=users_verify.proof_of(args),
    )
    return print_user(context, user)


def change_email(context: Context, args: Namespace) -> int:
    """Replace a user by one with another address."""
    from portal_admin.services import users

    change = users.change_email(
        context.desk,
        site=args.site,
        email=args.email,
        to=args.to,
        version=args.version,
        proof=users_verify.proof_of(args),
    )
    context.out.say(
        f"{change.old.email} is {change.old.status} now. {change.new.email} is {change.new.status}, and a "
        "registration mail to that address is queued, not yet sent."
    )
    return print_user(context, change.new)


def print_changed(context: Context, changed: Changed, *, linked: Sequence[str] = ()) -> int:
    """Print the user after a change that is saved, what did not work afterwards, and look-alikes of what was linked."""
    code = print_user(context, changed.user)
    for warning in changed.warnings:
        context.out.say(f"Warning: {warning}")
    if linked:
        from portal_admin.services.accounts import easily_mistaken
        from portal_admin.services.typed_ids import typed_account_ids

        keys = {id_key(account_id) for account_id in typed_account_ids(linked)}
        new = [account for account in changed.user.accounts if id_key(account.account_id) in keys]
        warn_of_look_alikes(context, easily_mistaken(context.desk, new))
    return code


def warn_of_look_alikes(context: Context, found: Iterable[LookAlikes]) -> None:
    """Name the accounts that a linked one could be mistaken for."""
    for one in found:
        others = ", ".join(f"{other.name} ({other.account_id})" for other in one.similar[:NAMED_AT_MOST])
        context.out.say(
            f"Warning: {one.account.name} ({one.account.account_id}) is easily mistaken for {others}. "
            "Make sure that it is the right one."
        )


def print_user(context: Context, user: EndUser, *, flags: tuple[str, ...] | None = None) -> int:
    """Print one end user; `flags` are what a rep must not overlook, None where nobody looked for them."""
    told = {} if flags is None else {"flags": flags}
    context.out.record(
        user_record(user) | told,
        fields={
            "Site": user.site,
            "Email": user.email,
            "Name": user.name,
            "Status": user.status,
            "Accounts": [f"{account.account_id} {account.name}" for account in user.accounts],
            "Mail": mail_words(user.last_mail) if user.last_mail else "none queued",
            "Created": when(user.created_at),
            "Version": user.version,
            **({"Attention": flags} if flags else {}),
        },
    )
    return DONE


def _print_queued(context: Context, queued: Queued) -> int:
    if queued.age is None:
        words = f"A {queued.kind} mail to {queued.user.email} is queued, not yet sent."
    else:
        ago = round(queued.age.total_seconds())
        words = f"A {queued.kind} mail to {queued.user.email} was queued {ago} s ago; it is on its way, so no other was queued."
    context.out.say(words)
    if context.json:
        mail = {"kind": queued.kind, "status": queued.status}
        context.out.document(user_record(queued.user) | {"mail": mail, "repeated": queued.age is not None})
    return DONE


def user_record(user: EndUser) -> dict[str, Any]:
    """The JSON form of an end user."""
    return {
        "site": user.site,
        "email": user.email,
        "first_name": user.first_name,
        "last_name": user.last_name,
        "status": user.status,
        "version": user.version,
        "accounts": [account.account_id for account in user.accounts],
        "last_mail": user.last_mail,
    }
