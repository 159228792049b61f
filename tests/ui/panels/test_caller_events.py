"""What happened to the caller last: newest first, in words, the whole story one press away."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from portal_admin.services import links, people, users
from portal_admin.services.desk import Desk
from portal_admin.ui.navigation import Target
from portal_admin.ui.panels.caller.events import SHOWN, CallerEvents
from portal_admin.ui.widgets.state_panel import State
from tests.fixtures.desk import Clock
from tests.fixtures.operators import filling
from tests.ui.account_access import world
from tests.ui.account_access.world import ALONE, PENDING, SITE
from tests.ui.panels.conftest import Settle


@pytest.fixture
def events(desk: Desk, opened: Callable[..., Any]) -> CallerEvents:
    made = CallerEvents(desk)
    opened(made, 700, 300)
    return made


def show(events: CallerEvents, settle: Settle, email: str) -> list[list[str]]:
    events.show_caller(people.show_user(events.desk, site=SITE, email=email))
    settle()
    return world.lines(events.table)


def test_that_the_newest_comes_first_in_words(
    events: CallerEvents, desk: Desk, clock: Clock, settle: Settle
) -> None:
    links.add(desk, site=SITE, email=ALONE, account_ids=["A-003"])
    clock.now += timedelta(minutes=5)
    users.deactivate(desk, site=SITE, email=ALONE)
    counted: list[int] = []
    events.counted.connect(counted.append)
    told = show(events, settle, ALONE)
    assert [line[0] for line in told] == ["20:05", "20:00"]
    assert [line[2] for line in told] == ["tester", "tester"]
    assert "eactivate" in told[0][1]
    assert "A-003" in told[1][1]
    assert counted == [2]


def test_that_nothing_done_yet_is_said(events: CallerEvents, settle: Settle) -> None:
    show(events, settle, ALONE)
    assert events.state.state is State.NOTHING
    assert "Nothing was done yet that the audit tells of." in world.said(events)


def test_that_only_the_last_events_are_listed_and_the_rest_is_counted(
    events: CallerEvents, desk: Desk, clock: Clock, settle: Settle
) -> None:
    for _ in range(SHOWN // 2 + 1):
        clock.now += timedelta(minutes=5)
        users.deactivate(desk, site=SITE, email=ALONE)
        users.reactivate(desk, site=SITE, email=ALONE)
    assert len(show(events, settle, ALONE)) == SHOWN
    assert events.left_out.text() == "2 older in the audit"


def test_that_the_whole_story_is_one_press_away(events: CallerEvents, desk: Desk, settle: Settle) -> None:
    users.resend_registration(desk, site=SITE, email=PENDING)
    show(events, settle, PENDING)
    targets: list[Target] = []
    events.opened.connect(targets.append)
    world.button(events, "Whole story").click()
    assert targets == [Target("audit", site=SITE, email=PENDING)]


def test_that_events_that_cannot_be_read_are_no_empty_list(
    events: CallerEvents, desk: Desk, settle: Settle
) -> None:
    caller = people.show_user(desk, site=SITE, email=ALONE)
    with filling(desk.engine) as connection:
        connection.exec_driver_sql("alter table mail_outbox rename to gone")
    counted: list[int] = []
    events.counted.connect(counted.append)
    events.show_caller(caller)
    settle()
    assert events.state.state is State.FAILED
    assert counted == [-1]
