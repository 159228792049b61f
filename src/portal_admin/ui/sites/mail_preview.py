"""A mail as its reader will see it, drawn from nothing but what the mail carries."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QTextBrowser, QVBoxLayout, QWidget

from portal_admin.domain.brand import Brand
from portal_admin.domain.mail import MailKind
from portal_admin.services.mail.preview import Preview, preview
from portal_admin.ui.override import override
from portal_admin.ui.theme import LIGHT, Space
from portal_admin.ui.widgets.facts import FactGrid
from portal_admin.ui.widgets.text import ElidedLabel, PlainLabel

LEAST_HEIGHT = 160
LOGO_HEIGHT = 48


@dataclass(frozen=True, slots=True)
class Drawn:
    """A preview with its picture decoded, which takes too long for the UI thread."""

    preview: Preview
    picture: QImage | None


def draw(brand: Brand, kind: MailKind) -> Drawn:
    """Compose the sample mail and decode its picture."""
    made = preview(brand, kind)
    picture = QImage.fromData(made.logo) if made.logo else None
    if picture is None or picture.isNull():
        return Drawn(made, None)
    return Drawn(made, picture.scaledToHeight(LOGO_HEIGHT, Qt.TransformationMode.SmoothTransformation))


class MailPreview(QWidget):
    """Which mail, what its head says, and the mail."""

    def __init__(self, *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        title = ElidedLabel(self.tr("The mail as it will arrive"), kind="section")
        self.kind = QComboBox()
        self.kind.setAccessibleName(self.tr("Which mail is shown"))
        self.kind.addItem(self.tr("Registration mail"), MailKind.REGISTRATION)
        self.kind.addItem(self.tr("Password reset mail"), MailKind.RESET)
        self.from_line, self.reply_to, self.subject = (PlainLabel(wrap=True) for _ in range(3))
        head = QWidget()
        facts = FactGrid(head)
        facts.add_fact(self.tr("From"), self.from_line)
        facts.add_fact(self.tr("Reply to"), self.reply_to)
        facts.add_fact(self.tr("Subject"), self.subject)
        self.mail = _Mail()
        self.mail.setAccessibleName(self.tr("The mail as its reader sees it"))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(Space.S)
        top = QHBoxLayout()
        top.addWidget(title, 1)
        top.addWidget(self.kind)
        column.addLayout(top)
        column.addWidget(head)
        column.addWidget(self.mail, 1)

    @property
    def shown_kind(self) -> MailKind:
        """The mail that is to be shown."""
        return MailKind(self.kind.currentData())

    def show_mail(self, drawn: Drawn) -> None:
        """Show a sample."""
        made = drawn.preview
        self.from_line.setText(made.sender)
        self.reply_to.setText(made.reply_to)
        self.subject.setText(made.subject)
        self.mail.show_mail(made, drawn.picture)


class _Mail(QTextBrowser):
    """White as mail programs are, and without any way to a file, to the network or to another page."""

    def __init__(self) -> None:
        super().__init__()
        self._pictures: dict[str, QImage] = {}
        self.setOpenLinks(False)
        # Tab leaves it: its links lead nowhere.
        self.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.setTabChangesFocus(True)
        self.setMinimumHeight(LEAST_HEIGHT)
        # Whatever the scheme of the window is.
        self.setStyleSheet(
            f"QTextBrowser {{ background: {LIGHT.panel}; color: {LIGHT.text}; border: 1px solid {LIGHT.edge}; }}"
            f"QTextBrowser:focus {{ border: 2px solid {LIGHT.accent}; }}"
        )

    def show_mail(self, made: Preview, picture: QImage | None) -> None:
        self._pictures = {} if picture is None else {made.logo_name: picture}
        self.setHtml(made.html)

    @override
    def loadResource(self, _kind: int, name: QUrl | str) -> Any:
        return self._pictures.get(name.toString() if isinstance(name, QUrl) else name)
