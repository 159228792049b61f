"""The parts of the caller's page by themselves, on a portal filled once."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtWidgets import QHBoxLayout

from portal_admin.domain.people import EndUser
from portal_admin.sandbox.portfolio import FilePortfolio
from portal_admin.services import people
from portal_admin.services.access_overview import Overview
from portal_admin.services.desk import Desk
from portal_admin.ui.page import Page, PageContext
from portal_admin.ui.panels.access.link_panel import LinkPanel
from portal_admin.ui.panels.access.link_saver import LinkSaver
from portal_admin.ui.panels.access.unlink_panel import UnlinkPanel
from portal_admin.ui.panels.caller.contracts import CallerContracts
from portal_admin.ui.panels.caller.facts import ContractFactsPanel
from portal_admin.ui.panels.caller.fixes import CallerFixes
from portal_admin.ui.panels.caller.why import CallerWhy
from portal_admin.ui.panels.person.user_actions import UserActions
from portal_admin.ui.widgets.side_panel import SidePanel
from tests.ui.account_access import world

Settle = Callable[[], None]


class Side:
    """The side panels as the caller's page minds them."""

    def __init__(self, bench: Bench) -> None:
        self._bench = bench
        self.all: list[SidePanel] = []
        self.actions = UserActions(bench)
        self.link: LinkPanel = self.adopt(LinkPanel(bench.desk))
        self.unlink: UnlinkPanel = self.adopt(UnlinkPanel(bench.desk))
        self.saver = LinkSaver(bench, self.link, self.unlink)
        self.actions.changed.connect(lambda _key: bench.refresh())
        self.link.confirmed.connect(lambda account, name: self.saver.link(bench.seen, account, name))
        self.unlink.confirmed.connect(lambda account: self.saver.unlink(bench.seen, account))

    @property
    def overview(self) -> Overview | None:
        return self._bench.contracts.overview

    def adopt(self, panel: Any) -> Any:
        self._bench.add_side_panel(panel)
        self.all.append(panel)
        return panel

    def only(self, wanted: SidePanel | None) -> None:
        for panel in self.all:
            if panel is not wanted:
                panel.close_panel()

    def open_link(self, account_id: str = "") -> None:
        assert self.overview is not None
        self.only(self.link)
        self.link.show_for(self.overview, account_id)

    def open_unlink(self, account_id: str) -> None:
        assert self.overview is not None
        self.only(self.unlink)
        self.unlink.show_for(self.overview, account_id)


class Bench(Page):
    """A page with the parts side by side and nothing else of the caller's page."""

    def __init__(self, context: PageContext) -> None:
        super().__init__(context)
        self.contracts = CallerContracts(self.desk)
        self.why = CallerWhy(self.desk, self.navigator, self.rights)
        self.facts = ContractFactsPanel(self.desk)
        self.side = Side(self)
        self.fixes = CallerFixes(self, self.side, self.why, self.refresh)
        row = QHBoxLayout()
        row.addWidget(self.contracts, 3)
        row.addWidget(self.why, 2)
        self.body.addLayout(row, 3)
        self.body.addWidget(self.facts, 1)
        self.contracts.selected.connect(self.why.pick)
        self.contracts.selected.connect(self.facts.show_contract)
        self.contracts.asked.connect(self.why.ask)
        self.contracts.read.connect(self._read)
        self.contracts.link_wanted.connect(self.side.open_link)

    @property
    def seen(self) -> EndUser:
        assert self.contracts.overview is not None
        return self.contracts.overview.contracts.user

    def show_caller(self, email: str, site: str = world.SITE) -> None:
        user = people.show_user(self.desk, site=site, email=email)
        self.contracts.show_caller(user)
        self.why.show_user(user)

    def refresh(self) -> None:
        self.contracts.refresh()
        self.facts.refresh()

    def _read(self, overview: Overview) -> None:
        self.side.link.show_overview(overview)
        self.side.unlink.show_overview(overview)
        self.why.show_user(overview.contracts.user)
        self.why.ask_again()


@pytest.fixture(scope="session")
def filled_file(migrated_file: Path, small: FilePortfolio, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A synced database with sites and users, filled once."""
    return world.filled_template(migrated_file, small, tmp_path_factory.mktemp("caller"))


@pytest.fixture
def database_url(filled_file: Path, tmp_path: Path) -> str:
    """A copy of it for each test; the desk works on it."""
    return f"sqlite:///{shutil.copy(filled_file, tmp_path / 'portal.db')}"


@pytest.fixture
def bench(page: Callable[..., Bench], desk: Desk) -> Bench:
    """The parts, with nobody in view."""
    return page(Bench, desk)


@pytest.fixture
def olsen(bench: Bench, settle: Settle) -> Bench:
    """The parts with Renate Olsen of Northwind, who is linked to A-001 and A-004."""
    bench.show_caller(world.OLSEN)
    settle()
    return bench
