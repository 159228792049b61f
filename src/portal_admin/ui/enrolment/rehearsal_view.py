"""Rehearsal: what the page would say to what the caller typed, by both editions."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QButtonGroup, QFrame, QHBoxLayout, QToolButton, QVBoxLayout, QWidget

from portal_admin.domain.enrolment_attempts import Outcome
from portal_admin.domain.enrolment_typed import Typed
from portal_admin.domain.people import Site
from portal_admin.domain.verdict import Check, Edition, Verdict
from portal_admin.errors import DeskError
from portal_admin.services.desk import Desk
from portal_admin.services.enrolment.rehearse import Rehearsal, rehearse_both, reveal_on_file
from portal_admin.ui import background
from portal_admin.ui.enrolment.check_line import CheckLine, Reveal
from portal_admin.ui.enrolment.rehearsal_form import RehearsalForm
from portal_admin.ui.enrolment.ways_out import Step, WayOut, way_out
from portal_admin.ui.panels.enrolment import words
from portal_admin.ui.panels.enrolment.words import tr
from portal_admin.ui.rights import Rights
from portal_admin.ui.speech import announce
from portal_admin.ui.theme import Size, Space
from portal_admin.ui.widgets.buttons import ToolButton
from portal_admin.ui.widgets.mark import Mark
from portal_admin.ui.widgets.scrolling import FormScroll
from portal_admin.ui.widgets.state_panel import StatePanel
from portal_admin.ui.widgets.text import PlainLabel, set_tooltip


class RehearsalView(QWidget):
    """The form at the left, the answer at the right; `wanted` carries the Target of a way out, `unrevealed` an error."""

    wanted = Signal(object)
    unrevealed = Signal(object)

    def __init__(self, desk: Desk, rights: Rights, *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk, self._rights = desk, rights
        self.rehearsal: Rehearsal | None = None
        self._edition: Edition | None = None
        self.form = RehearsalForm()
        self.form.asked.connect(self.ask)
        self.lines: list[CheckLine] = []
        self._answer = QVBoxLayout()
        self._answer.setSpacing(0)
        self.headline = PlainLabel(kind="section")
        self.subject = PlainLabel(kind="secondary", wrap=True)
        self._mark = Mark("question", "unknown", size=Size.ICON_LARGE)
        self.editions: dict[Edition, QToolButton] = {}
        self.content = QWidget()
        self.state = StatePanel(self.content)
        self._build()
        self._say_nothing()

    def _build(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(Space.S)
        head.addWidget(self._mark, 0, Qt.AlignmentFlag.AlignTop)
        said = QVBoxLayout()
        said.setSpacing(0)
        said.addWidget(self.headline)
        said.addWidget(self.subject)
        head.addLayout(said, 1)
        group = QButtonGroup(self)
        for edition in reversed(Edition):
            made = ToolButton()
            made.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
            made.setCheckable(True)
            made.clicked.connect(partial(self._choose, edition))
            group.addButton(made)
            self.editions[edition] = made
            head.addWidget(made, 0, Qt.AlignmentFlag.AlignTop)
        rule = QFrame()
        rule.setProperty("kind", "line")
        scroll = FormScroll(Space.L)
        scroll.column.addLayout(self._answer)
        scroll.column.addStretch(1)
        inside = QVBoxLayout(self.content)
        inside.setContentsMargins(Space.L, Space.M, 0, Space.S)
        inside.setSpacing(Space.S)
        top = QVBoxLayout()
        top.setContentsMargins(0, 0, Space.L, 0)
        top.setSpacing(Space.S)
        top.addLayout(head)
        top.addWidget(rule)
        inside.addLayout(top)
        inside.addWidget(scroll, 1)
        frame = QFrame()
        frame.setProperty("kind", "panel")
        framed = QVBoxLayout(frame)
        framed.setContentsMargins(1, 1, 1, 1)
        framed.addWidget(self.state)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(Space.M)
        row.addWidget(self.form)
        row.addWidget(frame, 1)

    def set_sites(self, sites: tuple[Site, ...]) -> None:
        """Offer these sites."""
        self.form.set_sites(sites)

    def show_typed(self, site: str | None, typed: Typed) -> None:
        """Fill the form, and rehearse where everything that is compared is there."""
        self._forget()
        self.form.fill(typed)
        chosen = site is None or self.form.choose_site(site)
        if not chosen and site is not None:
            self.form.form.fields["site"].set_error(tr("There is no site {key}.").format(key=site))
        if chosen and self.form.site_key and typed.email and typed.postal_code and typed.contract_id:
            self.ask()
        else:
            self.form.focus_first()

    def ask(self) -> None:
        """Rehearse what stands in the form."""
        desk, site, typed = self._desk, self.form.site_key, self.form.typed
        if site is None:
            return
        self.state.loading(tr("Asking ASPIRE about {id}…").format(id=typed.contract_id or typed.email))
        background.run(
            self,
            lambda: rehearse_both(desk, site=site, typed=typed),
            self._show,
            self._failed,
            replaces="rehearse",
        )

    def ask_again(self) -> None:
        """Read once more, if there is an answer."""
        if self.rehearsal is not None:
            self.ask()

    def _forget(self) -> None:
        background.forget(self)
        self.rehearsal = None
        self._say_nothing()

    def _say_nothing(self) -> None:
        self._clear_lines()
        self.state.nothing(
            tr("Type what the caller typed on “Register Here” and press Enter. Nothing is sent or created."),
            icon="phone",
        )

    def _show(self, found: Rehearsal) -> None:
        self.rehearsal = found
        if self._edition is None:
            self._edition = found.in_force
        self.state.content()
        self._show_edition()
        announce(self, f"{self.headline.text()}. {self.subject.text()}")

    def _choose(self, edition: Edition, _checked: bool = False) -> None:
        self._edition = edition
        self._show_edition()

    def _show_edition(self) -> None:
        found, edition = self.rehearsal, self._edition
        if found is None or edition is None:
            return
        for one, made in self.editions.items():
            outcome = words.outcome(Outcome(found.verdicts[one].verdict))
            force = tr("in force") if one is found.in_force else tr("not in force")
            made.setText(tr("{edition}: {outcome}").format(edition=one.value, outcome=outcome))
            told = tr("By the rules of {edition}, {force}: {outcome}").format(
                edition=one.value, force=force, outcome=outcome
            )
            made.setAccessibleName(told)
            set_tooltip(made, told)
            made.setChecked(one is edition)
        verdict = found.verdicts[edition]
        outcome = Outcome(verdict.verdict)
        meaning, icon = words.MEANINGS[outcome]
        self._mark.set(icon, meaning.value)
        self.headline.setText(words.outcome(outcome))
        self.headline.set_meaning(meaning)
        self.subject.setText(self._subject(found, verdict))
        self._fill(found, verdict)

    def _subject(self, found: Rehearsal, verdict: Verdict) -> str:
        typed, edition = found.typed, verdict.edition.value
        who = typed.email.strip() or tr("no email")
        text = tr("{who} on {site}, contract {id}, by the rules of {edition}").format(
            who=who, site=found.site, id=typed.contract_id.strip() or "—", edition=edition
        )
        if verdict.edition is not found.in_force:
            return tr("{text}, which are not in force").format(text=text)
        return text

    def _fill(self, found: Rehearsal, verdict: Verdict) -> None:
        self._clear_lines()
        for place, check in enumerate(verdict.checks):
            if place:
                rule = QFrame()
                rule.setProperty("kind", "line")
                self._answer.addWidget(rule)
            out = way_out(check, verdict, site=found.site, typed=found.typed)
            line = CheckLine(
                check,
                now=self._desk.clock(),
                rights=self._rights,
                way_out=out.words if out else "",
                reveal=self._reveal(check, found),
            )
            if out is not None:
                line.pressed.connect(partial(self._follow, out))
            line.unrevealed.connect(self.unrevealed)
            self.lines.append(line)
            self._answer.addWidget(line)

    def _clear_lines(self) -> None:
        self.lines.clear()
        while (item := self._answer.takeAt(0)) is not None:
            old = item.widget()
            if old is not None:
                old.hide()
                old.deleteLater()

    def _reveal(self, check: Check, found: Rehearsal) -> Reveal:
        desk, typed, site = self._desk, found.typed, found.site

        def look() -> tuple[str, ...]:
            kept = reveal_on_file(desk, site=site, contract_id=typed.contract_id, email=typed.email)
            if check.name == "postal_code":
                return (kept.postal_code or "—",)
            return tuple(dict.fromkeys((*kept.emails, *kept.bill_to)))

        return look

    def _follow(self, out: WayOut) -> None:
        if out.step is Step.GO:
            self.wanted.emit(out.target)
            return
        if out.site is not None:
            self.form.choose_site(out.site)
        if out.contract_id is not None:
            self.form.contract.setText(out.contract_id)
        self.ask()

    def _failed(self, error: DeskError) -> None:
        self.state.failed(error, self.ask, at=self._desk.clock())
