"""The settings of mail delivery; its password and the mail key are secrets, and not among them."""

from __future__ import annotations

import re
from datetime import timedelta

from portal_admin.domain.brand import LOOPBACK
from portal_admin.domain.durations import duration, duration_text
from portal_admin.domain.mail import LIFETIMES, MailKind
from portal_admin.domain.mail_server import Security
from portal_admin.domain.setting_key import SettingKey

HOST = re.compile(r"[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?|::1")
LONGEST_LIFE = timedelta(days=30)
LONGEST_USER = 320
UNENCRYPTED = (
    "Mails leave this machine encrypted only: set mail.security to starttls or tls, or name a mail server on "
    "this machine in mail.host."
)


def _host(text: str) -> str | None:
    host = text.strip().lower()
    if host and not HOST.fullmatch(host):
        raise ValueError(text)
    return host or None


def _port(text: str) -> int | None:
    if not text.strip():
        return None
    port = int(text)
    if not 1 <= port <= 65535:
        raise ValueError(text)
    return port


def _user(text: str) -> str | None:
    user = text.strip()
    if not user.isprintable() or any(map(str.isspace, user)) or len(user) > LONGEST_USER:
        raise ValueError(text)
    return user or None


def _lifetime(text: str) -> timedelta:
    length = duration(text)
    if length > LONGEST_LIFE:
        raise ValueError(text)
    return length


def is_unencrypted(host: str | None, security: Security) -> bool:
    """Whether mails would leave this machine readable by everybody on their way."""
    return host is not None and security is Security.NONE and host not in LOOPBACK


def _optional(value: object) -> str:
    return "" if value is None else str(value)


def _life(kind: MailKind) -> SettingKey:
    return SettingKey(
        f"mail.lifetime.{kind}",
        duration_text(LIFETIMES[kind]),
        f"How long the link in a {kind} mail works, from the moment the mail leaves.",
        "a time such as 30m, 24h or 7d, of at most 30d",
        _lifetime,
        duration_text,
    )


MAIL_KEYS: tuple[SettingKey, ...] = (
    SettingKey(
        "mail.host",
        "",
        "The mail server that registration and reset mails are handed to; empty while there is none.",
        "the name of a host, such as smtp.example.com",
        _host,
        _optional,
    ),
    SettingKey(
        "mail.port",
        "",
        "The port of the mail server; empty means 587, or 465 where mail.security is tls.",
        "a number from 1 to 65535",
        _port,
        _optional,
    ),
    SettingKey(
        "mail.security",
        Security.STARTTLS,
        "How mails are protected on their way to the mail server.",
        "starttls, tls, or none for a mail server on the same machine",
        lambda text: Security(text.strip().lower()),
    ),
    SettingKey(
        "mail.user",
        "",
        "Who signs in to the mail server; empty where it asks for no sign-in.",
        f"a name of up to {LONGEST_USER} characters without blanks",
        _user,
        _optional,
    ),
    *(_life(kind) for kind in MailKind),
)
