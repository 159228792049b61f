"""A database server that goes away in mid-change: done, not done or unknown, and always told truthfully."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator

import pytest
from sqlalchemy import event, select

from portal_admin.domain.people import Status
from portal_admin.errors import BrokenOff, OutcomeUnknown
from portal_admin.models import end_user, patience
from portal_admin.models import engine as engine_module
from portal_admin.models.engine import open_engine, reading
from portal_admin.services import change, people, users
from portal_admin.services.desk import Desk
from tests.fixtures.postgres import PostgresServer
from tests.services.conftest import RUTH
from tests.services.filled import audit_rows, everything
from tests.services.proxy import Proxy

pytestmark = pytest.mark.databases("postgresql")
# The whole message: an isolation level has the word in its name.
COMMIT = b"COMMIT\0"
Change = Callable[[Desk], object]


def stop(desk: Desk) -> None:
    """A change that is refused when it was done already."""
    users.deactivate(desk, site="MAIN", email=RUTH)


def require_done_once(desk: Desk) -> None:
    """The change is there with its one line, and once."""
    user = people.show_user(desk, site="MAIN", email=RUTH)
    assert (user.status, user.version) == (Status.INACTIVE, 2)
    assert [row.action for row in audit_rows(desk.engine)] == ["user.deactivate"]


def when_first(desk: Desk, words: str, do: Callable[[], None]) -> None:
    """Do that once, just before the desk sends the first statement that begins with those words."""
    pending = [do]

    def look(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        if pending and statement.startswith(words):
            pending.pop()()

    event.listen(desk.engine, "before_cursor_execute", look)


@pytest.mark.parametrize("mode", ["fast", "immediate"])
@pytest.mark.parametrize("statement", ["SELECT operator.role", "select pg_advisory", "UPDATE end_user"])
def test_that_a_change_goes_through_when_the_server_is_restarted_in_its_midst(
    office: Desk, postgres_server: PostgresServer, statement: str, mode: str
) -> None:
    when_first(office, statement, lambda: postgres_server.restart(mode))
    stop(office)
    require_done_once(office)


def test_that_a_change_goes_through_when_the_server_crashes_in_its_midst(
    office: Desk, postgres_server: PostgresServer
) -> None:
    def crash() -> None:
        postgres_server.kill()
        postgres_server.start()

    when_first(office, "INSERT INTO audit_event", crash)
    stop(office)
    require_done_once(office)


def test_that_a_server_that_stays_away_changes_nothing_and_the_desk_recovers_by_itself(
    office: Desk, postgres_server: PostgresServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(change, "SECONDS_TO_TRY", 0.2)
    when_first(office, "UPDATE end_user", lambda: postgres_server.stop("immediate"))
    try:
        with pytest.raises(BrokenOff, match="cannot be reached"):
            stop(office)
        with pytest.raises(BrokenOff, match="cannot be reached"):
            people.show_user(office, site="MAIN", email=RUTH)
    finally:
        postgres_server.start()
    assert people.show_user(office, site="MAIN", email=RUTH).status == Status.ACTIVE
    assert audit_rows(office.engine) == []
    stop(office)
    require_done_once(office)


def test_that_a_server_that_returns_within_five_seconds_is_waited_for(
    office: Desk, postgres_server: PostgresServer
) -> None:
    returning = threading.Timer(1.0, postgres_server.start)

    def go_away() -> None:
        postgres_server.stop("immediate")
        returning.start()

    when_first(office, "UPDATE end_user", go_away)
    stop(office)
    returning.join()
    require_done_once(office)


# The answer to a commit


@pytest.fixture
def network(office: Desk) -> Iterator[Proxy]:
    proxy = Proxy(office.engine.url.render_as_string(hide_password=False))
    yield proxy
    proxy.close()


@pytest.fixture
def far(office: Desk, network: Proxy) -> Iterator[Desk]:
    """The same desk behind a network of its own."""
    engine = open_engine(network.url)
    yield Desk(engine=engine, aspire=office.aspire, clock=office.clock, operator="tester")
    engine.dispose()


def at_commit(network: Proxy, do: Callable[[], None], *, of: int = 1) -> None:
    """Do that when the desk sends a commit, the `of`-th one, before the server sees it."""
    count = 0

    def look(data: bytes) -> None:
        nonlocal count
        if COMMIT in data:
            count += 1
            if count == of:
                do()

    network.watch = look


def test_that_a_commit_whose_answer_was_lost_is_found_to_be_done(
    office: Desk, far: Desk, network: Proxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(patience, "SECONDS_TO_COMMIT", 0.3)
    at_commit(network, network.silent.set)
    # Whoever looks again comes by another way, as after a network that was switched over.
    waited = heal_when_given_up(far, network)
    stop(far)
    assert waited == [True]
    require_done_once(office)


def heal_when_given_up(desk: Desk, network: Proxy) -> list[bool]:
    """The network carries answers again once the desk gave the connection up."""
    given_up: list[bool] = []

    def heal(*_: object) -> None:
        given_up.append(network.silent.is_set())
        network.silent.clear()

    event.listen(desk.engine, "invalidate", heal)
    return given_up


def test_that_a_commit_that_never_arrived_is_done_again_and_once(
    office: Desk, far: Desk, network: Proxy
) -> None:
    at_commit(network, network.cut)
    stop(far)
    require_done_once(office)


def test_that_the_outcome_is_unknown_when_nobody_can_be_asked_and_nothing_is_repeated(
    office: Desk, far: Desk, network: Proxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(patience, "SECONDS_TO_COMMIT", 0.3)
    monkeypatch.setattr(engine_module, "SECONDS_TO_RETURN", 0.1)

    def fall_silent_for_good() -> None:
        network.silent.set()
        event.listen(far.engine, "invalidate", lambda *_: network.close_door())

    at_commit(network, fall_silent_for_good)
    with pytest.raises(OutcomeUnknown, match="before you repeat"):
        stop(far)
    require_done_once(office)


def test_that_a_transaction_that_may_still_be_committed_is_not_called_undone(
    office: Desk, far: Desk, network: Proxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine_module, "SECONDS_TO_RETURN", 0.1)
    monkeypatch.setattr(engine_module, "BRIEFLY", {"postgresql": "SET LOCAL lock_timeout = 50"})
    # The desk's end breaks, and the server's end does not notice: the lock on the audit stays where it is.
    at_commit(network, lambda: network.cut(noticed=False))
    with pytest.raises(OutcomeUnknown):
        stop(far)
    assert audit_rows(office.engine) == []


def test_that_what_was_saved_is_not_done_again_when_the_connection_is_lost_afterwards(
    office: Desk, postgres_server: PostgresServer
) -> None:
    before = len(everything(office.engine)["end_user"])

    def read_after_saving(desk: Desk) -> None:
        users.deactivate(desk, site="MAIN", email=RUTH)
        with reading(desk.engine) as connection:
            postgres_server.restart()
            connection.execute(select(end_user.c.id))

    with pytest.raises(OutcomeUnknown, match="after something had been saved"):
        change.whole(lambda: read_after_saving(office))
    assert people.show_user(office, site="MAIN", email=RUTH).status == Status.INACTIVE
    assert len(everything(office.engine)["end_user"]) == before
    assert len(audit_rows(office.engine)) == 1
