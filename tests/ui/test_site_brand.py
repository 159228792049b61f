"""Giving a site's mails their brand, with the mail in view while it is typed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QBuffer, QIODevice, Qt
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QFileDialog, QWidget
from sqlalchemy import Engine

from portal_admin.domain.brand import Brand
from portal_admin.services import brand as brands
from portal_admin.services.desk import Desk
from portal_admin.ui import background
from portal_admin.ui.navigation import Target
from portal_admin.ui.sites.brand_panel import BrandPanel
from portal_admin.ui.sites.page import SitesPage
from tests.ui.acting import press, said
from tests.ui.portal_filling import fill_portal

Settle = Callable[[], None]
Open = Callable[..., SitesPage]
NORTHWIND = Brand(
    "Northwind Leasing",
    "portal@northwind.example",
    "help@northwind.example",
    "https://my.northwind.example",
    "#0F5C4C",
)


def picture() -> bytes:
    """A wide logo."""
    image = QImage(320, 96, QImage.Format.Format_RGB32)
    image.fill(QColor("#0F5C4C"))
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "PNG")
    return bytes(buffer.data().data())


@pytest.fixture
def branding(engine: Engine, offline_desk: Desk, page: Callable[..., Any], settle: Settle) -> Open:
    """Open the screen with the brand panel of site NW."""

    def build() -> SitesPage:
        if not brands.brands(offline_desk):
            fill_portal(engine)
        made: SitesPage = page(SitesPage, offline_desk)
        made.open(Target("sites", site="NW"))
        settle()
        made.brand_button.click()
        settle()
        return made

    return build


def fill(panel: BrandPanel, brand: Brand) -> None:
    for edit, text in zip(
        panel.form.edits,
        (brand.sender_name, brand.sender_address, brand.support_email, brand.link_base, brand.color or ""),
        strict=True,
    ):
        edit.setText(text)


def test_that_a_brand_is_typed_seen_in_the_mail_and_saved(
    branding: Open, offline_desk: Desk, qtbot: Any, settle: Settle
) -> None:
    page = branding()
    panel = page.brand_panel
    assert panel.title.text() == "Brand of Northwind Leasing"
    assert panel.form.sender_name.text() == "Northwind Leasing"
    assert panel.preview.from_line.text() == "Northwind Leasing <…>"
    fill(panel, NORTHWIND)
    settle()
    assert panel.preview.from_line.text() == "Northwind Leasing <portal@northwind.example>"
    assert panel.preview.subject.text() == "Finish your registration with Northwind Leasing"
    assert "https://my.northwind.example/register?mail=" in panel.preview.mail.toPlainText()
    panel.preview.kind.setCurrentIndex(1)
    settle()
    assert "reset your password" in panel.preview.mail.toPlainText()
    qtbot.keyClick(panel.form.color, Qt.Key.Key_Return)
    settle()
    assert brands.brands(offline_desk) == {"NW": replace(NORTHWIND, version=1)}
    assert panel.isHidden()
    assert page.messages.text == "The brand of NW was saved. Its mails come from portal@northwind.example."


def test_that_fields_that_cannot_be_used_say_so_and_keep_what_was_typed(
    branding: Open, settle: Settle
) -> None:
    panel = branding().brand_panel
    for changes, words in (
        ({"sender_name": " "}, "Type the name"),
        ({"sender_address": "nobody"}, "not an email address"),
        ({"link_base": "http://my.northwind.example"}, "must begin with https://"),
        ({"color": "#FFEE00"}, "cannot be read well"),
    ):
        fill(panel, replace(NORTHWIND, **changes))
        panel.save_button.click()
        settle()
        (key,) = changes
        assert words in panel.form.fields[key].error
        assert (
            panel.form.sender_address.text()
            == {"sender_address": NORTHWIND.sender_address, **changes}["sender_address"]
        )


def test_that_markup_in_a_name_is_shown_as_text(branding: Open, settle: Settle) -> None:
    panel = branding().brand_panel
    fill(panel, replace(NORTHWIND, sender_name="<b>North</b><img src='file:///etc/passwd'>"))
    settle()
    assert "<b>North</b><img" in panel.preview.mail.toPlainText()
    assert "<b>North</b><img" in panel.preview.from_line.text()


def test_that_a_logo_is_chosen_shown_saved_and_removed(
    branding: Open, offline_desk: Desk, settle: Settle, tmp_path: Path
) -> None:
    page = branding()
    panel = page.brand_panel
    fill(panel, NORTHWIND)
    path = tmp_path / "logo.png"
    path.write_bytes(picture())
    panel.form.logo.choose_button.click()
    dialog = page.findChildren(QFileDialog)[-1]
    dialog.fileSelected.emit(str(path))
    dialog.close()
    settle()
    assert "1 KB" in panel.form.logo.words.text()
    assert "￼" in panel.preview.mail.toPlainText()  # a picture
    panel.save_button.click()
    settle()
    assert brands.brands(offline_desk)["NW"].logo == picture()
    page.brand_button.click()
    settle()
    panel.form.logo.remove_button.click()
    panel.save_button.click()
    settle()
    assert brands.brands(offline_desk)["NW"].logo is None
    press(page, "Undo")
    settle()
    assert brands.brands(offline_desk)["NW"].logo == picture()


@pytest.mark.parametrize("content", [b"GIF89a", None])
def test_that_a_file_that_is_no_logo_says_so(
    branding: Open, settle: Settle, tmp_path: Path, content: bytes | None
) -> None:
    panel = branding().brand_panel
    path = tmp_path / "logo.png"
    if content is not None:
        path.write_bytes(content)
    panel.form.logo.chosen.emit(str(path))
    settle()
    expected = "must be a PNG or JPEG" if content else "cannot be read"
    assert expected in panel.form.fields["logo"].error
    assert panel.form.logo.content is None


def test_that_what_was_typed_survives_closing_the_panel_until_it_is_discarded(
    branding: Open, settle: Settle
) -> None:
    page = branding()
    panel = page.brand_panel
    fill(panel, NORTHWIND)
    panel.close_panel()
    page.brand_button.click()
    settle()
    assert panel.form.support_email.text() == "help@northwind.example"
    assert "What you typed before is still here." in said(panel)
    press(panel, "Discard changes")
    page.brand_button.click()
    settle()
    assert panel.form.support_email.text() == ""


def test_that_a_brand_changed_meanwhile_is_shown_beside_mine_and_overwritten_only_when_asked(
    branding: Open, offline_desk: Desk, settle: Settle
) -> None:
    page = branding()
    panel = page.brand_panel
    fill(panel, NORTHWIND)
    theirs = replace(NORTHWIND, sender_name="Theirs")
    brands.set_brand(offline_desk, site="NW", brand=theirs)
    panel.save_button.click()
    settle()
    told = said(panel.conflict).split("\n")
    for words in ("Sender name", "Theirs", "Northwind Leasing"):
        assert words in told, words
    assert panel.form.sender_name.text() == "Northwind Leasing"
    assert brands.brands(offline_desk)["NW"].sender_name == "Theirs"
    panel.save_button.click()
    settle()
    assert brands.brands(offline_desk)["NW"].sender_name == "Northwind Leasing"


def test_that_everything_in_the_panel_has_a_name_and_a_place(
    branding: Open, unnamed: Callable[[QWidget], list[str]]
) -> None:
    page = branding()
    page.resize(900, 500)
    background.wait_idle()
    page.resize(832, 500)
    background.wait_idle()
    assert unnamed(page) == []
    assert page.width() == 832


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_that_the_preview_is_white_in_every_scheme(
    branding: Open, render: Callable[..., Path], settle: Settle, scheme: str
) -> None:
    page = branding()
    fill(page.brand_panel, NORTHWIND)
    page.brand_panel.form.logo.show_logo(picture())
    settle()
    page.brand_panel.preview.mail.setFocus()
    image = QImage(str(render(page, "brand", scheme)))
    assert QColor("#FFFFFF") == image.pixelColor(60, page.height() - 60)
