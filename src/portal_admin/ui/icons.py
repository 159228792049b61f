"""One family of outline icons, tinted with the colours in use."""

from __future__ import annotations

from functools import cache, lru_cache

from PySide6.QtCore import QByteArray, QRectF, QSize, Qt
from PySide6.QtGui import QAction, QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QAbstractButton, QApplication, QPushButton

from portal_admin.paths import resources
from portal_admin.ui.theme import Size, Space, theme

_PROPERTY = "icon_name"
_COLOUR = "icon_colour"
DISABLED = "secondary"


@cache
def _source(name: str) -> str:
    return (resources() / "icons" / f"{name}.svg").read_text(encoding="utf-8")


@lru_cache(maxsize=512)
def pixmap(
    name: str, colour: str, size: int = Size.ICON, ratio: float = 1.0, space_after: int = 0
) -> QPixmap:
    """An icon of `size` logical px in a #rrggbb colour, for painting; `ratio` is the screen's pixel ratio."""
    side = round(size * ratio)
    picture = QPixmap(side + round(space_after * ratio), side)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    svg = _source(name).replace("currentColor", colour)
    QSvgRenderer(QByteArray(svg.encode())).render(painter, QRectF(0, 0, side, side))
    painter.end()
    picture.setDevicePixelRatio(ratio)
    return picture


def icon(name: str, colour: str = "text", *, size: int = Size.ICON, space_after: int = 0) -> QIcon:
    """An icon in a colour of the scheme now in use; `set_icon` keeps it in step with later switches."""
    result = QIcon()
    app = QApplication.instance()
    densest = app.devicePixelRatio() if isinstance(app, QApplication) else 1.0
    # Without a picture of its own a disabled icon is a paled one: a white one on grey would be gone.
    for mode, tint in ((QIcon.Mode.Normal, colour), (QIcon.Mode.Disabled, DISABLED)):
        for ratio in {1.0, densest}:
            result.addPixmap(pixmap(name, theme.colour(tint).name(), size, ratio, space_after), mode)
    return result


def set_icon(target: QAbstractButton | QAction, name: str, colour: str = "text") -> None:
    """Give a button or an action an icon that follows the theme."""
    target.setProperty(_PROPERTY, name)
    target.setProperty(_COLOUR, colour)
    if isinstance(target, QPushButton):
        # The style leaves too little room between icon and words.
        target.setIconSize(QSize(Size.ICON + Space.XS, Size.ICON))
    _tint(target)


def _tint(target: QAbstractButton | QAction) -> None:
    room = Space.XS if isinstance(target, QPushButton) else 0
    target.setIcon(icon(str(target.property(_PROPERTY)), str(target.property(_COLOUR)), space_after=room))


def _retint() -> None:
    app = QApplication.instance()
    if not isinstance(app, QApplication):
        return
    for widget in app.allWidgets():
        targets = [*widget.actions(), widget] if isinstance(widget, QAbstractButton) else widget.actions()
        for target in targets:
            if target.property(_PROPERTY) and isinstance(target, QAbstractButton | QAction):
                _tint(target)


theme.changed.connect(_retint)
