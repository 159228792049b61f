"""Creates and reads end users as the tests of their life do again and again."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Engine, select, update

from portal_admin.domain.mail import THROTTLE
from portal_admin.domain.people import EndUser, Status
from portal_admin.domain.verification import Method, Proof
from portal_admin.models import mail_outbox
from portal_admin.models.engine import reading
from portal_admin.services import people, users
from portal_admin.services.desk import Desk
from tests.fixtures.operators import filling

# The caller was called back, which most tests take for granted.
CALLED = Proof(Method.CALL_BACK, "402-555-0142, from the contract file")
P, A, I = Status.PENDING, Status.ACTIVE, Status.INACTIVE  # noqa: E741


def create(desk: Desk, email: str = "new@prairie.example", **changes: Any) -> EndUser:
    given = {"site": "MAIN", "first_name": "Nora", "last_name": "New", "account_ids": ["A-001"]} | changes
    return users.create_user(desk, email=email, **given).user


def show(desk: Desk, email: str, site: str = "MAIN") -> EndUser:
    return people.show_user(desk, site=site, email=email)


def mails(engine: Engine) -> list[tuple[str, str, str]]:
    """Kind, recipient and status of every mail, oldest first."""
    columns = (mail_outbox.c.kind, mail_outbox.c.recipient, mail_outbox.c.status)
    with reading(engine) as connection:
        return [tuple(row) for row in connection.execute(select(*columns).order_by(mail_outbox.c.id))]  # type: ignore[misc]


def change_mail(engine: Engine, mail_id: int, **values: Any) -> None:
    """As if a sender had got that far."""
    with filling(engine) as connection:
        connection.execute(update(mail_outbox).where(mail_outbox.c.id == mail_id).values(values))


def a_minute_passes(engine: Engine) -> None:
    """As if the mails so far had been queued so much earlier: the clock of a server cannot be moved."""
    with filling(engine) as connection:
        for row in connection.execute(select(mail_outbox.c.id, mail_outbox.c.created_at)).all():
            mine = update(mail_outbox).where(mail_outbox.c.id == row.id)
            connection.execute(mine.values(created_at=row.created_at - THROTTLE))
