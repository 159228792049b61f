"""Readiness: how many customers of each site could not enrol, who they are, and what ASPIRE lacks."""

from __future__ import annotations

from collections.abc import Hashable
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QButtonGroup,
    QComboBox,
    QFrame,
    QHBoxLayout,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from portal_admin.domain.enrolment_readiness import Gap, Lack
from portal_admin.domain.verdict import Edition
from portal_admin.errors import DeskError
from portal_admin.services.desk import Desk
from portal_admin.services.enrolment.readiness import Readiness, survey
from portal_admin.ui.enrolment import readiness_rows
from portal_admin.ui.long_work import LongWork
from portal_admin.ui.panels.enrolment.words import tr
from portal_admin.ui.tables.list_table import ListTable
from portal_admin.ui.theme import Meaning, Size, Space
from portal_admin.ui.widgets.ages import clock_text, zone_text
from portal_admin.ui.widgets.buttons import ToolButton, button
from portal_admin.ui.widgets.progress import ProgressStrip
from portal_admin.ui.widgets.state_panel import StatePanel
from portal_admin.ui.widgets.text import PlainLabel, set_tooltip

ROWS_SEEN = 5


class ReadinessView(QWidget):
    """It walks the portfolio when it is first seen; `wanted` carries the Target of a gap, `surveyed` that it is done."""

    wanted = Signal(object)
    surveyed = Signal()

    def __init__(self, desk: Desk, *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self.found: Readiness | None = None
        self._lack: Lack | None = None
        self.edition = QComboBox()
        self.edition.setAccessibleName(tr("Rules"))
        self.edition.addItem(tr("Rules in force"), None)
        for edition in reversed(Edition):
            self.edition.addItem(tr("Rules of {edition}").format(edition=edition.value), edition.value)
        self.again_button = button(tr("Look again"), self.look, icon="refresh")
        self.told = PlainLabel(kind="secondary", wrap=True)
        self.sites = ListTable(readiness_rows.site_columns(), name=tr("Readiness by site"), always=3)
        self.gaps = ListTable(
            readiness_rows.gap_columns(), name=tr("What is missing"), memory="enrolment_gaps", always=3
        )
        self.kinds: dict[Lack | None, QToolButton] = {}
        self.note = PlainLabel(kind="secondary", wrap=True)
        self.content = QWidget()
        self.state = StatePanel(self.content)
        self.work = LongWork(self)
        self.progress = ProgressStrip(self.work, note=tr("You can leave this page meanwhile."))
        self._build()
        self.work.begun.connect(lambda _words: self._allow(False))
        self.work.ended.connect(lambda: self._allow(True))
        self.edition.currentIndexChanged.connect(lambda _: self.look())
        self.sites.current_changed.connect(lambda _key: self._show_gaps())
        self.gaps.opened.connect(self._open)
        self.state.nothing("")

    def _build(self) -> None:
        top = QHBoxLayout()
        top.setSpacing(Space.M)
        top.addWidget(self.told, 1)
        top.addWidget(self.edition)
        top.addWidget(self.again_button)
        group, tools = QButtonGroup(self), QHBoxLayout()
        tools.setSpacing(Space.XS)
        for lack in (None, *Lack):
            made = ToolButton()
            made.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
            made.setCheckable(True)
            made.setChecked(lack is None)
            made.clicked.connect(partial(self._choose, lack))
            group.addButton(made)
            self.kinds[lack] = made
            tools.addWidget(made)
        tools.addStretch(1)
        self.sites.setFixedHeight((ROWS_SEEN + 1) * Size.ROW)
        inside = QVBoxLayout(self.content)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.setSpacing(Space.M)
        inside.addWidget(_framed(self.sites))
        inside.addLayout(tools)
        inside.addWidget(_framed(self.gaps), 1)
        inside.addWidget(self.note)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(Space.M)
        column.addLayout(top)
        column.addWidget(self.progress)
        column.addWidget(self.state, 1)

    @property
    def chosen_site(self) -> str | None:
        """The site whose line is selected, None for all."""
        key = self.sites.current_key
        return str(key) if key else None

    @property
    def chosen_lack(self) -> Lack | None:
        """The kind that is listed, None for all."""
        return self._lack

    @property
    def chosen_edition(self) -> Edition | None:
        """The rules to judge by, None for those in force."""
        value = self.edition.currentData()
        return Edition(value) if value else None

    @property
    def count(self) -> int:
        """How many gaps are chosen, shown or not."""
        found = self.found
        if found is None:
            return 0
        kinds = Lack if self._lack is None else (self._lack,)
        return sum(_counted(found, lack, self.chosen_site) for lack in kinds)

    def begin(self) -> None:
        """Walk the portfolio, if that was not done yet."""
        if self.found is None:
            self.look()

    def look(self) -> None:
        """Walk the portfolio again; what is shown stays until the answer is there."""
        if self.work.is_running:
            return
        desk, edition = self._desk, self.chosen_edition
        self.work.start(
            tr("Reading the portfolio"),
            lambda progress, cancelled: survey(desk, edition=edition, progress=progress, cancelled=cancelled),
            self._show,
            self._failed,
        )

    def _allow(self, idle: bool) -> None:
        self.again_button.setEnabled(idle)
        self.edition.setEnabled(idle)

    def _show(self, found: Readiness | None) -> None:
        if found is None:
            if self.found is None:
                self.state.nothing(
                    tr("That was cancelled, so nothing is known."), action=tr("Look again"), pressed=self.look
                )
            return
        self.found = found
        self.state.content()
        self._tell(found)
        chosen = self.sites.current_key
        self.sites.set_rows(readiness_rows.site_rows(found))
        if chosen is None or not self.sites.select(chosen):
            self.sites.select(readiness_rows.ALL_SITES)
        self._show_gaps()
        self.surveyed.emit()

    def _tell(self, found: Readiness) -> None:
        age, now = found.freshness, self._desk.clock()
        if age.as_of is None:
            words = tr("The portal has not received anything from ASPIRE yet, so nothing can be said.")
        else:
            words = tr("By the rules of {edition}, from the portal's copy of ASPIRE as of {time}").format(
                edition=found.edition.value, time=clock_text(age.as_of, now)
            )
            set_tooltip(self.told, zone_text(age.as_of))
        if age.stale and age.as_of is not None:
            words = tr("{words}, stale: run a sync before you rely on it").format(words=words)
        self.told.setText(f"{words.rstrip('.')}.")
        self.told.set_meaning(Meaning.ATTENTION if age.stale else None)

    def _choose(self, lack: Lack | None, _checked: bool = False) -> None:
        self._lack = lack
        self._show_gaps()

    def _show_gaps(self) -> None:
        found, site = self.found, self.chosen_site
        if found is None:
            return
        for lack, made in self.kinds.items():
            kinds = Lack if lack is None else (lack,)
            number = sum(_counted(found, one, site) for one in kinds)
            short = tr("All") if lack is None else readiness_rows.short_words(lack)
            words = short if lack is None else readiness_rows.lack_words(lack)
            made.setText(f"{short} {number:,}")
            set_tooltip(made, words)
            made.setAccessibleName(tr("Show: {words}, {n}").format(words=words, n=f"{number:,}"))
        shown = [
            (number, gap)
            for number, gap in enumerate(found.shown)
            if self._lack in (None, gap.lack) and (site is None or gap.site in (site, None))
        ]
        self.gaps.set_rows(readiness_rows.gap_rows(shown))
        self.note.setVisible(len(shown) < self.count)
        self.note.setText(
            tr("The first {n} of {whole} are listed; the export holds all.").format(
                n=f"{len(shown):,}", whole=f"{self.count:,}"
            )
        )
        if not shown:
            self.gaps.state.nothing(tr("Nothing is missing here: they could all enrol."), icon="check")

    def _open(self, key: Hashable) -> None:
        if self.found is not None and isinstance(key, int):
            gap: Gap = self.found.shown[key]
            self.wanted.emit(readiness_rows.target(gap))

    def _failed(self, error: DeskError) -> None:
        self.state.failed(error, self.look, at=self._desk.clock())


def _counted(found: Readiness, lack: Lack, site: str | None) -> int:
    """A label of no site stands in the way on every site."""
    return found.count(lack, None if lack is Lack.UNMAPPED_LABEL else site)


def _framed(inner: QWidget) -> QFrame:
    frame = QFrame()
    frame.setProperty("kind", "panel")
    column = QVBoxLayout(frame)
    column.setContentsMargins(1, 1, 1, 1)
    column.addWidget(inner)
    return frame
