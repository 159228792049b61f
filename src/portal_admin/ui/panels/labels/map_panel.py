"""The side panel that maps private labels to a site, with who gains and loses what before it is saved."""

from __future__ import annotations

from PySide6.QtCore import Signal

from portal_admin.domain.people import Site
from portal_admin.errors import Conflict, DeskError
from portal_admin.services import sites
from portal_admin.services.sites import KnownLabel
from portal_admin.ui import background
from portal_admin.ui.page import Page
from portal_admin.ui.panels.labels.change_view import ChangeView, ToldChange, tell
from portal_admin.ui.panels.labels.label_choice import LabelChoice, Mapping, mapping_words
from portal_admin.ui.widgets.conflict_view import ConflictLine, ConflictView
from portal_admin.ui.widgets.side_panel import SidePanel
from portal_admin.ui.widgets.text import PlainLabel

PAUSE = 150
SAVE = "set_labels"


class MapPanel(SidePanel):
    """`saved` carries the site as it was and the ToldChange; a draft is kept for each site until it is saved."""

    saved = Signal(object, object)

    def __init__(self, page: Page) -> None:
        super().__init__(self.tr("Map labels"), parent=page)
        self._page = page
        self.site: Site | None = None
        self._known: tuple[KnownLabel, ...] = ()
        self._drafts: dict[str, tuple[Site, Mapping]] = {}
        self.purpose = PlainLabel(
            self.tr("The site shows the booked contracts of the labels that are ticked."),
            kind="secondary",
            wrap=True,
        )
        self.kept = PlainLabel(self.tr("Your unsaved choice from before is still here."), kind="secondary")
        self._met: Site | None = None
        self.conflict = ConflictView(
            self.tr(
                "Somebody else changed these labels meanwhile. Nothing of yours was saved, and your choice is kept."
            ),
            self.tr("Save again to put yours in place of theirs."),
        )
        self.conflict.taken.connect(self._take_theirs)
        self.choice = LabelChoice()
        self.change = ChangeView()
        heading = PlainLabel(self.tr("Who gains and loses what"), kind="strong")
        for widget in (self.conflict, self.purpose, self.kept, self.choice, heading, self.change):
            self.body.addWidget(widget)
        self.discard_button = self.add_button(self.tr("Discard changes"), self.discard)
        self.save_button = self.add_button(self.tr("Save labels"), self.save, kind="primary")
        self.choice.changed.connect(self._changed)

    def start(
        self, site: Site, known: tuple[KnownLabel, ...], *, label: str | None = None, ticked: bool = False
    ) -> None:
        """Open the form on a site, with the keyboard on a label when one is named, and that label `ticked` if wanted."""
        if self.site is None or self.site.key != site.key:
            self.messages.clear()
            self.conflict.clear()
        draft = self._drafts.get(site.key)
        # A draft goes with the site it was made on: Save must meet what others saved since.
        self.site, mapping = draft or (site, _mapping(site))
        self._known = known
        self.choice.show_labels(known, mapping, own=site.key)
        self.kept.setVisible(draft is not None)
        self.open_panel(
            self.tr("Map labels of {name}").format(name=site.name),
            focus=next(iter(self.choice.boxes.values())),
        )
        if label is not None:
            self.choice.focus_label(label)
            if ticked:
                self.choice.tick(label)
        self._preview()

    def discard(self) -> None:
        """Forget what was ticked."""
        if self.site is not None:
            self._drafts.pop(self.site.key, None)
        self.messages.clear()
        self.conflict.clear()
        self.close_panel()

    def _changed(self) -> None:
        if self.site is None:
            return
        self._remember()
        if not self.conflict.isHidden():
            self.conflict.update_lines(self._conflict_lines())
        self._preview()

    def _remember(self) -> None:
        if self.site is not None and self._differs():
            self._drafts[self.site.key] = self.site, self.choice.mapping
        elif self.site is not None:
            self._drafts.pop(self.site.key, None)

    def _differs(self) -> bool:
        return self.site is not None and self.choice.mapping.keys != _mapping(self.site).keys

    def _preview(self) -> None:
        # Nothing is saved that was not previewed.
        self.save_button.setEnabled(False)
        self.discard_button.setEnabled(self._differs())
        if not self._differs():
            self.change.say(self.tr("Nothing is changed yet."))
            background.forget(self)
            return
        self.change.say(self.tr("Working out who gains and loses what…"))
        background.later(self, PAUSE, self._ask, replaces="preview")

    def _ask(self) -> None:
        if self.site is None:
            return
        desk, key, mapping = self._page.desk, self.site.key, self.choice.mapping

        def done(change: ToldChange) -> None:
            self.change.show_change(change, desk.clock())
            self.save_button.setEnabled(True)

        def failed(error: DeskError) -> None:
            self.change.show_failed(error)
            self.messages.error(error, retry=self._preview)

        background.run(
            self,
            lambda: tell(
                sites.preview_labels(desk, key=key, labels=mapping.labels, unlabelled=mapping.unlabelled)
            ),
            done,
            failed,
            replaces="preview",
        )

    def save(self) -> None:
        """Replace the whole set."""
        site = self.site
        if site is None or not self.save_button.isEnabled():
            return
        desk, mapping = self._page.desk, self.choice.mapping
        self.messages.clear()
        self._busy(True)
        # The page owns the work: an answer must be told even when the panel was closed meanwhile.
        self._page.run(
            lambda: tell(
                sites.set_labels(
                    desk,
                    key=site.key,
                    labels=mapping.labels,
                    unlabelled=mapping.unlabelled,
                    version=site.version,
                )
            ),
            lambda change: self._saved(site, change),
            lambda error: self._failed(site, error),
            replaces=SAVE,
        )

    def _busy(self, busy: bool) -> None:
        for widget in (self.choice, self.discard_button, self.save_button):
            widget.setEnabled(not busy)

    def _saved(self, before: Site, change: ToldChange) -> None:
        self._busy(False)
        self._drafts.pop(before.key, None)
        if self.site is not None and self.site.key == before.key:
            self.conflict.clear()
            self.close_panel()
        self.saved.emit(before, change)

    def _failed(self, site: Site, error: DeskError) -> None:
        self._busy(False)
        if isinstance(error, Conflict):
            self._look_at_theirs(site)
            if self.isHidden():
                self._page.messages.error(error, retry=lambda: self.start(site, self._known))
        elif self.isHidden():
            self._page.messages.error(error, retry=lambda: self.start(site, self._known))
        else:
            self.messages.error(error, retry=self.save)

    def _look_at_theirs(self, mine: Site) -> None:
        desk = self._page.desk

        def done(found: tuple[Site, ...]) -> None:
            theirs = next((site for site in found if site.key == mine.key), None)
            if theirs is None or self.site is None or self.site.key != mine.key:
                return
            self.site = theirs
            self._remember()
            self._met = mine
            self.conflict.show_conflict(self._conflict_lines())
            self._preview()

        self._page.run(lambda: sites.list_sites(desk), done, self.messages.error)

    def _conflict_lines(self) -> list[ConflictLine]:
        if self._met is None or self.site is None:
            return []
        was, theirs, yours = (
            mapping_words(one.labels, unlabelled=one.unlabelled)
            for one in (self._met, self.site, self.choice.mapping)
        )
        return [ConflictLine(self.tr("Labels"), was, theirs, yours)]

    def _take_theirs(self) -> None:
        if self.site is not None:
            self.conflict.clear()
            self._drafts.pop(self.site.key, None)
            self.start(self.site, self._known)


def _mapping(site: Site) -> Mapping:
    return Mapping(site.labels, site.unlabelled)
