"""The pages at the left of the window; below a certain width only their icons."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPoint, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QButtonGroup,
    QFrame,
    QHBoxLayout,
    QMenu,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from portal_admin.ui.icons import set_icon
from portal_admin.ui.override import override
from portal_admin.ui.pages import PageSpec, keys_of
from portal_admin.ui.theme import Scheme, Size, Space, theme
from portal_admin.ui.widgets.buttons import ToolButton
from portal_admin.ui.widgets.mark import Mark
from portal_admin.ui.widgets.text import PlainLabel, restyle, set_tooltip

_SCHEME_ICONS = {Scheme.SYSTEM: "system", Scheme.LIGHT: "sun", Scheme.DARK: "moon"}
FIRST_BELOW_THE_LINE = "imports"


class NavigationBar(QFrame):
    """One button a page, then theme and about."""

    chosen = Signal(str)
    scheme_chosen = Signal(object)
    about_chosen = Signal()

    def __init__(self, specs: Sequence[PageSpec], *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("navigation")
        self.setAccessibleName(self.tr("Navigation"))
        self._buttons: dict[str, QToolButton] = {}
        self._others: list[QToolButton] = []
        self._group = QButtonGroup(self)
        self._name = PlainLabel(self.tr("Portal Admin"), kind="strong")
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(Space.S, Space.M, Space.S, Space.S)
        self._column.setSpacing(2)
        self._add_brand()
        for place, spec in enumerate(specs):
            if spec.id == FIRST_BELOW_THE_LINE:
                self._add_line()
            self._add_page(spec, place)
        self._column.addStretch(1)
        self._add_theme_button()
        about = self._add_button("info", self.tr("About"))
        about.clicked.connect(lambda _checked=False: self.about_chosen.emit())
        self.set_collapsed(False)

    def _add_brand(self) -> None:
        brand = QHBoxLayout()
        brand.setContentsMargins(6, Space.XS, 0, Space.L)
        brand.setSpacing(Space.S)
        brand.addWidget(Mark("mark", "accent", size=Size.ICON_LARGE))
        brand.addWidget(self._name, 1)
        self._column.addLayout(brand)

    def _add_line(self) -> None:
        line = QFrame()
        line.setProperty("kind", "line")
        self._column.addSpacing(Space.XS)
        self._column.addWidget(line)
        self._column.addSpacing(Space.XS)

    def _add_page(self, spec: PageSpec, place: int) -> None:
        made = self._add_button(spec.icon, spec.title, keys=keys_of(place))
        made.setCheckable(True)
        made.setAccessibleDescription(spec.purpose)
        self._group.addButton(made)
        self._buttons[spec.id] = made
        made.clicked.connect(lambda _checked=False, page=spec.id: self.chosen.emit(page))

    def _add_button(self, icon: str, text: str, *, keys: str = "") -> QToolButton:
        made = ToolButton()
        made.setProperty("collapsed", "false")
        # The style leaves too little room after the icon, and takes a single & for the mark of a key.
        made.setText(f"  {text.replace('&', '&&')}")
        made.setAccessibleName(text)
        set_tooltip(made, f"{text}  {keys}".strip())
        made.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        made.setIconSize(QSize(Size.ICON_LARGE, Size.ICON_LARGE))
        made.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        set_icon(made, icon)
        self._others.append(made)
        self._column.addWidget(made)
        return made

    def _add_theme_button(self) -> None:
        self._theme = self._add_button("system", self.tr("Theme"))
        self._theme.clicked.connect(lambda _checked=False: self._open_theme_menu())
        self._show_scheme()
        theme.changed.connect(self._show_scheme)

    def _show_scheme(self) -> None:
        set_icon(self._theme, _SCHEME_ICONS[theme.scheme])

    def _open_theme_menu(self) -> None:
        menu = QMenu(self._theme)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.setAccessibleName(self.tr("Theme"))
        words = {
            Scheme.SYSTEM: self.tr("Like the system"),
            Scheme.LIGHT: self.tr("Light"),
            Scheme.DARK: self.tr("Dark"),
        }
        for scheme, text in words.items():
            action = menu.addAction(text)
            action.setCheckable(True)
            action.setChecked(theme.scheme is scheme)
            action.triggered.connect(lambda _checked=False, s=scheme: self.scheme_chosen.emit(s))
        menu.popup(self._theme.mapToGlobal(QPoint(self._theme.width(), 0)))

    @property
    def is_collapsed(self) -> bool:
        return self._collapsed

    def set_collapsed(self, collapsed: bool) -> None:
        """Show icons only; the words stay as tooltips and accessible names."""
        self._collapsed = collapsed
        style = (
            Qt.ToolButtonStyle.ToolButtonIconOnly
            if collapsed
            else Qt.ToolButtonStyle.ToolButtonTextBesideIcon
        )
        for made in self._others:
            made.setToolButtonStyle(style)
            restyle(made, collapsed="true" if collapsed else "false")
        self._name.setVisible(not collapsed)
        self.setFixedWidth(Size.NAVIGATION_COLLAPSED if collapsed else Size.NAVIGATION)

    def mark_page(self, page: str) -> None:
        """Show which page is open."""
        if page in self._buttons:
            self._buttons[page].setChecked(True)

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}.get(Qt.Key(event.key()), 0)
        focused = self.focusWidget()
        if step and isinstance(focused, QToolButton) and focused in self._others:
            position = (self._others.index(focused) + step) % len(self._others)
            self._others[position].setFocus(Qt.FocusReason.TabFocusReason)
            return
        super().keyPressEvent(event)
