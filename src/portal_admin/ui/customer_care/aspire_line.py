"""One line over the caller that says when ASPIRE does not answer, and how old what is shown instead is."""

from __future__ import annotations

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QWidget

from portal_admin.errors import DeskError, SettingsProblem
from portal_admin.services.caller import aspire_trouble
from portal_admin.services.desk import Desk
from portal_admin.services.snapshot import Freshness
from portal_admin.ui import background
from portal_admin.ui.panels.access.bar import Bar
from portal_admin.ui.theme import Meaning
from portal_admin.ui.widgets.ages import age_text, clock_text

ASK_AGAIN_AFTER = 15_000


class AspireLine(Bar):
    """Hidden while ASPIRE answers; while it does not, it is asked again as long as somebody looks."""

    def __init__(self, desk: Desk, *, parent: QWidget | None = None) -> None:
        super().__init__()
        if parent is not None:
            self.setParent(parent)
        self._desk = desk
        self._age: Freshness | None = None
        self._trouble: DeskError | None = None
        self._again = QTimer(self)
        self._again.setSingleShot(True)
        self._again.setInterval(ASK_AGAIN_AFTER)
        self._again.timeout.connect(self._ask_again)

    def show_age(self, age: Freshness) -> None:
        """How old the portal's copy is that stands in for ASPIRE."""
        self._age = age
        self._tell()

    def ask(self) -> None:
        """Ask ASPIRE how it is."""
        background.run(
            self, lambda: aspire_trouble(self._desk), self._answered, self._answered, replaces="ask"
        )

    def _answered(self, trouble: DeskError | None) -> None:
        self._trouble = trouble
        self._tell()
        if trouble is not None and not isinstance(trouble, SettingsProblem):
            self._again.start()

    def _ask_again(self) -> None:
        parent = self.parentWidget()
        if parent is not None and parent.isVisible():
            self.ask()
        else:
            self._again.start()

    def _tell(self) -> None:
        if self._trouble is None:
            self.say("", Meaning.UNKNOWN, "question")
            return
        now = self._desk.clock()
        age = self._age
        if age is None or age.as_of is None:
            copy = self.tr("The portal's copy of it was never read.")
        else:
            copy = self.tr("What is shown is the portal's copy, read {time} ({age}).").format(
                time=clock_text(age.as_of, now), age=age_text(age.as_of, now)
            )
        none = isinstance(self._trouble, SettingsProblem)
        title = self.tr("This profile has no ASPIRE connection") if none else self._trouble.title
        words = self.tr("{title}. {copy} Nothing here is compared with ASPIRE now.")
        self.say(words.format(title=title, copy=copy), Meaning.UNKNOWN, "question")
