"""The Sites screen: create a site, map private labels to it, give its mails their brand, and note its policy."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from portal_admin.domain.brand import Brand
from portal_admin.domain.people import Site
from portal_admin.domain.site_policy import SitePolicy
from portal_admin.errors import DeskError
from portal_admin.services import brand as brands
from portal_admin.services import site_policy, sites
from portal_admin.services.change import permission_of
from portal_admin.services.sites import KnownLabels
from portal_admin.ui.navigation import Target
from portal_admin.ui.override import override
from portal_admin.ui.page import Page, PageContext
from portal_admin.ui.panels.labels.change_view import ToldChange
from portal_admin.ui.panels.labels.map_panel import MapPanel
from portal_admin.ui.panels.labels.saved import tell_saved
from portal_admin.ui.sites.brand_panel import BrandPanel
from portal_admin.ui.sites.create_panel import CreatePanel
from portal_admin.ui.sites.mail_preview import MailPreview
from portal_admin.ui.sites.policy_panel import PolicyPanel
from portal_admin.ui.sites.site_rows import (
    label_columns,
    label_sections,
    policy_line,
    site_columns,
    site_row,
)
from portal_admin.ui.tables.list_table import ListTable
from portal_admin.ui.theme import Space
from portal_admin.ui.widgets.ages import AgeLabel
from portal_admin.ui.widgets.buttons import button
from portal_admin.ui.widgets.side_panel import SidePanel
from portal_admin.ui.widgets.text import ElidedLabel, set_tooltip

CREATE, MAP = permission_of(sites.create_site), permission_of(sites.set_labels)
BRAND, POLICY = permission_of(brands.set_brand), permission_of(site_policy.set_policy)


@dataclass(frozen=True, slots=True)
class _Read:
    sites: tuple[Site, ...]
    labels: KnownLabels
    brands: dict[str, Brand]
    policies: dict[str, SitePolicy]


class SitesPage(Page):
    """Sites above, the labels of ASPIRE's contracts below, a side panel for creating, mapping and branding."""

    def __init__(self, context: PageContext) -> None:
        super().__init__(context)
        self._read_last: _Read | None = None
        self._wanted: str | None = None
        self.new_button = self.header.set_primary(self.tr("New site"), self.new_site, icon="plus")
        set_tooltip(self.new_button, self.tr("New site (Ctrl+N)"))
        self.rights.guard(self.new_button, CREATE)
        self.map_button = self.header.add_action(self.tr("Map labels…"), self.map_labels)
        self.rights.guard(self.map_button, MAP)
        self.brand_button = self.header.add_action(self.tr("Brand…"), self.brand)
        self.rights.guard(self.brand_button, BRAND)
        self.policy_words = ElidedLabel(kind="secondary")
        self.policy_button = button(self.tr("Policy…"), self.set_policy, kind="link")
        self.rights.guard(self.policy_button, POLICY)
        # Three buttons must fit beside an open panel in the smallest window.
        self.header.actions_row.setSpacing(Space.XS)
        self.sites = ListTable(site_columns(), name=self.tr("Sites"), memory="sites", always=3)
        self.labels = ListTable(label_columns(), name=self.tr("Private labels"), memory="private_labels")
        self.age = AgeLabel()
        self._below = QWidget()
        self._lay_out()
        self._connect()
        self._selected(None)
        self.sites.view.setFocus()

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.addWidget(ElidedLabel(self.tr("Private labels of ASPIRE's booked contracts"), kind="section"), 1)
        head.addWidget(self.age)
        column = QVBoxLayout(self._below)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(Space.M)
        column.addLayout(head)
        column.addWidget(_framed(self.labels), 1)
        policy = QHBoxLayout()
        policy.addWidget(self.policy_words, 1)
        policy.addWidget(self.policy_button)
        self.body.addWidget(_framed(self.sites), 2)
        self.body.addLayout(policy)
        self.body.addWidget(self._below, 3)

    def _connect(self) -> None:
        shortcut = QShortcut(QKeySequence("Ctrl+N"), self)
        shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        shortcut.activated.connect(self.new_site)
        self.sites.current_changed.connect(self._selected)
        self.sites.opened.connect(lambda _key: self.map_labels())
        self.labels.opened.connect(self._map_label)

    # The panels are made when they are first wanted, so that the page is quickly there.

    @cached_property
    def create_panel(self) -> CreatePanel:
        """The form for a new site."""
        made = CreatePanel(self)
        made.created.connect(self._created)
        self.add_side_panel(made)
        return made

    @cached_property
    def map_panel(self) -> MapPanel:
        """The form that maps labels to the selected site."""
        made = MapPanel(self)
        made.saved.connect(self._saved)
        self.add_side_panel(made)
        return made

    @cached_property
    def brand_panel(self) -> BrandPanel:
        """The form that gives the selected site its brand."""
        # Where the labels are otherwise, so that it can be seen while the form is filled in.
        mail = MailPreview()
        mail.hide()
        self.body.addWidget(mail, 6)
        made = BrandPanel(self, mail)
        made.saved.connect(self._branded)
        made.closed.connect(lambda: self._show_below(self._below, mail))
        self.add_side_panel(made)
        return made

    @cached_property
    def policy_panel(self) -> PolicyPanel:
        """The form that notes what the vendor switched for the selected site."""
        made = PolicyPanel(self)
        made.saved.connect(self._policy_saved)
        self.add_side_panel(made)
        return made

    @override
    def open(self, target: Target) -> None:
        self._wanted = target.site
        self.refresh()

    @override
    def refresh(self) -> None:
        desk = self.desk
        self.sites.state.loading()
        self.labels.state.loading()
        self.run(
            lambda: _Read(
                sites.list_sites(desk),
                sites.known_labels(desk),
                brands.brands(desk),
                site_policy.policies(desk),
            ),
            self._show,
            self._failed,
            replaces="read",
        )

    def new_site(self) -> None:
        """Open the form for a new site."""
        if not self.may(CREATE):
            return
        self._close_others(self.create_panel)
        self.create_panel.start(self._read_last.labels.labels if self._read_last else ())

    def map_labels(self, *, label: str | None = None) -> None:
        """Open the form that maps labels to the selected site."""
        site = self._current()
        if site is None or self._read_last is None or not self.may(MAP):
            return
        self._close_others(self.map_panel)
        self.map_panel.start(site, self._read_last.labels.labels, label=label)

    def brand(self) -> None:
        """Open the form that gives the selected site its brand."""
        site = self._current()
        if site is None or self._read_last is None or not self.may(BRAND):
            return
        self._close_others(self.brand_panel)
        self._show_below(self.brand_panel.preview, self._below)
        self.brand_panel.start(site, self._read_last.brands.get(site.key))

    def set_policy(self) -> None:
        """Open the form that notes what the vendor switched for the selected site."""
        site = self._current()
        if site is None or self._read_last is None or not self.may(POLICY):
            return
        self._close_others(self.policy_panel)
        self.policy_panel.start(site, self._read_last.policies.get(site.key, SitePolicy()))

    def _show_below(self, wanted: QWidget, instead_of: QWidget) -> None:
        instead_of.hide()
        wanted.show()

    def _close_others(self, wanted: SidePanel) -> None:
        for panel in self.findChildren(SidePanel):
            if panel is not wanted:
                panel.close_panel()

    def _map_label(self, label: object) -> None:
        only = self._read_last.sites if self._read_last else ()
        if self._current() is None and len(only) == 1:
            self.sites.select(only[0].key)
        if self._current() is None:
            self.messages.info(self.tr("Select the site that shall take the label first."))
            self.sites.view.setFocus()
            return
        self.map_labels(label=str(label))

    def _current(self) -> Site | None:
        found = self._read_last.sites if self._read_last else ()
        return next((site for site in found if site.key == self.sites.current_key), None)

    def _selected(self, _key: object) -> None:
        self.map_button.setEnabled(self._current() is not None)
        self.brand_button.setEnabled(self._current() is not None)
        self.policy_button.setEnabled(self._current() is not None)
        current, policies = self._current(), self._read_last.policies if self._read_last else {}
        self.policy_words.setText(policy_line(policies.get(current.key, SitePolicy())) if current else "")
        words = self.tr("Decide which contracts the selected site shows (Enter)")
        set_tooltip(self.map_button, words if self._current() else self.tr("Select a site first."))
        words = self.tr("Note whether payments and MFA are switched on, and which bank accounts may pay")
        set_tooltip(self.policy_button, words if self._current() else self.tr("Select a site first."))
        words = self.tr("Say who the mails of the selected site come from, and where they lead")
        set_tooltip(self.brand_button, words if self._current() else self.tr("Select a site first."))

    def _show(self, read: _Read) -> None:
        self._read_last = read
        if read.sites:
            self.sites.set_rows(
                site_row(site, read.brands.get(site.key), read.policies.get(site.key)) for site in read.sites
            )
        else:
            self.sites.state.nothing(
                self.tr("No site yet. A site is one branded portal; end users belong to it."),
                action=self.tr("New site"),
                pressed=self.new_site,
                icon="sites",
            )
        if read.labels.labels:
            self.labels.set_sections(label_sections(read.labels))
        else:
            self.labels.state.nothing(
                self.tr("No booked contract in the portal's copy of ASPIRE yet. Labels appear after a sync.")
            )
        fresh = read.labels.freshness
        self.age.set(fresh.as_of, now=self.desk.clock(), stale=fresh.stale)
        self._select_wanted()
        self._selected(None)

    def _select_wanted(self) -> None:
        wanted, self._wanted = self._wanted, None
        if wanted is None or self._read_last is None:
            return
        keys = {site.key.casefold(): site.key for site in self._read_last.sites}
        key = keys.get(wanted.casefold())
        if key is None:
            self.messages.warning(self.tr("There is no site {key}.").format(key=wanted))
        else:
            self.sites.select(key)

    def _failed(self, error: DeskError) -> None:
        for table in (self.sites, self.labels):
            table.state.failed(error, self.refresh, at=self.desk.clock())

    def _created(self, site: Site) -> None:
        self.messages.success(
            self.tr("Site {name} ({key}) was created. End users can be added to it now.").format(
                name=site.name, key=site.key
            )
        )
        self._wanted = site.key
        self.refresh()

    def _saved(self, before: Site, change: ToldChange) -> None:
        def again() -> None:
            self._wanted = before.key
            self.refresh()

        tell_saved(self, before, change, again)

    def _policy_saved(self, site: Site, before: SitePolicy, after: SitePolicy) -> None:
        words = self.tr("The policy of {key} was saved.")
        self.messages.success(words.format(key=site.key), undo=lambda: self._undo_policy(site, before, after))
        self._wanted = site.key
        self.refresh()

    def _undo_policy(self, site: Site, before: SitePolicy, after: SitePolicy) -> None:
        desk = self.desk

        def done(_policy: SitePolicy) -> None:
            self.messages.success(self.tr("Undone. The policy of {key} is as it was.").format(key=site.key))
            self._wanted = site.key
            self.refresh()

        self.run(
            lambda: site_policy.set_policy(
                desk,
                site=site.key,
                payments_enabled=before.payments_enabled,
                bank_accounts=before.bank_accounts,
                mfa_required=before.mfa_required,
                version=after.version,
            ),
            done,
        )

    def _branded(self, site: Site, before: Brand | None, after: Brand) -> None:
        words = self.tr("The brand of {key} was saved. Its mails come from {address}.")
        undo = None if before is None else lambda: self._undo_brand(site, before, after)
        self.messages.success(words.format(key=site.key, address=after.sender_address), undo=undo)
        self._wanted = site.key
        self.refresh()

    def _undo_brand(self, site: Site, before: Brand, after: Brand) -> None:
        desk = self.desk

        def done(_brand: Brand) -> None:
            self.messages.success(self.tr("Undone. The brand of {key} is as it was.").format(key=site.key))
            self._wanted = site.key
            self.refresh()

        self.run(lambda: brands.set_brand(desk, site=site.key, brand=before, version=after.version), done)


def _framed(table: ListTable) -> QFrame:
    frame = QFrame()
    frame.setProperty("kind", "panel")
    inside = QVBoxLayout(frame)
    inside.setContentsMargins(1, 1, 1, 1)
    inside.addWidget(table)
    return frame
