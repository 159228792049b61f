"""The link in a registration or reset mail: how it is made, and when the portal's web tier may redeem it."""

from __future__ import annotations

import base64
import binascii
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from urllib.parse import urlencode

from portal_admin.domain.mail import MailKind, MailStatus
from portal_admin.domain.people import Status
from portal_admin.errors import InvalidInput

TOKEN_BYTES = 16
LEAST_KEY_BYTES = 32
# Told apart from tokens, whose messages are UUIDs.
FINGERPRINT = "portal-admin mail key"

PATHS: Mapping[MailKind, str] = {MailKind.REGISTRATION: "register", MailKind.RESET: "reset"}
# The status in which a user can do what the mail asks for (`managing-portal-users`).
NEEDED: Mapping[MailKind, Status] = {
    MailKind.REGISTRATION: Status.PENDING,
    MailKind.RESET: Status.ACTIVE,
}
# A mail can arrive although its sender was stopped before it could record that.
LIVE = frozenset({MailStatus.QUEUED, MailStatus.SENT})


@dataclass(frozen=True, slots=True)
class StoredMail:
    """What the portal database knows of the mail that a link names."""

    message_key: str
    kind: MailKind
    status: MailStatus
    expires_at: datetime | None
    user_status: Status


def mail_key(text: str) -> bytes:
    """The mail key from its url-safe base64 form; InvalidInput unless it has 256 bits or more."""
    typed = text.strip().rstrip("=")
    try:
        key = base64.b64decode(typed + "=" * (-len(typed) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if len(key) < LEAST_KEY_BYTES:
        raise InvalidInput(
            "This is not a mail key. `portal-admin mail key --new` makes one.", field="mail_key"
        )
    return key


def token(key: bytes, message_key: str) -> str:
    """HMAC-SHA256 of the message key, cut to 128 bits, in url-safe base64 without padding."""
    digest = hmac.digest(key, message_key.encode("ascii"), sha256)[:TOKEN_BYTES]
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode("ascii")


def fingerprint(key: bytes) -> str:
    """Tells mail keys apart, and tells nothing about the key."""
    return token(key, FINGERPRINT)


def link(base: str, kind: MailKind, message_key: str, key: bytes) -> str:
    """The address in the mail: the site's own, the message key, and the token that proves who sent it."""
    return f"{base}/{PATHS[kind]}?{urlencode({'mail': message_key, 'token': token(key, message_key)})}"


def is_redeemable(mail: StoredMail, *, kind: MailKind, given: str, key: bytes, now: datetime) -> bool:
    """Whether a link may do its work now; the token is compared in constant time, and before anything else."""
    genuine = hmac.compare_digest(
        token(key, mail.message_key).encode("ascii"), given.encode("utf-8", "replace")
    )
    return (
        genuine
        and mail.kind is kind
        and mail.status in LIVE
        and mail.expires_at is not None
        and now < mail.expires_at
        and mail.user_status is NEEDED[kind]
    )
