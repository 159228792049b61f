"""The settings of mail delivery, as all senders on one portal database share them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import Connection, select

from portal_admin.domain.mail import MailKind
from portal_admin.domain.mail_server import PORTS, MailServer
from portal_admin.domain.mail_settings import UNENCRYPTED, is_unencrypted
from portal_admin.errors import SettingsProblem
from portal_admin.models import setting
from portal_admin.services.settings import parsed

# Not one of the settings that people change: it tells which mail key the links are made with.
KEY_FINGERPRINT = "mail.key_fingerprint"


@dataclass(frozen=True, slots=True)
class MailSettings:
    """What delivery works by; no server means that nobody has named one yet, no fingerprint that there is no key."""

    server: MailServer | None
    lifetimes: Mapping[MailKind, timedelta]
    key_fingerprint: str | None


def read_mail_settings(connection: Connection) -> MailSettings:
    """The settings as stored; what is not stored has its default, what cannot be used is a SettingsProblem."""
    query = select(setting.c.key, setting.c.value).where(setting.c.key.like("mail.%"))
    stored = {row.key: row.value for row in connection.execute(query)}
    return MailSettings(
        _server(stored),
        {kind: parsed(stored, f"mail.lifetime.{kind}") for kind in MailKind},
        stored.get(KEY_FINGERPRINT),
    )


def _server(stored: Mapping[str, str]) -> MailServer | None:
    host, security = parsed(stored, "mail.host"), parsed(stored, "mail.security")
    if host is None:
        return None
    if is_unencrypted(host, security):
        raise SettingsProblem(UNENCRYPTED)
    return MailServer(
        host, parsed(stored, "mail.port") or PORTS[security], security, parsed(stored, "mail.user")
    )
