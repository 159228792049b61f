"""Colours are readable and named in one place."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtGui import QColor, QFont, QIcon, QPalette
from PySide6.QtWidgets import QApplication, QPushButton

import portal_admin.ui
from portal_admin.paths import resources
from portal_admin.ui import icons
from portal_admin.ui.icons import set_icon
from portal_admin.ui.theme import DARK, LIGHT, Colours, Meaning, Scheme, contrast, font, style_sheet, theme
from portal_admin.ui.widgets.buttons import button

pytestmark = pytest.mark.usefixtures("dressed")
UI = Path(portal_admin.ui.__file__).parent
COLOUR = re.compile(r"['\"]#[0-9A-Fa-f]{3,8}['\"]|QColor\(\s*\d|Qt\.GlobalColor\.(?!transparent)")
BOTH = pytest.mark.parametrize("colours", [LIGHT, DARK], ids=["light", "dark"])
TEXT, PARTS = 4.5, 3.0


@BOTH
@pytest.mark.parametrize("ground", ["window", "panel", "hover", "selected"])
def test_that_text_is_readable_on_every_surface(colours: Colours, ground: str) -> None:
    for name in ("text", "secondary", "accent", *Meaning):
        assert contrast(getattr(colours, name), getattr(colours, ground)) >= TEXT, name


@BOTH
@pytest.mark.parametrize("meaning", list(Meaning))
def test_that_a_meaning_is_readable_on_its_own_ground(colours: Colours, meaning: Meaning) -> None:
    ground = colours.soft(meaning)
    assert contrast(colours.of(meaning), ground) >= TEXT
    assert contrast(colours.text, ground) >= TEXT
    assert contrast(colours.secondary, ground) >= TEXT


@BOTH
def test_that_the_outlines_of_controls_can_be_seen(colours: Colours) -> None:
    for part in (colours.edge, colours.accent, colours.bad):
        assert contrast(part, colours.panel) >= PARTS
        assert contrast(part, colours.window) >= PARTS


@BOTH
def test_that_words_on_the_primary_button_are_readable(colours: Colours) -> None:
    assert contrast(colours.on_accent, colours.accent) >= TEXT
    assert contrast(colours.on_accent, colours.accent_hover) >= TEXT


def test_that_contrast_is_computed_as_in_wcag() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.005)


def test_that_no_other_module_names_a_colour() -> None:
    named = [
        f"{path.relative_to(UI)}: {found[0]}"
        for path in UI.rglob("*.py")
        if path != UI / "theme.py"
        for found in re.finditer(
            r"['\"]#[0-9A-Fa-f]{3,8}['\"]|QColor\(\s*\d|Qt\.GlobalColor\.(?!transparent)", path.read_text()
        )
    ]
    assert named == []
    assert not re.search(r"#[0-9A-Fa-f]{6}", (resources() / "style" / "window.qss").read_text())


@BOTH
def test_that_the_style_sheet_leaves_no_token_unfilled(colours: Colours) -> None:
    assert "$" not in style_sheet(colours)


def test_that_the_theme_switches_palette_sheet_and_icons(qapp: QApplication) -> None:
    button = QPushButton("Copy")
    set_icon(button, "copy")
    before = button.icon().pixmap(16).toImage()
    theme.apply(Scheme.DARK)
    assert theme.is_dark
    assert qapp.palette().color(QPalette.ColorRole.Window).name().upper() == DARK.window
    assert DARK.panel in qapp.styleSheet()
    assert button.icon().pixmap(16).toImage() != before
    theme.apply(Scheme.LIGHT)
    assert button.icon().pixmap(16).toImage() == before


@BOTH
@pytest.mark.parametrize("kind", ["", "primary", "bad", "link"])
def test_that_the_icon_and_words_of_a_disabled_button_can_be_seen(
    opened: Callable[..., Any], colours: Colours, kind: str
) -> None:
    theme.apply(Scheme.DARK if colours is DARK else Scheme.LIGHT)
    made = button("Save", icon="check", kind=kind)
    made.setEnabled(False)
    opened(made, 160, 30)
    image = made.icon().pixmap(made.iconSize(), QIcon.Mode.Disabled).toImage()
    pixels = [image.pixelColor(x, y) for x in range(image.width()) for y in range(image.height())]
    drawn, meant = max(pixels, key=QColor.alpha), QColor(colours.secondary)
    assert drawn.alpha() > 180
    assert max(abs(a - b) for a, b in zip(drawn.getRgb()[:3], meant.getRgb()[:3], strict=True)) <= 3
    words = made.palette().color(QPalette.ColorGroup.Disabled, QPalette.ColorRole.ButtonText)
    assert words.name().upper() == colours.secondary.upper()
    assert contrast(colours.secondary, colours.neutral_soft) >= 4.5  # the ground of a primary one


def test_that_the_system_scheme_without_a_dark_desktop_is_light() -> None:
    theme.apply(Scheme.DARK)
    theme.apply(Scheme.SYSTEM)
    assert theme.colours is LIGHT


def test_that_ids_and_amounts_use_figures_of_one_width() -> None:
    assert font(tabular=True).featureValue(QFont.Tag("tnum")) == 1
    assert not font().isFeatureSet(QFont.Tag("tnum"))


def test_that_every_icon_is_an_outline_on_the_same_grid_and_can_be_drawn() -> None:
    files = sorted((resources() / "icons").glob("*.svg"))
    assert len(files) >= 40
    for file in files:
        text = file.read_text()
        assert 'viewBox="0 0 20 20"' in text, file.name
        assert "currentColor" in text, file.name
        image = icons.pixmap(file.stem, LIGHT.text, 20).toImage()
        drawn = sum(image.pixelColor(x, y).alpha() > 60 for x in range(20) for y in range(20))
        assert drawn >= 8, file.name


def test_that_every_icon_that_is_asked_for_exists() -> None:
    known = {file.stem for file in (resources() / "icons").glob("*.svg")}
    pattern = re.compile(r"(?:icon=|set_icon\([^,]+, |icon_button\(\s*|Mark\(|Card\(|Entry\()\"([a-z-]+)\"")
    used = {name for path in UI.rglob("*.py") for name in pattern.findall(path.read_text())}
    assert used
    assert used <= known
