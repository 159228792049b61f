"""Desk work in a process of its own, through the services that the window and the command line use."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection

from portal_admin.aspire.client import AspireClient
from portal_admin.domain.people import Status
from portal_admin.domain.verification import Method, Proof
from portal_admin.models.engine import open_engine
from portal_admin.services import links, users
from portal_admin.services.desk import Desk
from tests.fixtures.desk import Clock
from tests.soak.ledger import SITE, Operation
from tests.soak.processes import tell_steps

CALLED = Proof(Method.CALL_BACK)


@contextmanager
def open_desk_at(database_url: str, aspire_url: str, operator: str) -> Iterator[Desk]:
    """A desk whose clock stands still."""
    engine = open_engine(database_url)
    aspire = AspireClient(aspire_url, user="sandbox", password=lambda: "sandbox")
    try:
        yield Desk(engine, aspire, Clock(), operator)
    finally:
        aspire.close()
        engine.dispose()


def carry_out(out: Connection, database_url: str, aspire_url: str, operations: list[Operation]) -> None:
    """Do them in their order, and acknowledge each once it is done."""
    tell_steps(out)
    with open_desk_at(database_url, aspire_url, "soak") as desk:
        for number, (name, email, *rest) in enumerate(operations):
            DO[name](desk, email, *rest)
            out.send_bytes(str(number).encode())


def _create(desk: Desk, email: str, first: str, last: str, status: str, *accounts: str) -> None:
    users.create_user(
        desk,
        site=SITE,
        email=email,
        first_name=first,
        last_name=last,
        account_ids=accounts,
        status=Status(status),
    )


def _edit(desk: Desk, email: str, first: str, last: str) -> None:
    users.edit_user(desk, site=SITE, email=email, first_name=first, last_name=last)


def _link(desk: Desk, email: str, account: str) -> None:
    links.add(desk, site=SITE, email=email, account_ids=[account])


DO: dict[str, Callable[..., object]] = {
    "create": _create,
    "edit": _edit,
    "link": _link,
    "unlink": lambda desk, email, account: links.remove(desk, site=SITE, email=email, account_id=account),
    "deactivate": lambda desk, email: users.deactivate(desk, site=SITE, email=email),
    "reactivate": lambda desk, email: users.reactivate(desk, site=SITE, email=email),
    "resend": lambda desk, email: users.resend_registration(desk, site=SITE, email=email),
    "reset": lambda desk, email: users.reset_password(desk, site=SITE, email=email, proof=CALLED),
    "change_email": lambda desk, email, to: users.change_email(
        desk, site=SITE, email=email, to=to, proof=CALLED
    ),
}
