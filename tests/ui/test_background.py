"""Answers come back on the UI thread, or not at all when nobody waits for them."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

import pytest
import shiboken6
from PySide6.QtCore import QObject, QThread
from PySide6.QtWidgets import QApplication

from portal_admin.errors import DatabaseProblem, DeskError, NotFound
from portal_admin.ui import background

pytestmark = pytest.mark.usefixtures("dressed")


class Heard:
    """What came back, and on which thread."""

    def __init__(self) -> None:
        self.answers: list[object] = []
        self.errors: list[DeskError] = []
        self.threads: set[QThread] = set()

    def done(self, answer: object) -> None:
        self.answers.append(answer)
        self.threads.add(QThread.currentThread())

    def failed(self, error: DeskError) -> None:
        self.errors.append(error)


def test_that_work_is_done_on_a_worker_and_answered_on_the_ui_thread(
    qapp: QApplication, settle: Callable[[], None]
) -> None:
    owner, heard = QObject(), Heard()
    background.run(owner, threading.get_ident, heard.done, heard.failed)
    settle()
    assert heard.answers != [threading.get_ident()]
    assert heard.threads == {qapp.thread()}


def test_that_a_known_failure_arrives_as_it_was_raised(settle: Callable[[], None]) -> None:
    owner, heard, problem = QObject(), Heard(), DatabaseProblem("The database is locked.")

    def work() -> None:
        raise problem

    background.run(owner, work, heard.done, heard.failed)
    settle()
    assert heard.errors == [problem]


def test_that_a_mistake_of_the_program_is_logged_under_the_id_that_is_shown(
    settle: Callable[[], None], caplog: pytest.LogCaptureFixture
) -> None:
    owner, heard = QObject(), Heard()
    with caplog.at_level(logging.ERROR):
        background.run(owner, lambda: {}["secret detail"], heard.done, heard.failed)
        settle()
    (error,) = heard.errors
    assert error.kind == "program_fault"
    assert "secret detail" not in error.message
    assert [getattr(record, "correlation_id", None) for record in caplog.records] == [error.correlation_id]


def test_that_the_id_of_a_failure_leads_to_a_line_of_the_log_that_tells_nothing_typed(
    settle: Callable[[], None], caplog: pytest.LogCaptureFixture
) -> None:
    owner, heard, problem = QObject(), Heard(), NotFound("There is no end user maria@prairie.example.")

    def work() -> None:
        raise problem

    with caplog.at_level(logging.INFO, logger="portal_admin.ui.background"):
        background.run(owner, work, heard.done, heard.failed)
        settle()
    (line,) = caplog.records
    assert (getattr(line, "correlation_id", None), line.getMessage()) == (
        problem.correlation_id,
        "not_found, from no other error",
    )


def test_that_a_later_question_replaces_the_earlier_one(settle: Callable[[], None]) -> None:
    owner, heard, gate = QObject(), Heard(), threading.Event()
    background.run(owner, lambda: gate.wait(5) and "old", heard.done, heard.failed, replaces="search")
    background.run(owner, lambda: "new", heard.done, heard.failed, replaces="search")
    settle()
    gate.set()
    settle()
    assert heard.answers == ["new"]


def test_that_the_same_key_of_another_owner_replaces_nothing(settle: Callable[[], None]) -> None:
    one, other, heard = QObject(), QObject(), Heard()
    background.run(one, lambda: 1, heard.done, heard.failed, replaces="search")
    background.run(other, lambda: 2, heard.done, heard.failed, replaces="search")
    settle()
    assert sorted(map(str, heard.answers)) == ["1", "2"]


def test_that_answers_for_a_destroyed_owner_are_dropped(settle: Callable[[], None]) -> None:
    owner, heard, gate = QObject(), Heard(), threading.Event()
    background.run(owner, lambda: gate.wait(5), heard.done, heard.failed)
    shiboken6.delete(owner)
    gate.set()
    settle()
    assert heard.answers == []


def test_that_answers_for_a_closed_owner_are_dropped(settle: Callable[[], None]) -> None:
    owner, heard, gate = QObject(), Heard(), threading.Event()
    background.run(owner, lambda: gate.wait(5), heard.done, heard.failed)
    background.later(owner, 1, lambda: heard.done("late"), replaces="pause")
    background.forget(owner)
    gate.set()
    settle()
    assert heard.answers == []


def test_that_a_pause_starts_anew_with_each_call(settle: Callable[[], None]) -> None:
    owner, said = QObject(), []
    for word in ("a", "ab", "abc"):
        background.later(owner, 10_000, lambda word=word: said.append(word), replaces="typing")
    settle()
    assert said == ["abc"]


def test_that_draining_drops_answers_and_says_whether_workers_are_left(settle: Callable[[], None]) -> None:
    owner, heard, gate, begun = QObject(), Heard(), threading.Event(), threading.Event()

    def work() -> None:
        begun.set()
        gate.wait(5)

    background.run(owner, work, heard.done, heard.failed)
    assert begun.wait(5)
    assert background.drain(0.05) is False
    gate.set()
    assert background.drain(5) is True
    settle()
    assert heard.answers == []


def test_that_at_most_eight_jobs_run_at_once(settle: Callable[[], None]) -> None:
    owner, heard, lock, counts = QObject(), Heard(), threading.Lock(), [0, 0]
    full = threading.Barrier(background.WORKERS)

    def work() -> None:
        with lock:
            counts[0] += 1
            counts[1] = max(counts)
        full.wait(5)
        with lock:
            counts[0] -= 1

    for _ in range(background.WORKERS * 2):
        background.run(owner, work, heard.done, heard.failed)
    settle()
    assert heard.errors == []
    assert counts[1] == background.WORKERS
