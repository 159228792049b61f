"""The mail key: which one the links of this portal are made with."""

from __future__ import annotations

import base64
import secrets

from sqlalchemy import insert, update

from portal_admin.domain.mail_links import LEAST_KEY_BYTES, fingerprint, mail_key
from portal_admin.domain.permissions import Permission
from portal_admin.errors import SettingsProblem
from portal_admin.models import setting
from portal_admin.services import audit
from portal_admin.services.change import action, changing
from portal_admin.services.desk import Desk
from portal_admin.services.mail.settings import KEY_FINGERPRINT, MailSettings, read_mail_settings

NO_KEY = "Links cannot be made yet, because there is no mail key. Make one: portal-admin mail key --new"
NOT_HERE = "The mail key is not on this machine. Bring it here with `portal-admin mail key`, or set PORTAL_ADMIN_MAIL_KEY."
ANOTHER = (
    "The mail key on this machine is not the one that this portal's links are made with. Bring the right one here with "
    "`portal-admin mail key`."
)


def new_mail_key() -> str:
    """A key of 256 random bits, in url-safe base64."""
    return base64.urlsafe_b64encode(secrets.token_bytes(LEAST_KEY_BYTES)).rstrip(b"=").decode("ascii")


@action(Permission.CHANGE_SETTINGS)
def use_mail_key(desk: Desk, *, key: str) -> bool:
    """Make the links of this portal with that key from now on; False when they were already.

    Links made with another key stop working. The portal keeps a fingerprint of the key, never the key.
    """
    mine = fingerprint(mail_key(key))
    with changing(desk) as connection:
        before = read_mail_settings(connection).key_fingerprint
        if before == mine:
            return False
        if before is None:
            connection.execute(insert(setting).values(key=KEY_FINGERPRINT, value=mine))
        else:
            connection.execute(update(setting).where(setting.c.key == KEY_FINGERPRINT).values(value=mine))
        audit.record(
            connection,
            desk,
            action="mail.use_key",
            subject=KEY_FINGERPRINT,
            before={"fingerprint": before},
            after={"fingerprint": mine},
        )
    return True


def check_mail_key(settings: MailSettings, given: str | None) -> bytes:
    """The key as bytes; SettingsProblem unless it is the one that this portal's links are made with."""
    if settings.key_fingerprint is None:
        raise SettingsProblem(NO_KEY)
    if not given:
        raise SettingsProblem(NOT_HERE)
    key = mail_key(given)
    if fingerprint(key) != settings.key_fingerprint:
        raise SettingsProblem(ANOTHER)
    return key
