"""Every colour, size and font of the window; nothing else names one."""

from __future__ import annotations

import re
import sys
from enum import StrEnum
from typing import NamedTuple

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QColor, QFont, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication

from portal_admin.paths import resources


class Space:
    """Distances in px."""

    XS, S, M, L, XL = 4, 8, 12, 16, 24


class Size:
    """Heights, widths and corners in px."""

    ROW = 32
    CONTROL = 30
    CORNER = 4
    ICON = 16
    ICON_LARGE = 20
    NAVIGATION = 192
    NAVIGATION_COLLAPSED = 48
    COLLAPSE_BELOW = 1100
    SIDE_PANEL = 440
    SIDE_PANEL_LEAST = 400
    NARROW_PAGE = 1000
    CARD = 280
    FORM = 560
    WINDOW = (1280, 800)
    WINDOW_LEAST = (880, 560)


class Type:
    """Font sizes in px."""

    BODY, SECONDARY, SECTION, PAGE = 13, 12, 16, 20


class Meaning(StrEnum):
    """What a status colour says; it always stands beside a word or an icon."""

    GOOD = "good"
    ATTENTION = "attention"
    BAD = "bad"
    UNKNOWN = "unknown"
    NEUTRAL = "neutral"


class Scheme(StrEnum):
    """What the operator chose."""

    SYSTEM = "system"
    LIGHT = "light"
    DARK = "dark"


class Colours(NamedTuple):
    """One colour scheme as #rrggbb; `line` is decoration, `edge` outlines controls."""

    window: str
    panel: str
    line: str
    edge: str
    text: str
    secondary: str
    accent: str
    accent_hover: str
    on_accent: str
    hover: str
    selected: str
    good: str
    good_soft: str
    attention: str
    attention_soft: str
    bad: str
    bad_soft: str
    unknown: str
    unknown_soft: str
    neutral: str
    neutral_soft: str

    def of(self, meaning: Meaning) -> str:
        """The text colour of a meaning."""
        return str(getattr(self, meaning.value))

    def soft(self, meaning: Meaning) -> str:
        """The background a meaning's text stands on in a chip or a bar."""
        return str(getattr(self, f"{meaning.value}_soft"))


LIGHT = Colours(
    window="#F7F8FA",
    panel="#FFFFFF",
    line="#E3E6EA",
    edge="#87919C",
    text="#1B1F24",
    secondary="#5B6672",
    accent="#2458C5",
    accent_hover="#1C479F",
    on_accent="#FFFFFF",
    hover="#EEF1F5",
    selected="#DFE8FA",
    good="#17693A",
    good_soft="#E2F3E8",
    attention="#7D5200",
    attention_soft="#FBF0D6",
    bad="#B3261E",
    bad_soft="#FCE9E7",
    unknown="#63479B",
    unknown_soft="#EEE9F8",
    neutral="#4E5863",
    neutral_soft="#ECEFF3",
)
DARK = Colours(
    window="#16191D",
    panel="#1E2227",
    line="#31373E",
    edge="#707B87",
    text="#E8EBEE",
    secondary="#9AA5B1",
    accent="#7AA2F7",
    accent_hover="#9BB9F9",
    on_accent="#10141A",
    hover="#272C33",
    selected="#2B3A57",
    good="#6FCF8E",
    good_soft="#1D3326",
    attention="#E8B959",
    attention_soft="#382F1B",
    bad="#F48F86",
    bad_soft="#3D2523",
    unknown="#BBA6EA",
    unknown_soft="#2D2741",
    neutral="#B4BEC8",
    neutral_soft="#2B3138",
)


