"""The mail key and the password of the mail server: asked for once, kept in the keyring, fetched when mails are sent."""

from __future__ import annotations

import getpass
import sys
from typing import TYPE_CHECKING

from portal_admin.credentials import (
    ENVIRONMENT,
    Secret,
    check_keyring,
    get_password,
    password_in_environment,
    set_password,
)
from portal_admin.errors import InvalidInput, SecretsUnavailable, SettingsProblem

if TYPE_CHECKING:
    from portal_admin.domain.mail_server import MailServer
    from portal_admin.services.mail.delivery import MailSecrets


def secrets_of(profile: str) -> MailSecrets:
    """Where the secrets of a profile come from when mails are sent."""
    from portal_admin.services.mail.delivery import MailSecrets

    return MailSecrets(
        key=lambda: get_password(profile, Secret.MAIL_KEY),
        password=lambda server: smtp_password(profile, server),
    )


def smtp_password(profile: str, server: MailServer) -> str | None:
    """The password that was typed for this server; one that was typed for another never reaches it."""
    if given := password_in_environment(Secret.SMTP):
        return given
    kept = get_password(profile, Secret.SMTP)
    if kept is None:
        return None
    owner, _, password = kept.partition("\n")
    if owner != _owner(server):
        raise SettingsProblem(
            f"The password on this machine was typed for {owner}, but mails go by {_owner(server)} now. "
            "Type the right one: portal-admin mail set-password"
        )
    return password


def keep_smtp_password(profile: str, server: MailServer, password: str) -> None:
    """Keep a password together with what it was typed for."""
    set_password(profile, Secret.SMTP, f"{_owner(server)}\n{password}")


def ask(secret: Secret, question: str, *, from_stdin: bool) -> str:
    """A secret typed at the terminal or handed in on stdin; refused first where it could not be kept."""
    check_can_keep(secret)
    if from_stdin:
        found = sys.stdin.readline().strip("\r\n")
    elif sys.stdin is not None and sys.stdin.isatty():
        found = getpass.getpass(question, stream=sys.stderr)
    else:
        raise InvalidInput("There is no terminal to ask on. Use --stdin.", field=secret.value)
    if not found:
        raise InvalidInput("Nothing was typed.", field=secret.value)
    return found


def check_can_keep(secret: Secret) -> None:
    """Refuse before something is typed or made that could not be kept."""
    try:
        check_keyring()
    except SecretsUnavailable as problem:
        raise SecretsUnavailable(
            "This machine's keyring is missing or locked, so nothing can be kept in it. Unlock or install one and run "
            f"this again, or set {ENVIRONMENT[secret]}."
        ) from problem


def _owner(server: MailServer) -> str:
    return f"{server.user} at {server.host}"
