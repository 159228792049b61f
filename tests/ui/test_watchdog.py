"""A window that stands still is noticed, counted and explained; a machine that sleeps is not."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QEventLoop, QTimer

from portal_admin.ui import watchdog
from portal_admin.ui.watchdog import ASLEEP, EVERY, HUNG, LIMIT, NO_STACK, PAUSE, Beats, Stall, Watchdog

HERE = "    somewhere, line 1"


def here() -> str:
    return HERE


def nowhere() -> str:
    raise AssertionError("nobody stands still")


def beating(beats: Beats, *times: float) -> None:
    for at in times:
        beats.beat(at)


def test_that_a_thread_which_beats_in_time_is_left_alone() -> None:
    beats = Beats(0)
    for turn in range(1, 100):
        beats.beat(turn * EVERY)
        assert beats.look(turn * EVERY + 0.01, nowhere) == []
    found = beats.lateness.report()
    assert (found.beats, found.over, found.longest) == (99, 0, 0)


def test_that_a_stall_is_told_once_when_it_is_over_with_its_length_and_where_it_was() -> None:
    beats = Beats(0)
    beats.beat(EVERY)
    assert beats.look(0.2, nowhere) == []
    assert beats.look(0.36, here) == []
    assert beats.look(0.46, nowhere) == []
    beats.beat(0.5)
    ((length, stack, is_over),) = beats.look(0.51, nowhere)
    assert (round(length, 3), stack, is_over) == (0.4, HERE, True)
    assert beats.look(0.56, nowhere) == []
    assert beats.lateness.report().over == 1


def test_that_the_next_look_is_due_at_the_moment_when_it_would_be_too_long() -> None:
    beats = Beats(0)
    assert round(beats.due(0.1), 3) == round(EVERY + LIMIT - 0.1, 3)
    beats.beat(0.1)
    assert round(beats.due(0.1), 3) == EVERY + LIMIT
    assert beats.look(0.1 + EVERY + LIMIT, here) == []
    assert beats.due(0.1 + EVERY + LIMIT) == LIMIT


def test_that_the_next_stall_is_another_one() -> None:
    beats = Beats(0)
    beats.look(0.4, here)
    beats.beat(0.4)
    told = beats.look(0.8, lambda: "other")
    beats.beat(0.85)
    assert [stall.stack for stall in (*told, *beats.look(0.86, nowhere))] == [HERE, "other"]


def test_that_a_stall_which_kept_the_watcher_from_looking_is_counted_all_the_same() -> None:
    beats = Beats(0)
    beats.look(0.01, nowhere)
    beats.beat(1.0)
    assert beats.look(1.01, nowhere) == [Stall(1.0 - EVERY, NO_STACK)]


def test_that_a_thread_which_hangs_is_told_before_it_ends_and_once() -> None:
    beats = Beats(0)
    told: list[Stall] = []
    for turn in range(1, 200):
        told += beats.look(turn / 10, here)
    assert [(stall.is_over, stall.stack) for stall in told] == [(False, HERE)]
    assert HUNG <= told[0].length < HUNG + 0.2
    beats.beat(20.0)
    (ended,) = beats.look(20.1, nowhere)
    assert (ended.is_over, ended.length) == (True, 20.0 - EVERY)


@pytest.mark.parametrize("first", ["the beat", "the look"])
def test_that_a_machine_that_slept_or_a_process_that_was_stopped_stood_not_still(first: str) -> None:
    beats = Beats(0)
    beats.beat(EVERY)
    beats.look(EVERY, nowhere)
    woken = EVERY + ASLEEP + 0.1
    if first == "the beat":
        beats.beat(woken)
    assert beats.look(woken, nowhere) == []
    beats.beat(woken + EVERY)
    assert beats.look(woken + EVERY, nowhere) == []
    found = beats.lateness.report()
    assert (found.over, found.longest) == (0, 0)


@pytest.fixture
def watching(monkeypatch: pytest.MonkeyPatch) -> Iterator[Watchdog]:
    monkeypatch.setattr(watchdog, "_running", None)
    made = Watchdog()
    made.start()
    yield made
    made.stop()
    made.deleteLater()


def turn_for(milliseconds: int) -> None:
    loop = QEventLoop()
    QTimer.singleShot(milliseconds, loop.quit)
    loop.exec()


def stand_still() -> None:
    time.sleep(LIMIT + 2 * EVERY + 0.05)


def test_that_a_real_stall_is_logged_with_the_function_that_caused_it_and_nothing_it_holds(
    qapp: object, watching: Watchdog, caplog: pytest.LogCaptureFixture, qtbot: object
) -> None:
    secret = "hunter2"
    turn_for(60)
    stand_still()
    with caplog.at_level(logging.WARNING, logger=watchdog.__name__):
        turn_for(450)
    (stall,) = watching.stalls
    assert 0.25 <= stall.length < 2
    assert stall.stack.splitlines()[0].startswith(f"    {__name__}.stand_still, line ")
    (record,) = [one for one in caplog.records if one.name == watchdog.__name__]
    assert f"the window stood still for {stall.length * 1000:.0f} ms" in record.getMessage()
    assert "test_that_a_real_stall" in record.getMessage()
    assert secret not in record.getMessage()
    found = watchdog.report()
    assert found is not None
    assert (found.over, found.longest) == (1, round(stall.length * 1000))


def test_that_it_ends_its_thread_and_keeps_what_it_counted(qapp: object, watching: Watchdog) -> None:
    turn_for(60)
    watching.stop()
    assert "watchdog" not in {thread.name for thread in threading.enumerate()}
    beats = watching.report().beats
    assert beats >= 1
    turn_for(60)
    assert watching.report().beats == beats


def test_that_many_stalls_are_few_lines_of_the_log(qapp: object, caplog: pytest.LogCaptureFixture) -> None:
    made = Watchdog()
    with caplog.at_level(logging.WARNING, logger=watchdog.__name__):
        for at in (0.0, 1.0, 2.0, PAUSE, PAUSE + 1):
            made._tell(Stall(0.3, HERE), at)
    assert [one.getMessage().splitlines()[0] for one in caplog.records] == [
        "the window stood still for 300 ms",
        "the window stood still for 300 ms (2 more since the last line)",
    ]
    made.deleteLater()


def test_that_without_a_watchdog_there_is_no_report(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watchdog, "_running", None)
    assert watchdog.report() is None
