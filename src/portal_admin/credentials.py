"""Passwords and keys: in this machine's keyring, in the environment of unattended runs, or in memory for one session."""

from __future__ import annotations

import os
from enum import StrEnum
from threading import Lock
from typing import TYPE_CHECKING

from portal_admin.errors import InvalidInput, SecretsUnavailable

if TYPE_CHECKING:
    from keyring.backend import KeyringBackend

SERVICE = "portal-admin"
# Windows' Credential Manager holds 2,560 bytes, and the keyring stores two a character.
WINDOWS_LIMIT = 1280
# These lose what they are given, or keep it where anybody can read it.
REFUSED_BACKENDS = ("keyring.backends.fail", "keyring.backends.null", "keyrings.alt")


class Secret(StrEnum):
    """What a profile has a password for, and the key that its mails' links are made with."""

    ASPIRE = "aspire"
    DATABASE = "database"
    SMTP = "smtp"
    MAIL_KEY = "mail_key"


ENVIRONMENT = {
    Secret.ASPIRE: "PORTAL_ADMIN_ASPIRE_PASSWORD",
    Secret.DATABASE: "PORTAL_ADMIN_DATABASE_PASSWORD",
    Secret.SMTP: "PORTAL_ADMIN_SMTP_PASSWORD",
    Secret.MAIL_KEY: "PORTAL_ADMIN_MAIL_KEY",
}
_SIGN_IN = {
    Secret.ASPIRE: "portal-admin signin",
    Secret.DATABASE: "portal-admin signin --database",
    Secret.SMTP: "portal-admin mail set-password",
    Secret.MAIL_KEY: "portal-admin mail key",
}

_session: dict[tuple[str, Secret], str] = {}
_first_use = Lock()


def get_password(profile: str, secret: Secret) -> str | None:
    """The password from the environment, else of this session, else from the keyring; None when there is none."""
    if given := password_in_environment(secret):
        return given
    if (profile, secret) in _session:
        return _session[profile, secret]
    from keyring.errors import KeyringError

    try:
        return _keyring().get_password(SERVICE, _entry(profile, secret))
    except (KeyringError, SecretsUnavailable) as problem:
        raise SecretsUnavailable(
            "There is no password to sign in with, because this machine's keyring is missing or locked: unlock it and "
            f"run `{_SIGN_IN[secret]}`, or set {ENVIRONMENT[secret]}."
        ) from problem


def set_password(profile: str, secret: Secret, password: str) -> None:
    """Keep a password in the keyring; SecretsUnavailable when this machine has none, so offer `remember_for_session`."""
    from keyring.errors import KeyringError

    if not password:
        raise InvalidInput("The password is empty.", field="password")
    backend = _keyring()
    if _module(backend).startswith("keyring.backends.Windows") and len(password) > WINDOWS_LIMIT:
        raise InvalidInput(
            f"Windows keeps passwords of up to {WINDOWS_LIMIT:,} characters.", field="password"
        )
    try:
        backend.set_password(SERVICE, _entry(profile, secret), password)
    except KeyringError as problem:
        raise _unavailable() from problem
    _session.pop((profile, secret), None)


def remember_for_session(profile: str, secret: Secret, password: str) -> None:
    """Hold a password in memory until the program ends."""
    _session[profile, secret] = password


def delete_passwords(profile: str) -> None:
    """Forget the passwords of a profile."""
    from keyring.errors import KeyringError, PasswordDeleteError

    for secret in Secret:
        _session.pop((profile, secret), None)
    for secret in Secret:
        try:
            _keyring().delete_password(SERVICE, _entry(profile, secret))
        except PasswordDeleteError:
            continue  # there was none
        except KeyringError as problem:
            raise _unavailable() from problem


def password_in_environment(secret: Secret) -> str | None:
    """The password that an unattended run was given."""
    return os.environ.get(ENVIRONMENT[secret]) or None


def check_keyring() -> str:
    """The name of the keyring in use; SecretsUnavailable when there is none that keeps secrets."""
    return str(_keyring().name)


def _keyring() -> KeyringBackend:
    import keyring

    with _first_use:
        chosen = keyring.get_keyring()
    # The chainer is a list of keyrings, best first.
    for backend in getattr(chosen, "backends", [chosen]):
        if not _module(backend).startswith(REFUSED_BACKENDS):
            found: KeyringBackend = backend
            return found
    raise _unavailable()


def _module(backend: object) -> str:
    return type(backend).__module__


def _entry(profile: str, secret: Secret) -> str:
    return f"{profile}/{secret}"


def _unavailable() -> SecretsUnavailable:
    return SecretsUnavailable(
        "This machine's keyring is missing or locked, so the password cannot be kept. "
        "It can be held for this session, or given in the environment as PORTAL_ADMIN_ASPIRE_PASSWORD."
    )
