"""Whether a site offers an account for linking, and why not; asked without a user in view."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QComboBox, QFrame, QHBoxLayout, QVBoxLayout, QWidget

from portal_admin.domain.people import Site
from portal_admin.errors import DeskError
from portal_admin.services import accounts, sites
from portal_admin.services.accounts import Offer
from portal_admin.services.desk import Desk
from portal_admin.ui import background
from portal_admin.ui.panels.access import words
from portal_admin.ui.panels.access.why_panel import VerdictScroll
from portal_admin.ui.theme import Space
from portal_admin.ui.widgets.state_panel import StatePanel
from portal_admin.ui.widgets.text import PlainLabel
from portal_admin.ui.widgets.verdict_view import VerdictView


class OfferPanel(QFrame):
    """Judges one account for the chosen site, live."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.setProperty("kind", "panel")
        self._desk = desk
        self._account = ""
        self.site = QComboBox()
        self.site.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.site.setAccessibleName(self.tr("Site on which it would be linked"))
        self.site.currentIndexChanged.connect(lambda _index: self._judge())
        self.verdict = VerdictView()
        self.verdict.fix_requested.connect(lambda _check: self._judge())
        self.state = StatePanel(self.verdict)
        top = QHBoxLayout()
        top.setContentsMargins(Space.L, Space.M, Space.L, Space.M)
        top.setSpacing(Space.S)
        top.addWidget(PlainLabel(self.tr("Can it be linked?"), kind="section"))
        top.addWidget(self.site, 1)
        inner = QWidget()
        inner.setObjectName("why")
        content = QVBoxLayout(inner)
        content.setContentsMargins(Space.L, 0, Space.L, Space.M)
        content.addWidget(self.state)
        content.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(1, 1, 1, 1)
        column.setSpacing(0)
        column.addLayout(top)
        column.addWidget(VerdictScroll(inner, self.tr("Whether it can be linked")), 1)
        self.hide()

    def show_account(self, account_id: str, site: str | None) -> None:
        """Judge that account for a site; without one for the site chosen last."""
        self._account = account_id
        wanted = site or self.site.currentData()
        self.verdict.clear()
        self.show()
        self.state.loading()
        background.run(
            self,
            lambda: sites.list_sites(self._desk),
            lambda found: self._offer_sites(found, wanted),
            lambda error: self._failed(error, site),
            replaces="sites",
        )

    def _offer_sites(self, found: Sequence[Site], wanted: str | None) -> None:
        self.site.blockSignals(True)
        self.site.clear()
        for one in found:
            self.site.addItem(one.name, one.key)
            if wanted and one.key.casefold() == wanted.casefold():
                self.site.setCurrentIndex(self.site.count() - 1)
        self.site.blockSignals(False)
        if found:
            self._judge()
        else:
            self.state.nothing(self.tr("No site has been created yet."), icon="sites")

    def _judge(self) -> None:
        site, account_id = self.site.currentData(), self._account
        if not site or not account_id:
            return
        self.state.loading(self.tr("Asking ASPIRE about {id}…").format(id=account_id))
        background.run(
            self,
            lambda: accounts.explain(self._desk, site=site, account_id=account_id),
            self._show,
            lambda error: self._failed(error, site),
            replaces="offer",
        )

    def _show(self, offer: Offer) -> None:
        self.state.content()
        fixes = {offer.verdict.unknown[0].name: self.tr("Retry")} if offer.verdict.cannot_tell else {}
        subject = f"{offer.account.name} ({offer.account.account_id})"
        now = self._desk.clock()
        self.verdict.show_verdict(words.brief(offer.verdict), now=now, subject=subject, fixes=fixes)

    def _failed(self, error: DeskError, site: str | None) -> None:
        self.verdict.clear()
        self.state.failed(error, lambda: self.show_account(self._account, site), at=self._desk.clock())
