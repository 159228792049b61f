"""What a real server breaks off, and what it refuses, told apart."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from sqlalchemy import Connection, Engine, insert, select, text, update

from portal_admin.errors import BrokenOff, DatabaseProblem, Interrupted
from portal_admin.models import patience, sync_state
from portal_admin.models.engine import open_engine, reading, unhurried, writing
from tests.fixtures.postgres import PostgresServer

pytestmark = pytest.mark.databases("postgresql")
FIRST, SECOND = "accounts", "contracts"


@pytest.fixture
def two_rows(engine: Engine) -> Iterator[Engine]:
    with writing(engine) as connection:
        connection.execute(insert(sync_state), [{"data_class": FIRST}, {"data_class": SECOND}])
    return engine


def count_up(connection: Connection, name: str) -> None:
    own = sync_state.c.data_class == name
    seen = connection.execute(select(sync_state.c.generation).where(own)).scalar() or 0
    connection.execute(update(sync_state).where(own).values(generation=seen + 1))


def test_that_of_two_that_wait_for_each_other_one_goes_on_and_the_other_changed_nothing(
    two_rows: Engine,
) -> None:
    both = Barrier(2)

    def write(first: str, second: str) -> type[Exception] | None:
        try:
            with writing(two_rows) as connection:
                count_up(connection, first)
                both.wait(5)
                count_up(connection, second)
        except Interrupted as problem:
            return type(problem)
        return None

    with ThreadPoolExecutor(2) as threads:
        ends = [threads.submit(write, FIRST, SECOND), threads.submit(write, SECOND, FIRST)]
    assert {end.result() for end in ends} == {None, Interrupted}
    with reading(two_rows) as connection:
        assert connection.execute(select(sync_state.c.generation)).scalars().all() == [1, 1]


def test_that_a_transaction_that_another_one_overtook_changed_nothing(two_rows: Engine) -> None:
    strict = two_rows.execution_options(isolation_level="SERIALIZABLE")

    def write_late() -> None:
        with writing(strict) as late:
            late.execute(select(sync_state)).all()
            with writing(strict) as early:
                count_up(early, FIRST)
            count_up(late, FIRST)

    with pytest.raises(Interrupted, match="Somebody else"):
        write_late()
    with reading(two_rows) as connection:
        assert set(connection.execute(select(sync_state.c.generation)).scalars()) == {None, 1}


def test_that_nobody_waits_for_a_lock_without_an_end(two_rows: Engine) -> None:
    def write_too() -> None:
        with writing(two_rows) as second:
            second.execute(text("set local lock_timeout = '20ms'"))
            count_up(second, FIRST)

    with writing(two_rows) as first:
        count_up(first, FIRST)
        with pytest.raises(Interrupted, match="Wait a moment"):
            write_too()


def test_that_every_wait_has_an_end(engine: Engine) -> None:
    with writing(engine) as connection:
        found = {
            name: connection.execute(text(f"show {name}")).scalar()
            for name in ("lock_timeout", "statement_timeout", "idle_in_transaction_session_timeout")
        }
        driver = connection.connection.dbapi_connection
        assert isinstance(driver, patience.PatientConnection)
        assert driver.patience == 65
    assert found == {
        "lock_timeout": "10s",
        "statement_timeout": "1min",
        "idle_in_transaction_session_timeout": "30s",
    }


def test_that_only_what_may_take_its_time_has_no_end(engine: Engine) -> None:
    with writing(engine) as connection, unhurried(connection):
        assert connection.execute(text("show statement_timeout")).scalar() == "0"
        assert connection.connection.dbapi_connection.patience is None  # type: ignore[union-attr]
    with writing(engine) as connection:
        assert connection.execute(text("show statement_timeout")).scalar() == "1min"


def test_that_an_address_may_set_its_own_waits(database_url: str) -> None:
    engine = open_engine(f"{database_url}&options=-c%20statement_timeout%3D7s&connect_timeout=2")
    with reading(engine) as connection:
        assert connection.execute(text("show statement_timeout")).scalar() == "7s"
    engine.dispose()


def test_that_a_question_that_takes_too_long_is_given_up(engine: Engine) -> None:
    def ask() -> None:
        with reading(engine) as connection:
            connection.execute(text("set local statement_timeout = '20ms'"))
            connection.execute(text("select pg_sleep(5)"))

    with pytest.raises(DatabaseProblem, match="took too long") as told:
        ask()
    assert not isinstance(told.value, BrokenOff)


def test_that_a_server_that_never_answers_is_given_up(engine: Engine) -> None:
    def ask() -> None:
        with reading(engine) as connection:
            connection.connection.dbapi_connection.patience = 0.1  # type: ignore[union-attr]
            connection.execute(text("select pg_sleep(5)"))

    with pytest.raises(BrokenOff, match="was lost"):
        ask()
    with reading(engine) as connection:
        assert connection.execute(text("select 1")).scalar() == 1


def test_that_a_session_that_the_server_ended_is_replaced(engine: Engine) -> None:
    def ask() -> None:
        with reading(engine) as connection:
            own = connection.execute(text("select pg_backend_pid()")).scalar()
            with reading(engine) as other:
                other.execute(text("select pg_terminate_backend(:own, 5000)"), {"own": own})
            connection.execute(text("select 1"))

    with pytest.raises(BrokenOff, match="was lost"):
        ask()
    with reading(engine) as connection:
        assert connection.execute(text("select 1")).scalar() == 1


def test_that_a_desk_that_fell_silent_in_mid_change_lets_go_of_its_locks(two_rows: Engine) -> None:
    def fall_silent() -> None:
        with writing(two_rows) as first:
            first.execute(text("set local idle_in_transaction_session_timeout = '20ms'"))
            count_up(first, FIRST)
            with writing(two_rows) as second:
                count_up(second, FIRST)
            first.execute(text("select 1"))

    with pytest.raises(Interrupted):
        fall_silent()


def test_that_a_server_that_is_not_there_may_come_back() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    engine = open_engine(f"postgresql://tester@127.0.0.1:{port}/portal")
    with pytest.raises(BrokenOff, match="cannot be reached"), reading(engine):
        pass


def test_that_a_server_that_refuses_the_sign_in_is_not_asked_again(
    postgres_server: PostgresServer, databases: object
) -> None:
    engine = open_engine(postgres_server.url("nowhere"))
    with pytest.raises(DatabaseProblem, match="holds no database of that name") as told, reading(engine):
        pass
    assert not isinstance(told.value, BrokenOff)


def test_that_a_server_with_too_many_connections_may_have_room_later(engine: Engine) -> None:
    with pytest.raises(BrokenOff), reading(engine) as connection:
        connection.execute(text("do $$ begin raise exception 'full' using errcode = '53300'; end $$"))
