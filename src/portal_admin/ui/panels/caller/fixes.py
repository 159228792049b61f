"""The ways out of a Why? that need a side panel of their own: map the label, make the user active, read from ASPIRE."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import Any, Protocol

from PySide6.QtCore import QCoreApplication, QObject

from portal_admin.domain.lifecycle import ACTIONS, Action
from portal_admin.domain.people import EndUser, Site
from portal_admin.domain.verdict import Verdict
from portal_admin.services import sites
from portal_admin.services.access_overview import Overview
from portal_admin.services.sites import KnownLabels
from portal_admin.services.sync.contract import SyncedContract, sync_contract
from portal_admin.ui.page import Page
from portal_admin.ui.panels.access.words import contracts
from portal_admin.ui.panels.caller.fix_panel import Fix, FixPanel
from portal_admin.ui.panels.caller.why import MAP, SYNC, CallerWhy
from portal_admin.ui.panels.labels.map_panel import MapPanel
from portal_admin.ui.panels.labels.saved import tell_saved
from portal_admin.ui.panels.person.user_actions import ICONS, PERMISSIONS, UserActions
from portal_admin.ui.widgets.side_panel import SidePanel


class SidePanels(Protocol):
    """What the caller's page does with its side panels: it takes one in, and shows one alone."""

    @property
    def overview(self) -> Overview | None:
        """What was read of the caller last."""

    @property
    def actions(self) -> UserActions:
        """What carries out the actions of rule C, with their undo."""

    def adopt(self, panel: Any) -> Any:
        """Put a panel beside the page and mind it; returns the panel."""

    def only(self, wanted: SidePanel | None) -> None:
        """Close every other panel."""

    def open_link(self, account_id: str = "") -> None:
        """Open the form that links an account."""

    def open_unlink(self, account_id: str) -> None:
        """Open the preview of unlinking an account."""


class CallerFixes(QObject):
    """Serves the Why? of one caller; every fix is told before it is made, and read again afterwards."""

    def __init__(self, page: Page, panels: SidePanels, why: CallerWhy, changed: Callable[[], None]) -> None:
        super().__init__(page)
        self._page, self._panels, self._why, self._changed = page, panels, why, changed
        why.link_wanted.connect(panels.open_link)
        why.unlink_wanted.connect(panels.open_unlink)
        why.label_wanted.connect(self.map_label)
        why.status_wanted.connect(self.make_active)
        why.sync_wanted.connect(self.read_now)

    # The panels are made when they are first wanted, so that a caller is quickly there.

    @cached_property
    def map_panel(self) -> MapPanel:
        """The form that maps labels to the caller's site."""
        made = MapPanel(self._page)
        made.saved.connect(lambda before, change: tell_saved(self._page, before, change, self._read_again))
        self._panels.adopt(made)
        return made

    @cached_property
    def fix_panel(self) -> FixPanel:
        """Tells what a fix will do."""
        made = FixPanel(self._page.rights)
        self._panels.adopt(made)
        return made

    def map_label(self, key: str, label: str) -> None:
        """Open the labels of a site with this one ticked, and who gains and loses what by it."""
        if not self._page.may(MAP):
            return
        desk = self._page.desk

        def show(found: tuple[tuple[Site, ...], KnownLabels]) -> None:
            site = next(one for one in found[0] if one.key == key)
            self._panels.only(self.map_panel)
            self.map_panel.start(site, found[1].labels, label=label, ticked=True)

        self._page.run(lambda: (sites.list_sites(desk), sites.known_labels(desk)), show, replaces="labels")

    def make_active(self, action: Action) -> None:
        """Tell what an action of rule C would do, before it is done."""
        user, rule, overview = self._why.user, ACTIONS[action], self._panels.overview
        if user is None or not self._page.may(PERMISSIONS[action]):
            return
        self._show(
            Fix(
                title=rule.label,
                subject=_tr("{name}, {email}, on site {site}").format(
                    name=user.name, email=user.email, site=user.site
                ),
                sentence=rule.effect,
                # The contracts may be what could not be read.
                lines=(_sees(overview, action),) if overview is not None else (),
                note=_undo_words(action),
                button=rule.label,
                permission=PERMISSIONS[action],
                act=lambda: self._act(action, user),
                icon=ICONS[action],
            )
        )

    def read_now(self, verdict: Verdict) -> None:
        """Tell what differs, and what reading it from ASPIRE now changes."""
        if not self._page.may(SYNC):
            return
        contract_id = self._why.asked
        synced = verdict.check("synced")
        self._show(
            Fix(
                title=_tr("Read from ASPIRE now"),
                subject=_tr("Contract {id}").format(id=contract_id),
                sentence=synced.sentence,
                lines=tuple(
                    _difference(name, both) for name, both in synced.evidence.get("differs", {}).items()
                ),
                note=_tr(
                    "Reads the contract's customer with all its contacts and contracts into the portal's copy. Every "
                    "end user who is linked to it sees the difference at once."
                ),
                button=_tr("Read now"),
                permission=SYNC,
                act=lambda: self._read(contract_id),
                icon="refresh",
            )
        )

    def _show(self, fix: Fix) -> None:
        self._panels.only(self.fix_panel)
        self.fix_panel.show_fix(fix)

    def _act(self, action: Action, user: EndUser) -> None:
        self._panels.actions.act(action, user)

    def _read(self, contract_id: str) -> None:
        desk = self._page.desk

        def done(found: SyncedContract) -> None:
            said = _tr("Contract {id} was read from ASPIRE with all of account {accounts}.")
            told = said.format(id=found.contract_id, accounts=", ".join(found.accounts))
            self._page.messages.success(told)
            self._read_again()

        self._page.run(lambda: sync_contract(desk, contract_id=contract_id), done)

    def _read_again(self) -> None:
        self._changed()


def _sees(overview: Overview, action: Action) -> str:
    count = contracts(len(overview.contracts.lines))
    if action is Action.REACTIVATE:
        return _tr("They see {contracts} again at once.").format(contracts=count)
    return _tr("They see {contracts} once they have followed the link.").format(contracts=count)


def _undo_words(action: Action) -> str:
    if action is Action.RESEND:
        return _tr("You can undo this as long as the mail waits to be sent.")
    return _tr("You can undo this right afterwards.")


def _difference(name: str, both: dict[str, object]) -> str:
    """`private label: NORTHWIND → EASTERN`, from the portal's copy to ASPIRE."""
    shown = name.replace("_", " ")
    return f"{shown}: {_value(both['portal'])} → {_value(both['aspire'])}"


def _value(value: object) -> str:
    if isinstance(value, bool):
        return _tr("yes") if value else _tr("no")
    if isinstance(value, list):
        return ", ".join(role for _oid, role in value) or "—"
    return str(value) if value else "—"


def _tr(text: str) -> str:
    return QCoreApplication.translate("CallerFixes", text)
