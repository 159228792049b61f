"""What every screen is: a header, a message bar, content, and a side panel at its right."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeVar

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from portal_admin.errors import DeskError
from portal_admin.ui import background
from portal_admin.ui.messages import MessageBar
from portal_admin.ui.navigation import Navigator, Target
from portal_admin.ui.override import override
from portal_admin.ui.pages import PageSpec
from portal_admin.ui.rights import Rights
from portal_admin.ui.theme import Space
from portal_admin.ui.widgets.header import PageHeader
from portal_admin.ui.widgets.side_panel import SidePanel

if TYPE_CHECKING:
    from portal_admin.domain.permissions import Permission
    from portal_admin.services.desk import Desk
    from portal_admin.settings import Profile

Answer = TypeVar("Answer")


@dataclass(frozen=True, slots=True)
class PageContext:
    """What the shell gives a page; `desk` is None only on pages that need none, `rights` are the operator's."""

    spec: PageSpec
    navigator: Navigator
    desk: Desk | None = None
    profile: Profile | None = None
    profile_changed: Callable[[str], None] | None = None
    rights: Rights = field(default_factory=Rights)


class Page(QWidget):
    """The base of all screens; fill `body`, override `open` and `refresh`."""

    def __init__(self, context: PageContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("page")
        self.context = context
        self.navigator = context.navigator
        self.rights = context.rights
        self.header = PageHeader(context.spec.title, context.spec.purpose)
        self.messages = MessageBar()
        self.body = QVBoxLayout()
        self.body.setSpacing(Space.M)
        self.setAccessibleName(context.spec.title)
        self.body.setContentsMargins(0, 0, Space.XL, 0)
        head = QVBoxLayout()
        head.setContentsMargins(0, 0, Space.XL, 0)
        head.setSpacing(Space.M)
        head.addWidget(self.header)
        head.addWidget(self.messages)
        self.column = QVBoxLayout()
        self.column.setContentsMargins(Space.XL, Space.L, 0, Space.L)
        self.column.setSpacing(Space.M)
        self.column.addLayout(head)
        self.column.addLayout(self.body, 1)
        self._panels: list[SidePanel] = []
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(0)
        self._row.addLayout(self.column, 1)

    @property
    def desk(self) -> Desk:
        """The desk the page works with."""
        if self.context.desk is None:
            raise RuntimeError(f"page {self.context.spec.id} was built without a desk")
        return self.context.desk

    def open(self, target: Target) -> None:
        """The page is being shown, on a record when the target names one; it opens and never acts."""

    def refresh(self) -> None:
        """F5: read again."""

    def commands(self) -> Sequence[tuple[str, str, Callable[[], object]]]:
        """What the page can do, for the find box: title, shortcut and call of each; listed while the page is in view."""
        return ()

    def may(self, permission: Permission) -> bool:
        """Whether the operator may do it; the page says why not, and which roles may."""
        reason = self.rights.refusal(permission)
        if reason is not None:
            self.messages.info(reason)
        return reason is None

    def add_side_panel(self, panel: SidePanel) -> None:
        """Put a panel at the right; closed until `open_panel`."""
        self._row.addWidget(panel)
        self._panels.append(panel)
        panel.fit(self.width())

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        for panel in self._panels:
            panel.fit(self.width())

    def run(
        self,
        work: Callable[[], Answer],
        done: Callable[[Answer], None],
        failed: Callable[[DeskError], None] | None = None,
        *,
        replaces: str | None = None,
    ) -> None:
        """Work in the background for this page; without `failed` an error goes to the message bar."""
        background.run(self, work, done, failed or self.messages.error, replaces=replaces)
