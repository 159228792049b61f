"""The upgrade that lets one box find anyone: rows that were there before are found as new ones are."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic import command
from sqlalchemy import Engine, make_url, text

from portal_admin.models.engine import open_engine, reading, writing
from portal_admin.models.migrations.versions import r0006_find
from portal_admin.models.schema import check_whole, migration_config, upgrade_schema
from tests.fixtures.operators import filling

BEFORE = "0005"
ROWS = (
    "insert into site (id, key, name, version, created_at) values (1, 'north', 'North', 1, '2026-03-01')",
    "insert into end_user (id, site_id, email, first_name, last_name, name_key, status, version, created_at, created_by) "
    "values (3, 1, 'kris@x.example', 'Kris', 'Olsen', 'kris olsen', 'Active', 1, '2026-03-01', 'jdoe'), "
    "(-4, 1, 'z@x.example', '村', '上', '村 上', 'Active', 1, '2026-03-01', 'jdoe')",
    "insert into aspire_account (oid, account_id, account_id_key, name, name_key, email, fingerprint, seen) "
    "values (7, 'A-1', 'a-1', 'Prairie Hauling', 'prairie hauling', 'ap@x.example; CFO@x.example', 1, 1), "
    "(8, 'A-2', 'a-2', 'Delta', 'delta', null, 1, 1)",
    "insert into aspire_contact (oid, account_oid, name, email, fingerprint, seen) "
    "values (9, 7, 'Rae  O’Brien', 'Rae@x.example', 1, 1)",
    "insert into aspire_contract (oid, contract_id, contract_id_key, is_booked, is_terminated, label_key, currency, "
    "fingerprint, seen) values (10, '0012-0045', '0012-0045', true, false, '', 'USD', 1, 1)",
)


@pytest.fixture
def older(database_url: str, tmp_path: Path) -> Iterator[Engine]:
    """A database as the version before left it, on SQLite and on a server."""
    url = make_url(database_url)
    if url.get_backend_name() == "sqlite":
        url = url.set(database=str(tmp_path / "older.db"))
    engine = open_engine(url.render_as_string(hide_password=False), create=True)
    with writing(engine) as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(text("drop schema public cascade"))
            connection.execute(text("create schema public"))
        config = migration_config()
        config.attributes["connection"] = connection
        command.upgrade(config, BEFORE)
    with filling(engine) as connection:
        for row in ROWS:
            connection.execute(text(row))
    yield engine
    engine.dispose()


@pytest.mark.parametrize("at_once", [1, 5000])
def test_that_rows_of_before_get_what_they_are_found_by(
    older: Engine, at_once: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(r0006_find, "ROWS", at_once)
    upgrade_schema(older)
    check_whole(older)
    found = {
        "select id, sound_keys from end_user order by id": [(-4, ""), (3, "=KRS=KRSI=ALSN=ALSNO=")],
        "select email_key, sound_keys from aspire_account order by oid": [
            ("ap@x.example cfo@x.example", "=PRR=PRRA=HLNK=HLNKA="),
            ("", "=TLT=TLTE="),
        ],
        "select name_key, email_key, sound_keys from aspire_contact": [
            ("rae o’brien", "rae@x.example", "=APRN=APRNO=")
        ],
        "select contract_id_plain, contract_id_short from aspire_contract": [("120045", "1245")],
    }
    with reading(older) as connection:
        assert {query: list(map(tuple, connection.execute(text(query)))) for query in found} == found


@pytest.mark.databases("sqlite")
def test_that_the_rebuilt_indexes_hold_them_and_agree_with_their_rows(older: Engine) -> None:
    upgrade_schema(older)

    def matches(table: str, words: str) -> list[int]:
        query = text(f"select rowid from {table} where {table} match :words")
        return list(connection.execute(query, {"words": words}).scalars())

    with writing(older) as connection:
        assert matches("aspire_account_search", '"cfo@x"') == [7]
        assert matches("aspire_contact_search", '"brien"') == [9]
        assert matches("end_user_sound", '"KRS" AND "ALSN"') == [3]
        assert matches("aspire_account_sound", '("XXX" OR "PRR")') == [7]
        assert matches("end_user_search", '"KRS"') == []  # a name is not found by how it sounds
        for table in ("aspire_account_search", "aspire_contact_search", "end_user_sound"):
            connection.execute(text(f"insert into {table}({table}, rank) values ('integrity-check', 1)"))


@pytest.mark.databases("postgresql")
def test_that_the_server_goes_on_asking_for_the_audit_afterwards(older: Engine) -> None:
    upgrade_schema(older)
    query = "select tgname from pg_trigger where tgrelid = 'end_user'::regclass and tgenabled = 'D'"
    with reading(older) as connection:
        assert connection.execute(text(query)).all() == []
