"""A portal whose site MAIN has a brand, a mail key, and a mail server that it may hand mails to."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from portal_admin.domain.brand import Brand
from portal_admin.domain.mail_server import MailServer, Security
from portal_admin.services import brand as brands
from portal_admin.services import users
from portal_admin.services.desk import Desk
from portal_admin.services.mail.delivery import Delivered, MailSecrets, send_due
from portal_admin.services.mail.keys import new_mail_key, use_mail_key
from portal_admin.services.settings import set_setting
from tests.fixtures.post import PASSWORD, USER, Post
from tests.services.conftest import PAUL

KEY = new_mail_key()
PNG = b"\x89PNG\r\n\x1a\n" + bytes(64)
NORTHWIND = Brand(
    "Northwind Leasing", "portal@northwind.example", "help@northwind.example", "https://my.northwind.example"
)
PRAIRIE = Brand(
    "Prairie Finance",
    "mail@prairie.example",
    "care@prairie.example",
    "https://prairie.example/portal",
    "#7A1F3D",
    PNG,
)

Send = Callable[..., Delivered]


def name_server(desk: Desk, *, port: int, security: Security = Security.STARTTLS, user: str = USER) -> None:
    """Let mails go by a server on this machine."""
    settings = {"host": "127.0.0.1", "port": str(port), "security": security.value, "user": user}
    for key, value in settings.items():
        set_setting(desk, key=f"mail.{key}", value=value)


@pytest.fixture
def branded(office: Desk) -> Desk:
    """A desk at a portal with a brand for MAIN and a mail key, and no mail server yet."""
    brands.set_brand(office, site="MAIN", brand=NORTHWIND)
    use_mail_key(office, key=KEY)
    return office


@pytest.fixture
def sending(branded: Desk, post: Post) -> Desk:
    """The same with the server named."""
    name_server(branded, port=post.ports["starttls"])
    return branded


@pytest.fixture
def send() -> Send:
    """Send what is due, with little patience; a mail to Paul waits when nothing else does."""

    def call(desk: Desk, *, password: str = PASSWORD, key: str | None = KEY, **given: Any) -> Delivered:
        def password_for(_server: MailServer) -> str | None:
            return password

        secrets = MailSecrets(key=lambda: key, password=password_for)
        return send_due(desk, secrets=secrets, **{"timeout": 5.0, "budget": 10.0} | given)

    return call


def queue(desk: Desk, email: str = PAUL, site: str = "MAIN") -> int:
    """Queue a registration mail, and return its id."""
    return users.resend_registration(desk, site=site, email=email).mail_id
