"""The selected request: what is asked, what can be done, what was done, and the conflict with another desk."""

from __future__ import annotations

from datetime import datetime

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from portal_admin.domain.service_requests import ServiceRequest
from portal_admin.services.requests.show import RequestDetails
from portal_admin.ui.override import override
from portal_admin.ui.panels.requests.words import assignee_words, status_words, tr
from portal_admin.ui.requests.aspire_part import AspirePart
from portal_admin.ui.requests.story import RequestStory
from portal_admin.ui.requests.subject_part import SubjectPart
from portal_admin.ui.requests.work_part import WorkPart
from portal_admin.ui.rights import Rights
from portal_admin.ui.theme import Space
from portal_admin.ui.widgets.conflict_view import ConflictLine, ConflictView
from portal_admin.ui.widgets.scrolling import FormScroll
from portal_admin.ui.widgets.state_panel import StatePanel
from portal_admin.ui.widgets.text import PlainLabel

WIDTH, WIDTH_LEAST = 376, 352
SHOWN_OF_TEXT = 80


class Details(QFrame):
    """Keeps what was typed for each request until it is saved; Esc leaves it for the list (`left`)."""

    left = Signal()

    def __init__(self, operator: str, rights: Rights, *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("kind", "panel")
        self.setFixedWidth(WIDTH)
        self.setAccessibleName(tr("Selected request"))
        self.found: RequestDetails | None = None
        self._drafts: dict[str, str] = {}
        self._looked_at: dict[str, datetime] = {}
        self.conflict = ConflictView(
            tr(
                "Somebody else worked on this request meanwhile. Nothing of yours was saved, and nothing is lost."
            ),
            tr("Do it again to go on from theirs."),
            can_take=False,
        )
        self.subject = SubjectPart()
        self.work = WorkPart(operator, rights)
        self.aspire = AspirePart(rights)
        self.story = RequestStory()
        self.area = self._content()
        self.state = StatePanel(self.area)
        column = QVBoxLayout(self)
        column.setContentsMargins(1, 1, 1, 1)
        column.addWidget(self.state)
        self.work.text.textChanged.connect(self._remember)
        self.show_none()

    def _content(self) -> QScrollArea:
        scroll = FormScroll(Space.L)
        column = scroll.column
        holder = QVBoxLayout()
        holder.setContentsMargins(Space.L, Space.L, 0, Space.L)
        holder.setSpacing(Space.M)
        for title, part in (
            ("", self.conflict),
            ("", self.subject),
            ("", self.work),
            (tr("In ASPIRE"), self.aspire),
            (tr("Notes and history"), self.story),
        ):
            if part not in (self.conflict, self.subject):
                line = QFrame()
                line.setProperty("kind", "line")
                holder.addWidget(line)
            if title:
                holder.addWidget(PlainLabel(title, kind="secondary"))
            holder.addWidget(part)
        column.addLayout(holder)
        column.addStretch(1)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        return scroll

    @property
    def request(self) -> ServiceRequest | None:
        """The request that is shown."""
        return self.found.request if self.found is not None else None

    def show_none(self, words: str = "") -> None:
        """No request is selected, or there is none of that number."""
        self.found = None
        self.state.nothing(
            words or tr("Select a request to see what is asked and what was done."), icon="requests"
        )

    def show_details(self, found: RequestDetails) -> None:
        """Show one request; what was typed for it is there again, and for another one it is kept."""
        request, before = found.request, self.request
        if before is None or before.number != request.number:
            self.conflict.clear()
            self.area.verticalScrollBar().setValue(0)
            self.found = found
            self._set_text(self._drafts.get(request.number, ""))
        self.found = found
        self.subject.show_request(request, found.as_of)
        self.work.show_request(request)
        self.aspire.show_request(request, found.as_of, looked_at=self._looked_at.get(request.number))
        self.story.show_story(found)
        self.state.content()

    def show_conflict(self, mine: RequestDetails, theirs: RequestDetails) -> None:
        """Somebody else was first: what it was, what they made of it, what is typed here."""
        self.show_details(theirs)
        was, now = mine.request, theirs.request
        self.conflict.show_conflict(
            [
                ConflictLine(tr("Status"), status_words(was.status), status_words(now.status)),
                ConflictLine(tr("Has it"), assignee_words(was), assignee_words(now)),
                ConflictLine(tr("Last reply"), _last_reply(mine), _last_reply(theirs), _short(self.typed)),
                ConflictLine(tr("In ASPIRE"), _handed(was), _handed(now)),
            ]
        )
        self.area.verticalScrollBar().setValue(0)

    @property
    def typed(self) -> str:
        """The text that is typed for the request."""
        return self.work.text.toPlainText()

    def forget_typed(self, number: str) -> None:
        """What was typed for that request is saved."""
        self._drafts.pop(number, None)
        if self.request is not None and self.request.number == number:
            self._set_text("")

    def note_look(self, number: str, at: datetime | None) -> None:
        """When ASPIRE was found not to hold the request's comment; None when it does."""
        self._looked_at.pop(number, None)
        if at is not None:
            self._looked_at[number] = at

    def fit(self, *, narrow: bool) -> None:
        """Take the width that the page has for it."""
        self.setFixedWidth(WIDTH_LEAST if narrow else WIDTH)

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.left.emit()
            return
        super().keyPressEvent(event)

    def _set_text(self, text: str) -> None:
        if text != self.typed:
            self.work.text.setPlainText(text)
        if self.work.form.fields["reply"].error:
            self.work.form.clear_errors()

    def _remember(self) -> None:
        if self.request is None:
            return
        text = self.typed
        self._drafts.pop(self.request.number, None)
        if text.strip():
            self._drafts[self.request.number] = text


def _last_reply(found: RequestDetails) -> str:
    return _short(next((note.note for note in reversed(found.notes) if note.for_caller), tr("none")))


def _short(text: str) -> str:
    """The beginning of a text that stands in full further down."""
    line = " ".join(text.split())
    return line if len(line) <= SHOWN_OF_TEXT else f"{line[:SHOWN_OF_TEXT].rstrip()}…"


def _handed(request: ServiceRequest) -> str:
    return request.hand_over.value if request.hand_over else tr("not handed over")
