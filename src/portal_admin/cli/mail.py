"""`mail send | list | resend | key | set-password`."""

from __future__ import annotations

import threading
import time
from argparse import Namespace
from typing import TYPE_CHECKING

from portal_admin.cli.every import interval, stopped_by_signals, wait
from portal_admin.cli.frame import Commands, Context, note_failure
from portal_admin.cli.wording import when
from portal_admin.errors import DONE, REFUSED, DeskError, SecretsUnavailable, SettingsProblem

if TYPE_CHECKING:
    from portal_admin.services.mail.delivery import Delivered

OTHERS_DIE = "Links made with another key no longer work."
LIVING = ("queued", "sent")  # the links in all other mails are dead
STATUSES = ("queued", "sent", "failed", "superseded", "canceled")


def add(commands: Commands) -> None:
    """Register the commands."""
    mail = commands.group("mail", help="Send registration and reset mails, and see what became of them")
    send = mail.command("send", send_mails, help="Send the mails that are due")
    send.add_argument(
        "--every", type=interval, metavar="1m", help="go on for ever, sending at this interval (s, m or h)"
    )
    listing = mail.command("list", list_mails, help="List mails, oldest first")
    listing.add_argument("--status", choices=STATUSES)
    again = mail.command("resend", resend, help="Queue mails again that failed")
    again.add_argument("ids", nargs="+", type=int, metavar="ID")
    key = mail.command("key", use_key, help="Bring to this machine the key that links in mails are made with")
    source = key.add_mutually_exclusive_group()
    source.add_argument("--new", action="store_true", help="make a new key; links made before stop working")
    source.add_argument("--stdin", action="store_true", help="read the key from stdin")
    password = mail.command("set-password", set_password, help="Keep the password of the mail server")
    password.add_argument("--stdin", action="store_true", help="read the password from stdin")


def send_mails(context: Context, args: Namespace) -> int:
    """Send what is due once, or until a signal says stop; the mail under way is finished first."""
    _ = context.desk
    with stopped_by_signals() as stop:
        if args.every is None:
            return _send(context, stop)
        while not stop.is_set():
            begun = time.monotonic()
            try:
                _send(context, stop)
            except DeskError as problem:
                # The next run may find the mail server or the database in order again.
                note_failure(problem)
                context.out.error(problem)
            context.out.flush()
            wait(stop, until=begun + args.every.total_seconds())
    return DONE


def _send(context: Context, stop: threading.Event) -> int:
    from portal_admin.cli.mail_secrets import secrets_of
    from portal_admin.services.mail.delivery import send_due

    done = send_due(context.desk, secrets=secrets_of(_profile(context)), cancelled=stop.is_set)
    _print_delivered(context, done)
    if done.stopped is not None:
        raise done.stopped
    return REFUSED if done.failed else DONE


def _print_delivered(context: Context, done: Delivered) -> None:
    counts = {"sent": done.sent, "retried": done.retried, "failed": done.failed, "waiting": done.waiting}
    waiting = f"{done.waiting}, next try {when(done.next_try)}" if done.next_try else done.waiting
    fields = {"Sent": done.sent, "Try again": done.retried, "Failed": done.failed, "Waiting": waiting}
    context.out.record(counts, fields=fields)
    for site in done.no_sender:
        context.out.say(
            f"Mails of site {site} wait: the site has no sender yet. Give it one: portal-admin sites set-brand {site} …"
        )
    if done.failed:
        context.out.say("See why with `portal-admin mail list --status failed`.")


