"""What a rep does in the window, again and again: every screen, letter by letter and row by row."""

from __future__ import annotations

import itertools
import random
from collections.abc import Callable, Iterator
from functools import partial
from typing import NamedTuple

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractItemView, QApplication, QLineEdit, QWidget

from portal_admin.sandbox.case_payments import CASE_PAYMENTS
from portal_admin.sandbox.cases import CASES, Case
from portal_admin.ui.main_window import MainWindow
from portal_admin.ui.navigation import Target

Key = Qt.Key
ALT, CTRL = Qt.KeyboardModifier.AltModifier, Qt.KeyboardModifier.ControlModifier
NONE = Qt.KeyboardModifier.NoModifier
WORDS = ("chris", "a", "ann.", "olsen", "kris mey")
REST = ("imports", "sites", "health", "audit", "operators", "start")
PARTS = 7


class Act(NamedTuple):
    """One thing that the rep does, and what it is called."""

    name: str
    do: Callable[[], object]


class Rep:
    """Hands on the keyboard of one window."""

    def __init__(self, window: MainWindow) -> None:
        self._window = window
        self._chance = random.Random(7)

    def work(self) -> Iterator[Act]:
        """Without end: call after call, and over all screens with each."""
        requests = itertools.cycle(range(1, 13))
        for case, payment in zip(itertools.cycle(CASES), itertools.cycle(CASE_PAYMENTS), strict=False):
            yield from self._find(self._chance.choice(WORDS))
            if case.has_user:
                yield from self._care(case)
            yield from self._people()
            yield from self._open("account_access", site=case.site, email=case.email, contract=case.contract)
            yield from self._open("field_reference", contract=case.contract)
            yield self._key("field_reference", Key.Key_End)
            yield from self._open("enrolment", site=case.site, email=case.email, contract=case.contract)
            for number in (Key.Key_2, Key.Key_3, Key.Key_1):
                yield self._key("enrolment", number, ALT)
            yield from self._open("payments", payment=payment.reference)
            yield from self._walk("payments")
            yield from self._open("payments", contract=case.contract)
            yield from self._open("requests", request=f"SR-{next(requests):06d}")
            yield from self._walk("requests")
            for screen in REST:
                yield from self._open(screen)

    def _open(self, screen: str, **place: str) -> Iterator[Act]:
        words = f"{screen} {' '.join(place)}".strip()
        yield Act(f"open {words}", partial(self._window.open, Target(screen, **place)))
        yield Act(f"look at {words}", QApplication.sendPostedEvents)

    def _find(self, words: str) -> Iterator[Act]:
        yield self._key("the box", Key.Key_K, CTRL)
        for letter in words:
            yield Act("type into the box", partial(QTest.keyClicks, self._window.find_box, letter))
        yield self._key("the box", Key.Key_Escape)

    def _care(self, case: Case) -> Iterator[Act]:
        yield from self._open("customer_care", site=case.site, email=case.email, contract=case.contract)
        yield from self._walk("customer_care")
        for _ in range(PARTS):
            yield Act("next part of the caller", self._next_part)
        yield self._key("the note", Key.Key_N, CTRL)
        for letter in "asks":
            yield Act("type a note", partial(self._type, letter))
        yield self._key("callers", Key.Key_Tab, CTRL)

    def _people(self) -> Iterator[Act]:
        yield from self._open("end_users")
        for letter in self._chance.choice(WORDS):
            yield Act("filter end users", partial(self._type_into, "Filter by name", letter))
        for key in (Key.Key_End, Key.Key_PageUp, Key.Key_Home, Key.Key_PageDown):
            yield self._key("end_users", key)

    def _walk(self, screen: str) -> Iterator[Act]:
        for key in (Key.Key_Down, Key.Key_Down, Key.Key_Up):
            yield Act(f"{screen} rows", partial(self._press_in_list, key))

    def _key(self, where: str, key: Qt.Key, modifiers: Qt.KeyboardModifier = NONE) -> Act:
        return Act(f"{where} {key.name}", partial(self._press, key, modifiers))

    def _press(self, key: Qt.Key, modifiers: Qt.KeyboardModifier) -> None:
        QTest.keyClick(QApplication.focusWidget() or self._window, key, modifiers)

    def _press_in_list(self, key: Qt.Key) -> None:
        views = self._window.findChildren(QAbstractItemView)
        target: QWidget = next((view for view in views if view.isVisible()), self._window)
        QTest.keyClick(target, key)

    def _type(self, letter: str) -> None:
        QTest.keyClicks(QApplication.focusWidget() or self._window, letter)

    def _type_into(self, name: str, letter: str) -> None:
        for field in self._window.findChildren(QLineEdit):
            if field.isVisible() and field.accessibleName().startswith(name):
                QTest.keyClicks(field, letter)

    def _next_part(self) -> None:
        page = self._window.current_page
        view = getattr(page, "current_view", None)
        if view is not None and view.is_built:
            bar = view.parts.bar
            bar.setCurrentIndex((bar.currentIndex() + 1) % bar.count())