class Theme(QObject):
    """The colours in use; `changed` follows each switch, for what paints or tints by itself."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.colours = LIGHT
        self.scheme = Scheme.SYSTEM
        # Set by a start that asked for Fusion already: wrapping a QStyle costs the start many milliseconds.
        self.is_fusion = False

    @property
    def is_dark(self) -> bool:
        return self.colours is DARK

    def colour(self, name: str) -> QColor:
        """A colour of the scheme in use by its field name."""
        return QColor(str(getattr(self.colours, name)))

    def apply(self, scheme: Scheme) -> None:
        """Dress the whole application in a scheme."""
        self.scheme = scheme
        hints = QGuiApplication.styleHints()
        if sys.platform == "win32":
            hints.setColorScheme(_WINDOWS_SCHEMES[scheme])
        dark = scheme is Scheme.DARK or (
            scheme is Scheme.SYSTEM and hints.colorScheme() is Qt.ColorScheme.Dark
        )
        self._dress(DARK if dark else LIGHT)

    def follow_system(self) -> None:
        """Switch with the desktop while the scheme is System."""
        QGuiApplication.styleHints().colorSchemeChanged.connect(self._system_switched)

    def _system_switched(self) -> None:
        if self.scheme is Scheme.SYSTEM:
            self.apply(Scheme.SYSTEM)

    def _dress(self, colours: Colours) -> None:
        app = QApplication.instance()
        if not isinstance(app, QApplication):
            raise RuntimeError("a QApplication must exist before it is dressed")
        sheet = style_sheet(colours)
        if app.styleSheet() == sheet:
            return
        self.colours = colours
        if not self.is_fusion:
            app.setStyle("Fusion")
            self.is_fusion = True
        app.setFont(font())
        app.setPalette(palette(colours))
        app.setStyleSheet(sheet)
        self.changed.emit()


_WINDOWS_SCHEMES = {
    Scheme.SYSTEM: Qt.ColorScheme.Unknown,
    Scheme.LIGHT: Qt.ColorScheme.Light,
    Scheme.DARK: Qt.ColorScheme.Dark,
}

theme = Theme()


def font(size: int = Type.BODY, *, strong: bool = False, tabular: bool = False) -> QFont:
    """The platform's UI font; `tabular` gives ids and amounts digits of one width."""
    chosen = QFont()
    if sys.platform == "win32":
        chosen.setFamilies(["Segoe UI Variable Text", "Segoe UI"])
    chosen.setPixelSize(size)
    chosen.setWeight(QFont.Weight.DemiBold if strong else QFont.Weight.Normal)
    if tabular:
        chosen.setFeature(QFont.Tag("tnum"), 1)
    return chosen


_ROLES = {
    QPalette.ColorRole.Window: "window",
    QPalette.ColorRole.WindowText: "text",
    QPalette.ColorRole.Base: "panel",
    QPalette.ColorRole.AlternateBase: "window",
    QPalette.ColorRole.Text: "text",
    QPalette.ColorRole.PlaceholderText: "secondary",
    QPalette.ColorRole.Button: "panel",
    QPalette.ColorRole.ButtonText: "text",
    QPalette.ColorRole.BrightText: "bad",
    QPalette.ColorRole.ToolTipBase: "panel",
    QPalette.ColorRole.ToolTipText: "text",
    QPalette.ColorRole.Highlight: "accent",
    QPalette.ColorRole.HighlightedText: "on_accent",
    QPalette.ColorRole.Accent: "accent",
    QPalette.ColorRole.Link: "accent",
    QPalette.ColorRole.LinkVisited: "accent",
    QPalette.ColorRole.Light: "panel",
    QPalette.ColorRole.Midlight: "hover",
    QPalette.ColorRole.Mid: "line",
    QPalette.ColorRole.Dark: "edge",
    QPalette.ColorRole.Shadow: "edge",
}
_DIMMED = (QPalette.ColorRole.WindowText, QPalette.ColorRole.Text, QPalette.ColorRole.ButtonText)


def palette(colours: Colours) -> QPalette:
    """The Qt palette of a scheme."""
    result = QPalette()
    for role, name in _ROLES.items():
        result.setColor(role, QColor(str(getattr(colours, name))))
    for role in _DIMMED:
        result.setColor(QPalette.ColorGroup.Disabled, role, QColor(colours.secondary))
    return result


def style_sheet(colours: Colours) -> str:
    """The one style sheet, filled with the tokens."""
    sizes = {
        "xs": Space.XS,
        "s": Space.S,
        "m": Space.M,
        "l": Space.L,
        "xl": Space.XL,
        "control": Size.CONTROL - 2,
        "row": Size.ROW,
        "corner": Size.CORNER,
        "body": Type.BODY,
        "small": Type.SECONDARY,
        "section": Type.SECTION,
        "page": Type.PAGE,
    }
    tokens = colours._asdict() | {name: f"{value}px" for name, value in sizes.items()}
    mode = "dark" if colours is DARK else "light"
    for picture in ("chevron", "tick"):
        tokens[picture] = (resources() / "style" / f"{picture}-{mode}.svg").as_posix()
    sheet = (resources() / "style" / "window.qss").read_text(encoding="utf-8")
    return re.sub(r"\$(\w+)", lambda found: tokens[found[1]], sheet)


def contrast(one: str, other: str) -> float:
    """The contrast ratio of two #rrggbb colours, 1 to 21 (WCAG 2.2)."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    value = QColor(colour)
    channels = (value.redF(), value.greenF(), value.blueF())
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
