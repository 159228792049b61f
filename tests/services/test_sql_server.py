"""That the judge of statements for SQL Server knows what T-SQL lacks."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine, Select, func, literal, select, tuple_

from portal_admin.models import end_user
from portal_admin.models.engine import reading
from tests.services.sql_server import judged

USER = end_user.c
LACKING = {
    "comparing rows": select(USER.id).where(tuple_(USER.email, USER.id) > tuple_(literal("a"), literal(1))),
    "a condition as a value": select(USER.email == "a"),
    "NULLS FIRST or LAST": select(USER.id).order_by(USER.email.nulls_last()),
    "functions of other databases": select(func.strftime("%Y", USER.created_at)),
}
POSSIBLE = {
    "a page": select(USER.id).order_by(USER.name_key, USER.id).limit(10).offset(20),
    "an aggregate": select(func.min(USER.id)).where(USER.status.in_(["Active", "Pending"])),
    "joined text": select(USER.first_name + USER.last_name),
}


@pytest.mark.databases("sqlite")
@pytest.mark.parametrize("name", LACKING)
def test_that_a_statement_sql_server_cannot_do_is_noticed(
    engine: Engine, name: str, statements_for_sql_server: dict[str, str]
) -> None:
    assert run(engine, LACKING[name]) == [name]
    statements_for_sql_server.clear()


@pytest.mark.databases("sqlite")
@pytest.mark.parametrize("name", POSSIBLE)
def test_that_a_statement_sql_server_can_do_passes(engine: Engine, name: str) -> None:
    assert run(engine, POSSIBLE[name]) == []


def run(engine: Engine, query: Select[tuple[object, ...]]) -> list[str]:
    with judged() as faults, reading(engine) as connection:
        connection.execute(query)
    return list(faults.values())
