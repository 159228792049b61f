"""The side panel that gives a site's mails their sender, links and looks, with the mail as it will arrive."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import Signal

from portal_admin.domain.brand import Brand
from portal_admin.domain.people import Site
from portal_admin.errors import Conflict, DeskError, InvalidInput
from portal_admin.services import brand as brands
from portal_admin.ui import background
from portal_admin.ui.page import Page
from portal_admin.ui.sites.brand_form import BrandForm
from portal_admin.ui.sites.mail_preview import Drawn, MailPreview, draw
from portal_admin.ui.widgets.conflict_view import ConflictLine, ConflictView
from portal_admin.ui.widgets.side_panel import SidePanel
from portal_admin.ui.widgets.text import PlainLabel

PAUSE = 150
SAVE = "set_brand"


class BrandPanel(SidePanel):
    """`saved` carries the site, its brand before (None for none) and after; a draft is kept for each site.

    `preview` shows the mail beside the panel, as it is typed.
    """

    saved = Signal(object, object, object)

    def __init__(self, page: Page, preview: MailPreview) -> None:
        super().__init__(self.tr("Brand"), parent=page)
        self._page = page
        self.site: Site | None = None
        self._stored: Brand | None = None
        self._drafts: dict[str, tuple[Brand | None, Brand]] = {}
        self.kept = PlainLabel(self.tr("What you typed before is still here."), kind="secondary")
        self._met: Brand | None = None
        self.conflict = ConflictView(
            self.tr(
                "Somebody else changed this brand meanwhile. Nothing of yours was saved, and what you typed is kept."
            ),
            self.tr("Save again to put yours in place of theirs."),
        )
        self.conflict.taken.connect(self._take_theirs)
        self.form = BrandForm()
        self.preview = preview
        self.body.addWidget(self.conflict)
        self.body.addWidget(self.kept)
        self.body.addWidget(self.form)
        self.discard_button = self.add_button(self.tr("Discard changes"), self.discard)
        self.save_button = self.add_button(self.tr("Save brand"), self.save, kind="primary")
        self.form.changed.connect(self._changed)
        self.form.submitted.connect(self.save)
        self.form.logo.chosen.connect(self._read_logo)
        self.preview.kind.currentIndexChanged.connect(self._preview)

    def start(self, site: Site, stored: Brand | None) -> None:
        """Open the form on a site, with what was typed before."""
        if self.site is None or self.site.key != site.key:
            self.messages.clear()
            self.conflict.clear()
        draft = self._drafts.get(site.key)
        # A draft goes with the brand it was made on: Save must meet what others saved since.
        before, shown = draft or (stored, stored or _first(site))
        self.site, self._stored = site, before
        self.form.fill(shown)
        self._follow()
        self.kept.setVisible(draft is not None)
        self.open_panel(self.tr("Brand of {name}").format(name=site.name), focus=self.form.sender_name)
        self._preview()

    def discard(self) -> None:
        """Forget what was typed."""
        if self.site is not None:
            self._drafts.pop(self.site.key, None)
        self.messages.clear()
        self.conflict.clear()
        self.close_panel()

    def save(self) -> None:
        """Keep the brand; a field that cannot be used says so."""
        site, stored, typed = self.site, self._stored, self.form.typed
        if site is None or not self.save_button.isEnabled():
            return
        self.messages.clear()
        self.form.clear_errors()
        desk = self._page.desk
        self._busy(True)
        # The page owns the work: an answer must be told even when the panel was closed meanwhile.
        self._page.run(
            lambda: brands.set_brand(
                desk, site=site.key, brand=typed, version=stored.version if stored else 0
            ),
            lambda after: self._saved(site, stored, after),
            lambda error: self._failed(site, error),
            replaces=SAVE,
        )

    def _changed(self) -> None:
        if self.site is None:
            return
        if self._differs():
            self._drafts[self.site.key] = self._stored, self.form.typed
        else:
            self._drafts.pop(self.site.key, None)
        if not self.conflict.isHidden():
            self.conflict.update_lines(self._conflict_lines())
        self._follow()
        self._preview()

    def _follow(self) -> None:
        self.discard_button.setEnabled(self._differs())

    def _differs(self) -> bool:
        return self.site is not None and _contents(self.form.typed) != _contents(
            self._stored or _first(self.site)
        )

    def _preview(self) -> None:
        background.later(self, PAUSE, self._draw, replaces="preview")

    def _draw(self) -> None:
        typed, kind = self.form.typed, self.preview.shown_kind

        def done(drawn: Drawn) -> None:
            self.preview.show_mail(drawn)

        background.run(self, lambda: draw(typed, kind), done, self.messages.error, replaces="preview")

    def _read_logo(self, path: str) -> None:
        def failed(error: DeskError) -> None:
            if not (isinstance(error, InvalidInput) and self.form.show_error(error)):
                self.messages.error(error)

        def done(content: bytes) -> None:
            self.form.fields["logo"].set_error("")
            self.form.logo.show_logo(content)

        background.run(self, lambda: brands.read_logo(path), done, failed, replaces="logo")

    def _busy(self, busy: bool) -> None:
        for widget in (self.form, self.discard_button, self.save_button):
            widget.setEnabled(not busy)
        if not busy:
            self._follow()

    def _saved(self, site: Site, before: Brand | None, after: Brand) -> None:
        self._busy(False)
        self._drafts.pop(site.key, None)
        if self.site is not None and self.site.key == site.key:
            self.conflict.clear()
            self.close_panel()
        self.saved.emit(site, before, after)

    def _failed(self, site: Site, error: DeskError) -> None:
        self._busy(False)
        if isinstance(error, Conflict):
            self._look_at_theirs(site)
            if self.isHidden():
                self._page.messages.error(error, retry=lambda: self.start(site, self._stored))
        elif isinstance(error, InvalidInput) and self.isVisible() and self.form.show_error(error):
            return
        elif self.isHidden():
            self._page.messages.error(error, retry=lambda: self.start(site, self._stored))
        else:
            self.messages.error(error, retry=self.save)

    def _look_at_theirs(self, site: Site) -> None:
        desk = self._page.desk

        def done(theirs: Brand | None) -> None:
            if self.site is None or self.site.key != site.key:
                return
            was, self._stored = self._stored, theirs
            self._drafts[site.key] = theirs, self.form.typed
            self._met = was
            self.conflict.show_conflict(self._conflict_lines())
            self._follow()

        self._page.run(lambda: brands.show_brand(desk, site=site.key), done, self.messages.error)

    def _conflict_lines(self) -> list[ConflictLine]:
        names = [field.label.text().replace("&", "") for field in self.form.fields.values()]
        theirs = _shown(self._stored)
        texts = zip(self.form.edits, theirs[:-1], strict=True)
        takes: list[Callable[[], object] | None] = [partial(edit.setText, value) for edit, value in texts]
        takes.append(None)  # a picture is taken with everything or not at all
        columns = zip(names, _shown(self._met), theirs, _shown(self.form.typed), takes, strict=True)
        return [ConflictLine(*column) for column in columns]

    def _take_theirs(self) -> None:
        if self.site is not None:
            self.conflict.clear()
            self._drafts.pop(self.site.key, None)
            self.start(self.site, self._stored)


def _first(site: Site) -> Brand:
    """What the form begins with on a site without a brand."""
    return Brand(site.name, "", "", "")


def _contents(brand: Brand) -> tuple[object, ...]:
    """What the form shows of a brand."""
    return (*(getattr(brand, name) or "" for name in brands.TEXTS), brand.logo)


def _shown(brand: Brand | None) -> tuple[str, ...]:
    """The values of a brand for people, the logo by its size."""
    if brand is None:
        return ("",) * (len(brands.TEXTS) + 1)
    logo = f"{len(brand.logo):,} bytes" if brand.logo else ""
    return (*(getattr(brand, name) or "" for name in brands.TEXTS), logo)
