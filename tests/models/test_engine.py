from __future__ import annotations

import sqlite3
import threading
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine, insert, select, text

from portal_admin.errors import DatabaseProblem, SchemaMismatch, SettingsProblem
from portal_admin.models import account_link, sync_state
from portal_admin.models.engine import open_engine, reading, writing


@pytest.mark.databases("sqlite")
def test_that_a_connection_is_durable_checked_and_patient(engine: Engine) -> None:
    with reading(engine) as connection:
        found = {
            name: connection.exec_driver_sql(f"pragma {name}").scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        }
    assert found == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": 10_000}


def test_that_a_missing_file_is_an_error_and_no_new_database(tmp_path: Path) -> None:
    with pytest.raises(SchemaMismatch, match="db upgrade"):
        open_engine(f"sqlite:///{tmp_path}/missing.db")
    assert not (tmp_path / "missing.db").exists()


def test_that_a_file_name_may_hold_any_character(tmp_path: Path) -> None:
    path = tmp_path / "50% #1 désk?.db"
    engine = open_engine(f"sqlite:///{path}".replace("%", "%25").replace("?", "%3F"), create=True)
    with writing(engine) as connection:
        connection.execute(text("create table t (x integer)"))
    engine.dispose()
    assert [entry.name for entry in tmp_path.iterdir() if entry.suffix == ".db"] == [path.name]


@pytest.mark.parametrize("url", ["sqlite://", "sqlite:///:memory:", "mysql://server/x", "not an address"])
def test_that_an_unusable_address_is_refused(url: str) -> None:
    with pytest.raises(SettingsProblem):
        open_engine(url)


@pytest.mark.parametrize(
    "url", ["sqlite://///server/share/portal.db", "sqlite:///\\\\server\\share\\portal.db"]
)
def test_that_a_network_share_is_refused(url: str) -> None:
    with pytest.raises(SettingsProblem, match="network share"):
        open_engine(url, create=True)


@pytest.mark.parametrize("url", ["postgresql+psycopg://rep@server/portal", "postgresql://rep@server/portal"])
def test_that_postgresql_is_accepted_with_our_driver(url: str) -> None:
    engine = open_engine(url)
    assert engine.url.drivername == "postgresql+psycopg"


def test_that_a_write_is_kept_and_a_failed_one_leaves_nothing(engine: Engine) -> None:
    with writing(engine) as connection:
        connection.execute(insert(sync_state).values(data_class="accounts"))

    def write_and_fail() -> None:
        with writing(engine) as connection:
            connection.execute(insert(sync_state).values(data_class="contacts"))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        write_and_fail()
    with reading(engine) as connection:
        assert connection.execute(select(sync_state.c.data_class)).scalars().all() == ["accounts"]


def test_that_reading_never_commits(engine: Engine) -> None:
    with reading(engine) as connection:
        connection.execute(insert(sync_state).values(data_class="accounts"))
    with reading(engine) as connection:
        assert connection.execute(select(sync_state)).all() == []


def test_that_a_reader_sees_one_state_while_another_writes(engine: Engine) -> None:
    with reading(engine) as reader:
        before = reader.execute(select(sync_state)).all()
        with writing(engine) as writer:
            writer.execute(insert(sync_state).values(data_class="accounts"))
        assert reader.execute(select(sync_state)).all() == before == []


@pytest.mark.databases("sqlite")
def test_that_the_write_lock_is_taken_at_once(engine: Engine, database_url: str) -> None:
    other = sqlite3.connect(database_url.removeprefix("sqlite:///"), timeout=0)
    with writing(engine), pytest.raises(sqlite3.OperationalError, match="locked"):
        other.execute("begin immediate")
    other.close()


def test_that_writers_wait_for_each_other(engine: Engine) -> None:
    def write(number: int) -> None:
        for count in range(10):
            with writing(engine) as connection:
                connection.execute(insert(sync_state).values(data_class=f"{number}.{count}"))

    threads = [threading.Thread(target=write, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with reading(engine) as connection:
        assert len(connection.execute(select(sync_state.c.data_class)).all()) == 40


def test_that_a_database_error_is_ours_and_shows_no_upstream_text(engine: Engine) -> None:
    with pytest.raises(DatabaseProblem) as caught, reading(engine) as connection:
        connection.execute(text("select nonsense from nowhere"))
    assert "nowhere" not in caught.value.message
    assert caught.value.__cause__ is not None


def test_that_a_link_without_its_user_is_refused_by_the_database(engine: Engine) -> None:
    at = datetime(2026, 11, 21, tzinfo=UTC)
    link = {"user_id": 99, "account_oid": 1, "account_id": "A-001", "created_by": "jdoe", "created_at": at}
    with pytest.raises(DatabaseProblem), writing(engine) as connection:
        connection.execute(insert(account_link).values(**link))


def test_that_a_file_of_another_kind_is_named_as_such(tmp_path: Path) -> None:
    path = tmp_path / "notes.db"
    path.write_text("Shopping list\n" * 100)
    with (
        pytest.raises(DatabaseProblem, match="not a portal database"),
        reading(open_engine(f"sqlite:///{path}")),
    ):
        pass
