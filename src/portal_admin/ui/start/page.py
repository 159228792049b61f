"""The first page: calls to try in a demonstration, else what each page is for; and how the desk is doing."""

from __future__ import annotations

from functools import partial
from itertools import pairwise

from PySide6.QtWidgets import QVBoxLayout, QWidget

from portal_admin.domain.verdict import Result
from portal_admin.errors import DeskError
from portal_admin.services.pulse import Pulse, take
from portal_admin.ui.navigation import Target
from portal_admin.ui.page import Page, PageContext
from portal_admin.ui.pages import pages
from portal_admin.ui.start.calls import Call, calls_file, read_calls
from portal_admin.ui.start.card import Card, CardGrid
from portal_admin.ui.start.health import HealthPanel, Line
from portal_admin.ui.status_strip import DATABASES
from portal_admin.ui.theme import Space
from portal_admin.ui.widgets.ages import age_text
from portal_admin.ui.widgets.scrolling import FormScroll
from portal_admin.ui.widgets.text import PlainLabel

CALL_ICON = "phone"


class StartPage(Page):
    """Cards that open the right place, each reachable by Tab."""

    def __init__(self, context: PageContext) -> None:
        super().__init__(context)
        self.calls_title = PlainLabel(self.tr("Calls to try"), kind="section")
        self.calls_hint = PlainLabel(
            self.tr("Invented callers on an invented portfolio. Each card opens the place that answers it."),
            kind="secondary",
            wrap=True,
        )
        self.calls = CardGrid()
        self.places = CardGrid()
        self.places.set_cards(self._page_cards())
        self.health = HealthPanel()
        self.body.addWidget(self._scrolling(), 1)
        self._show_calls(())
        self.run(read_calls, self._show_calls)

    def _scrolling(self) -> QWidget:
        self.body.setContentsMargins(0, 0, 0, 0)  # the scroll bar stands in the margin
        scroll = FormScroll(Space.XL)
        column = scroll.column
        head = QVBoxLayout()
        head.setSpacing(Space.XS)
        head.addWidget(self.calls_title)
        head.addWidget(self.calls_hint)
        column.addLayout(head)
        column.addWidget(self.calls)
        column.addSpacing(Space.M)
        self.places_title = PlainLabel(self.tr("What the pages are for"), kind="section")
        column.addWidget(self.places_title)
        column.addWidget(self.places)
        column.addSpacing(Space.M)
        column.addWidget(PlainLabel(self.tr("How the desk is doing"), kind="section"))
        column.addWidget(self.health)
        column.addStretch(1)
        return scroll

    def _page_cards(self) -> list[Card]:
        return [
            Card(spec.icon, spec.title, spec.purpose, partial(self.navigator.go, spec.id))
            for spec in pages()
            if spec.id != self.context.spec.id
        ]

    def _show_calls(self, calls: tuple[Call, ...]) -> None:
        self.calls.set_cards([self._call_card(call) for call in calls])
        for widget in (self.calls_title, self.calls_hint, self.calls):
            widget.setVisible(bool(calls))
        self._order_focus()

    def _order_focus(self) -> None:
        """Tab walks from the calls to the pages, although the calls came later."""
        cards = [*self.calls.cards, *self.places.cards]
        for before, after in pairwise(cards):
            QWidget.setTabOrder(before, after)
        if self.places.cards[0].hasFocus():  # not while another page is worked on
            cards[0].setFocus()

    def _call_card(self, call: Call) -> Card:
        place = call.open
        target = Target(
            place.screen,
            site=place.site,
            email=place.email,
            contract=place.contract,
            account=place.account,
            payment=place.payment,
            request=place.request,
            file=str(calls_file().parent / place.file) if place.file else None,
        )
        return Card(
            CALL_ICON,
            call.title,
            call.situation,
            partial(self.navigator.open.emit, target),
            quote=call.say,
        )

    def open(self, _target: Target) -> None:
        self.refresh()

    def refresh(self) -> None:
        desk = self.desk
        self.health.loading()
        self.run(lambda: take(desk), self._show_pulse, self._no_pulse, replaces="pulse")

    def _no_pulse(self, error: DeskError) -> None:
        self.health.failed(error, self.refresh)

    def _show_pulse(self, pulse: Pulse) -> None:
        lines = (self._database_line, self._aspire_line, self._sync_line, self._role_line)
        self.health.show_lines([line(pulse) for line in lines])

    def _role_line(self, pulse: Pulse) -> Line:
        if pulse.role is None or isinstance(pulse.role, DeskError):
            return Line(Result.UNKNOWN, self.tr("What you may do here is not known."))
        words = self.tr("You work here as {name}, {role}.").format(name=pulse.operator, role=pulse.role)
        enforced = self.tr(
            "The database is a file, which enforces nothing: roles keep honest people from mistakes."
        )
        return Line(Result.PASS, words, enforced if pulse.database == "sqlite" else "")

    def _database_line(self, pulse: Pulse) -> Line:
        if isinstance(pulse.synced, DeskError):
            return Line(Result.FAIL, pulse.synced.title, pulse.synced.message)
        kind = DATABASES.get(pulse.database, pulse.database)
        return Line(Result.PASS, self.tr("The portal database answers ({kind}).").format(kind=kind))

    def _aspire_line(self, pulse: Pulse) -> Line:
        if pulse.aspire is None:
            return Line(
                Result.ADVICE,
                self.tr("No ASPIRE is connected, so nothing can be compared with it."),
                self.tr("Add its address on the Connect page."),
            )
        if isinstance(pulse.aspire, DeskError):
            return Line(Result.UNKNOWN, pulse.aspire.title, pulse.aspire.message)
        return Line(Result.PASS, self.tr("ASPIRE answers in {ms} ms.").format(ms=f"{pulse.aspire:.0f}"))

    def _sync_line(self, pulse: Pulse) -> Line:
        synced = pulse.synced
        if isinstance(synced, DeskError):
            return Line(Result.UNKNOWN, self.tr("When the portal was last synced is not known."))
        if pulse.restored:
            return Line(
                Result.FAIL,
                self.tr("ASPIRE was restored from a backup since the last full sync."),
                self.tr("Run `portal-admin sync --full`, and tell the vendor."),
            )
        if synced.as_of is None:
            return Line(
                Result.ADVICE,
                self.tr("Nothing has been read from ASPIRE yet, so no contract can be seen."),
                self.tr("Run `portal-admin sync`, on a server with --every 15m."),
            )
        age = age_text(synced.as_of, self.desk.clock())
        if synced.stale:
            return Line(
                Result.ADVICE,
                self.tr("Synced {age}: the portal shows stale data.").format(age=age),
                self.tr("See whether the sync server is running."),
            )
        return Line(Result.PASS, self.tr("Synced {age}.").format(age=age))
