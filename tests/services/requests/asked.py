"""Puts service requests into the portal database as the portal does."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Engine, select, update

from portal_admin.domain.records import Comment
from portal_admin.domain.service_requests import request_number
from portal_admin.models import service_request, service_request_note
from portal_admin.models.engine import reading
from portal_admin.services.desk import Desk
from tests.fixtures.operators import filling
from tests.services.portal_rows import add_request

RUTH = "ruth@prairie.example"
NO_CONTRACT: dict[str, Any] = {"contract_oid": None, "contract_id": None}


def ask(engine: Engine, email: str = RUTH, **values: Any) -> str:
    """A question about contract 0012-0045, an hour old and due in two days unless said otherwise; returns its number."""
    with filling(engine) as connection:
        return request_number(add_request(connection, email, **values))


def change(engine: Engine, number: str, **values: Any) -> None:
    """As if a desk had left it like that."""
    with filling(engine) as connection:
        mine = service_request.c.id == int(number.removeprefix("SR-"))
        connection.execute(update(service_request).where(mine).values(values))


def stored(engine: Engine, number: str) -> Any:
    """The row as it is."""
    with reading(engine) as connection:
        mine = service_request.c.id == int(number.removeprefix("SR-"))
        return connection.execute(select(service_request).where(mine)).one()


def notes(engine: Engine) -> list[tuple[str, bool, str]]:
    """Operator, whether it is for the caller, and text of every note."""
    table = service_request_note.c
    with reading(engine) as connection:
        rows = connection.execute(select(table.operator, table.for_caller, table.note).order_by(table.id))
        return [(row.operator, row.for_caller, row.note) for row in rows]


def comments(desk: Desk, contract_oid: int = 10) -> tuple[Comment, ...]:
    """Every comment that ASPIRE holds on the contract."""
    assert desk.aspire is not None
    return desk.aspire.comments(contract_oid=contract_oid)
