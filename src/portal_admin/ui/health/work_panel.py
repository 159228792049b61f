"""Mails and imports: what waits, what was given up, what nobody ended."""

from __future__ import annotations

from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from portal_admin.domain.verdict import Result
from portal_admin.services.health import DeadLetter, Health, MailQueue, UnfinishedImport
from portal_admin.ui.theme import Space
from portal_admin.ui.widgets.ages import age_text, clock_text
from portal_admin.ui.widgets.finding import FindingLine
from portal_admin.ui.widgets.scrolling import FormScroll
from portal_admin.ui.widgets.state_panel import StatePanel

Line = tuple[Result, str, str]


class WorkPanel(QFrame):
    """One line for each fact; lines that stay the same are left alone."""

    def __init__(self, *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("kind", "panel")
        self._shown: list[Line] = []
        self._lines: list[QWidget] = []
        scroll = FormScroll(Space.L)
        scroll.setAccessibleName(self.tr("Mails and imports"))
        self._column = scroll.column
        self._column.addStretch(1)
        inner = QWidget()
        margins = QVBoxLayout(inner)
        margins.setContentsMargins(Space.L, Space.M, 0, Space.M)
        margins.addWidget(scroll)
        self.state = StatePanel(inner)
        column = QVBoxLayout(self)
        column.setContentsMargins(1, 1, 1, 1)
        column.addWidget(self.state)

    @property
    def lines(self) -> list[str]:
        """What is said."""
        return [f"{text} {fix}".strip() for _, text, fix in self._shown]

    def show_health(self, found: Health) -> None:
        """Show how mails and imports are doing."""
        lines = [*self._mail(found), *(self._letter(one, found) for one in found.mail.dead)]
        more = found.mail.failed - len(found.mail.dead)
        if more > 0:
            words = self.tr("{n} older ones were given up too; `portal-admin mail list` names them.")
            lines.append((Result.FAIL, words.format(n=more), ""))
        lines += [self._import(one, found) for one in found.imports]
        self.state.content()
        if lines == self._shown:
            return
        for widget in self._lines:
            widget.hide()
            widget.deleteLater()
        self._shown = lines
        self._lines = [FindingLine(*line) for line in lines]
        for position, made in enumerate(self._lines):
            self._column.insertWidget(position, made)

    def _mail(self, found: Health) -> list[Line]:
        mail = found.mail
        lines = [self._queue(mail, found)]
        if mail.last_sent is not None:
            words = self.tr("{n:,} mails were sent, the last one {age}.") if mail.sent != 1 else ""
            words = words or self.tr("1 mail was sent, {age}.")
            lines.append((Result.PASS, words.format(n=mail.sent, age=age_text(mail.last_sent, found.at)), ""))
        return lines

    def _queue(self, mail: MailQueue, found: Health) -> Line:
        if mail.oldest_queued is None:
            return Result.PASS, self.tr("No mail waits to be sent."), ""
        words = self.tr("1 mail waits to be sent, since {at}.")
        if mail.queued != 1:
            words = self.tr("{n:,} mails wait to be sent, the oldest since {at}.")
        text = words.format(n=mail.queued, at=clock_text(mail.oldest_queued, found.at))
        if not mail.is_late(found.at):
            return Result.PASS, text, ""
        return (
            Result.ADVICE,
            text,
            self.tr("See that the server runs `portal-admin mail send --every 1m`."),
        )

    def _letter(self, letter: DeadLetter, found: Health) -> Line:
        words = {
            "registration": self.tr("The registration mail to {to} ({site}) of {at} was given up."),
            "reset": self.tr("The reset mail to {to} ({site}) of {at} was given up."),
        }[letter.kind]
        at = clock_text(letter.created_at, found.at)
        return Result.FAIL, words.format(to=letter.recipient, site=letter.site, at=at), letter.failure

    def _import(self, one: UnfinishedImport, found: Health) -> Line:
        words = self.tr("{who} is importing {file} into {site}: {done:,} of {rows:,} rows are done.")
        fix = ""
        if not one.is_running:
            words = self.tr(
                "The import of {file} into {site}, begun {at} by {who}, stopped at {done:,} of {rows:,} rows."
            )
            fix = self.tr("Import the same file again: each row takes effect once, whoever goes on.")
        at = clock_text(one.created_at, found.at)
        text = words.format(
            who=one.created_by, file=one.file_name, site=one.site, at=at, done=one.done, rows=one.rows
        )
        return Result.PASS if one.is_running else Result.ADVICE, text, fix
