"""Why a server lets nobody in, in words that lead on."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import make_url

from portal_admin.errors import BrokenOff, DatabaseProblem
from portal_admin.models.engine import open_engine, reading
from tests.fixtures.database import PostgresDatabases

pytestmark = pytest.mark.databases("postgresql")


@pytest.fixture
def guarded(databases: PostgresDatabases) -> Iterator[str]:
    """The address of a login whom the server asks for a password."""
    server = databases.server
    rules = server.folder / "data" / "pg_hba.conf"
    before = rules.read_text(encoding="utf-8")
    rules.write_text(f"local all guarded scram-sha-256\nlocal all barred reject\n{before}", encoding="utf-8")
    with server.administering() as connection:
        for name in ("guarded", "barred"):
            connection.execute(f"create role {name} login password 'right'")
    server.restart()
    yield server.url("postgres", user="guarded")
    rules.write_text(before, encoding="utf-8")
    with server.administering() as connection:
        connection.execute("drop role guarded, barred")
    server.restart()


def refusal(url: str) -> DatabaseProblem:
    engine = open_engine(url)
    with pytest.raises(DatabaseProblem) as refused, reading(engine):
        pass
    engine.dispose()
    return refused.value


def test_that_a_server_that_asks_for_a_password_is_no_matter_of_the_network(
    guarded: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("PGPASSWORD", raising=False)
    missing = refusal(guarded).message
    assert "asks for a password, and there is none" in missing
    for way in ("portal-admin signin --database", "PORTAL_ADMIN_DATABASE_PASSWORD", "PGPASSWORD", ".pgpass"):
        assert way in missing
    wrong = make_url(guarded).set(password="wrong").render_as_string(hide_password=False)
    assert "refused the user or the password" in refusal(wrong).message
    barred = make_url(guarded).set(username="barred").render_as_string()
    assert "pg_hba.conf" in refusal(barred).message


@pytest.mark.parametrize(
    ("user", "name", "sentence"),
    [
        ("nobody_here", "postgres", "knows no such user"),
        ("tester", "nowhere", "holds no database of that name"),
        ("pg_monitor", "postgres", "does not let this user in"),
    ],
)
def test_that_what_the_server_does_not_know_is_named(
    user: str, name: str, sentence: str, databases: PostgresDatabases
) -> None:
    found = refusal(databases.server.url(name, user=user))
    assert sentence in found.message
    assert not isinstance(found, BrokenOff)


def test_that_a_server_without_a_free_connection_is_worth_another_try(databases: PostgresDatabases) -> None:
    with databases.server.administering() as connection:
        connection.execute("create role crowded login connection limit 0")
    found = refusal(databases.server.url("postgres", user="crowded"))
    with databases.server.administering() as connection:
        connection.execute("drop role crowded")
    assert "has no connection left" in found.message
    assert isinstance(found, BrokenOff)