def list_mails(context: Context, args: Namespace) -> int:
    """List the outbox."""
    from portal_admin.domain.mail import MailStatus
    from portal_admin.services.mail.queue import list_mails

    status = MailStatus(args.status) if args.status else None
    context.out.rows(
        list_mails(context.desk, status=status),
        columns={
            "Id": lambda mail: mail.id,
            "Site": lambda mail: mail.site,
            "Email": lambda mail: mail.email,
            "Kind": lambda mail: mail.kind,
            "Status": lambda mail: mail.status,
            "Queued": lambda mail: when(mail.queued_at),
            "Sent": lambda mail: mail.sent_at and when(mail.sent_at),
            "Next try": lambda mail: mail.next_try and when(mail.next_try),
            "Expires": lambda mail: (
                when(mail.expires_at) if mail.expires_at and mail.status in LIVING else None
            ),
            "Tries": lambda mail: mail.attempts,
            "Note": lambda mail: mail.note,
        },
        empty="There is no such mail.",
    )
    return DONE


def resend(context: Context, args: Namespace) -> int:
    """Queue dead letters again."""
    from portal_admin.services.mail.queue import resend

    again = resend(context.desk, ids=args.ids)
    for mail in again:
        if context.json:
            context.out.document(mail)
        context.out.line(f"{mail.id}  {mail.kind} mail to {mail.email} is queued again.")
    return DONE


def use_key(context: Context, args: Namespace) -> int:
    """Keep the mail key on this machine, and let the portal's links be made with it."""
    from portal_admin.cli.mail_secrets import ask
    from portal_admin.credentials import Secret, password_in_environment
    from portal_admin.credentials import set_password as keep
    from portal_admin.services.mail.keys import use_mail_key

    if args.new:
        return _new_key(context)
    given = password_in_environment(Secret.MAIL_KEY)
    key = given or ask(Secret.MAIL_KEY, "The mail key: ", from_stdin=args.stdin)
    changed = use_mail_key(context.desk, key=key)
    if given is None:
        keep(_profile(context), Secret.MAIL_KEY, key)
    if context.json:
        context.out.document({"changed": changed})
    context.out.say(
        f"Links are made with this key from now on. {OTHERS_DIE}"
        if changed
        else "Links are made with this key already."
    )
    return DONE


def _new_key(context: Context) -> int:
    from portal_admin.credentials import Secret, password_in_environment
    from portal_admin.credentials import set_password as keep
    from portal_admin.services.mail.keys import new_mail_key, use_mail_key

    key = new_mail_key()
    use_mail_key(context.desk, key=key)
    # The one time that it is shown: whoever runs the portal's pages needs it too.
    context.out.record({"mail_key": key}, fields={"Mail key": key})
    context.out.say(
        f"Give it to whoever runs the portal's pages, by a safe way, and to nobody else. {OTHERS_DIE}"
    )
    try:
        if password_in_environment(Secret.MAIL_KEY) is None:
            keep(_profile(context), Secret.MAIL_KEY, key)
            return DONE
    except SecretsUnavailable:
        pass  # a server may have no keyring
    context.out.say("It is not kept on this machine. Where mails are sent, set PORTAL_ADMIN_MAIL_KEY to it.")
    return DONE


def set_password(context: Context, args: Namespace) -> int:
    """Keep the password of the mail server that the settings name."""
    from portal_admin.cli.mail_secrets import ask, keep_smtp_password
    from portal_admin.credentials import Secret
    from portal_admin.models.engine import reading
    from portal_admin.services.mail.settings import read_mail_settings

    with reading(context.desk.engine) as connection:
        server = read_mail_settings(connection).server
    if server is None or server.user is None:
        raise SettingsProblem(
            "Name the mail server and its user first: portal-admin settings set mail.host HOST, and mail.user USER"
        )
    password = ask(Secret.SMTP, f"Password of {server.user} at {server.host}: ", from_stdin=args.stdin)
    keep_smtp_password(_profile(context), server, password)
    if context.json:
        context.out.document({"host": server.host, "user": server.user})
    context.out.say(f"The password of {server.user} at {server.host} is kept in this machine's keyring.")
    return DONE


def _profile(context: Context) -> str:
    from portal_admin.credentials import Secret
    from portal_admin.settings import choose_profile
    from portal_admin.wiring import password_name

    return password_name(choose_profile(context.profile), Secret.MAIL_KEY)
