"""The Payments screen: find a payment, see its way to the bank and back, submit one for a caller, and cancel one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from portal_admin.domain.payments import Origin, PaymentStatus, PortalPayment, Sending
from portal_admin.domain.people import Site
from portal_admin.domain.permissions import Permission
from portal_admin.errors import DeskError, SwitchedOff
from portal_admin.services import sites
from portal_admin.services.payments.cancel import Cancellation
from portal_admin.services.payments.list import PaymentList, list_payments
from portal_admin.services.payments.submit import Submission, resume
from portal_admin.services.payments.trace import PaymentTrace, trace
from portal_admin.ui.navigation import Target
from portal_admin.ui.override import override
from portal_admin.ui.page import Page, PageContext
from portal_admin.ui.panels.cash.preview_side import CashPreviewSide
from portal_admin.ui.panels.payment import payment_rows
from portal_admin.ui.panels.payment.timeline_view import TimelineView
from portal_admin.ui.panels.payment.words import NO_INVOICES, tr
from portal_admin.ui.payments.cancel_panel import CancelPanel
from portal_admin.ui.payments.filter_bar import FilterBar
from portal_admin.ui.payments.submit_panel import SubmitPanel
from portal_admin.ui.tables.list_table import ListTable
from portal_admin.ui.theme import Size, Space
from portal_admin.ui.widgets.buttons import button
from portal_admin.ui.widgets.side_panel import SidePanel
from portal_admin.ui.widgets.state_panel import StatePanel
from portal_admin.ui.widgets.text import PlainLabel, set_tooltip

SHOWN_AT_MOST = 200
WAITING = (PaymentStatus.PENDING, PaymentStatus.SCHEDULED, PaymentStatus.PENDING_CANCEL)


@dataclass(frozen=True, slots=True)
class _Read:
    found: PaymentList
    sites: tuple[Site, ...]


class PaymentsPage(Page):
    """The list at the left, the way of the selected payment at its right, panels for submitting and cancelling."""

    def __init__(self, context: PageContext) -> None:
        super().__init__(context)
        self._payments: dict[str, PortalPayment] = {}
        self._sites: tuple[Site, ...] = ()
        self._wanted: str | None = None
        self.submit_button = self.header.set_primary(tr("Submit payment…"), self.submit, icon="plus")
        set_tooltip(self.submit_button, tr("Submit a payment for a caller (Ctrl+N)"))
        self.rights.guard(self.submit_button, Permission.SUBMIT_PAYMENT)
        self.again_button = self.header.add_action(tr("Look again"), self.look_again, icon="refresh")
        self.rights.guard(self.again_button, Permission.SUBMIT_PAYMENT)
        self.cancel_button = self.header.add_action(tr("Cancel payment…"), self.cancel)
        self.rights.guard(self.cancel_button, Permission.CANCEL_PAYMENT)
        self.preview_button = button(tr("What would a payment pay?…"), self.preview, kind="link")
        self.filters = FilterBar()
        self.table = ListTable(
            payment_rows.columns(with_person=True), name=tr("Payments"), memory="payments", always=3
        )
        self.note = PlainLabel(kind="secondary", wrap=True)
        self.timeline = TimelineView()
        self.way = StatePanel(self.timeline)
        self._lay_out()
        self._connect()
        self._selected(None)
        self.filters.search.setFocus()

    def _lay_out(self) -> None:
        self.body.addWidget(self.filters)
        content = QHBoxLayout()
        content.setSpacing(Space.M)
        left = QVBoxLayout()
        left.setSpacing(Space.S)
        left.addWidget(_framed(self.table), 1)
        left.addWidget(self.note)
        content.addLayout(left, 5)
        self._right = _framed(self.way, margin=Space.L)
        content.addWidget(self._right, 4)
        self.body.addLayout(content, 1)
        below = QHBoxLayout()
        below.addWidget(PlainLabel(tr(NO_INVOICES), kind="secondary", wrap=True), 1)
        below.addWidget(self.preview_button, 0, Qt.AlignmentFlag.AlignTop)
        self.body.addLayout(below)

    def _connect(self) -> None:
        for keys, call in (("Ctrl+N", self.submit), ("Ctrl+F", self.filters.search.setFocus)):
            shortcut = QShortcut(QKeySequence(keys), self)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(call)
        self.filters.changed.connect(lambda _filters: self.refresh())
        self.filters.search.returnPressed.connect(self._to_list)
        self.table.current_changed.connect(self._selected)
        self.table.opened.connect(lambda _key: self.timeline.setFocus())

    # The panels are made when they are first wanted, so that the page is quickly there.

    @cached_property
    def submit_panel(self) -> SubmitPanel:
        """The form in which a payment is submitted."""
        made = SubmitPanel(self)
        made.done.connect(self._submitted)
        self._adopt(made)
        return made

    @cached_property
    def cancel_panel(self) -> CancelPanel:
        """What cancelling would do."""
        made = CancelPanel(self)
        made.done.connect(self._cancelled)
        self._adopt(made)
        return made

    @cached_property
    def preview_panel(self) -> CashPreviewSide:
        """What an amount would pay on a contract."""
        made = CashPreviewSide(self.desk, parent=self)
        self._adopt(made)
        return made

    def _adopt(self, panel: SidePanel) -> None:
        self.add_side_panel(panel)
        panel.closed.connect(self._fit)

    def _fit(self) -> None:
        """A small window has no room for the timeline beside a panel."""
        beside = any(not panel.isHidden() for panel in self._panels)
        self._right.setVisible(not beside or self.width() >= Size.NARROW_PAGE + Size.SIDE_PANEL)

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    @override
    def open(self, target: Target) -> None:
        if target.payment is not None:
            self._wanted = target.payment
            self.filters.ask(target.payment)
        elif target.contract is not None:
            self.filters.ask(target.contract)
        elif target.email is not None:
            self.filters.ask(target.email, site=target.site)
        self.refresh()

    @override
    def commands(self) -> Sequence[tuple[str, str, Callable[[], object]]]:
        return (
            (tr("Submit payment…"), "Ctrl+N", self.submit),
            (tr("Cancel payment…"), "", self.cancel),
            (tr("What would a payment pay?…"), "", self.preview),
            (tr("Look again at the payment"), "", self.look_again),
        )

    @override
    def refresh(self) -> None:
        desk, asked = self.desk, self.filters.filters
        self.table.state.loading()
        self.run(
            lambda: _Read(
                list_payments(
                    desk, site=asked.site, status=asked.status, typed=asked.typed, limit=SHOWN_AT_MOST
                ),
                sites.list_sites(desk),
            ),
            self._show,
            self._failed,
            replaces="list",
        )

    def submit(self) -> None:
        """Open the form for a new payment, on the person and contract that are selected."""
        if not self.may(Permission.SUBMIT_PAYMENT):
            return
        chosen, typed = self._current(), self.filters.filters
        email = chosen.email if chosen else typed.typed if "@" in typed.typed else None
        site = chosen.site if chosen else typed.site
        self._close_others(self.submit_panel)
        self.submit_panel.start(
            self._sites, site=site, email=email, contract=chosen.contract_id if chosen else None
        )
        self._fit()

    def cancel(self) -> None:
        """Show what cancelling the selected payment would do."""
        chosen = self._current()
        if chosen is None or not self.cancel_button.isEnabled() or not self.may(Permission.CANCEL_PAYMENT):
            return
        self._close_others(self.cancel_panel)
        self.cancel_panel.start(chosen.reference)
        self._fit()

    def preview(self) -> None:
        """Show what an amount would pay on the contract of the selected payment."""
        chosen = self._current()
        self._close_others(self.preview_panel)
        self.preview_panel.start(chosen.contract_id if chosen else "")
        self._fit()

    def look_again(self) -> None:
        """Look in ASPIRE what became of the selected payment, and send it only if it surely is not there."""
        chosen, desk = self._current(), self.desk
        if chosen is None or not _is_unsettled(chosen) or not self.may(Permission.SUBMIT_PAYMENT):
            return
        self.again_button.setEnabled(False)
        self.messages.info(tr("ASPIRE is being asked…"))
        reference = chosen.reference
        self.run(lambda: resume(desk, reference=reference), self._submitted, self._not_resumed)

    def _not_resumed(self, error: DeskError) -> None:
        self.messages.error(error)
        self._selected(self.table.current_key)

    def _close_others(self, wanted: SidePanel) -> None:
        for panel in self._panels:
            if panel is not wanted:
                panel.close_panel()

    def _current(self) -> PortalPayment | None:
        return self._payments.get(str(self.table.current_key))

    def _to_list(self) -> None:
        """Enter in the box goes on to the payments that were found."""
        if self._payments:
            self.table.view.setFocus()
            if self._current() is None:
                self.table.select(next(iter(self._payments)))

    def _show(self, read: _Read) -> None:
        self._sites = read.sites
        self.filters.set_sites(read.sites)
        found = read.found
        self._payments = {one.reference: one for one in found.payments}
        self.note.setText(_note(found))
        self.note.setVisible(bool(self.note.text()))
        if found.payments:
            self.table.set_rows(payment_rows.rows(found, self.desk.clock(), with_person=True))
        elif self.filters.filters.is_set:
            self.table.state.nothing(tr("No payment fits what is asked for."), icon="search")
        else:
            self.table.state.nothing(tr("No payment was made in the portal yet, and none submitted here."))
        self._choose(read)

    def _choose(self, read: _Read) -> None:
        wanted, self._wanted = self._wanted, None
        if wanted is not None:
            named = next((one for one in self._payments if one.casefold() == wanted.casefold()), None)
            if named is None:
                self.messages.warning(tr("There is no payment {reference}.").format(reference=wanted))
            else:
                self.table.select(named)
                self.table.view.setFocus()
        elif self._current() is None and len(read.found.payments) == 1:
            self.table.select(read.found.payments[0].reference)
        self._selected(self.table.current_key)

    def _failed(self, error: DeskError) -> None:
        self._payments = {}
        self.note.hide()
        self._selected(None)
        if isinstance(error, SwitchedOff):
            self.table.state.not_allowed(error.title, error.message)
        else:
            self.table.state.failed(error, self.refresh, at=self.desk.clock())

    def _selected(self, _key: object) -> None:
        chosen = self._current()
        unsettled = chosen is not None and _is_unsettled(chosen)
        self.again_button.setVisible(unsettled)
        self.again_button.setEnabled(unsettled)
        self.cancel_button.setEnabled(chosen is not None and chosen.status in WAITING)
        words = tr("See what cancelling the selected payment would do")
        set_tooltip(self.cancel_button, words if chosen else tr("Select a payment first."))
        if chosen is None:
            self.timeline.clear()
            self.way.nothing(tr("Select a payment to see its way to the bank and back."), icon="payments")
            return
        self._trace(chosen)

    def _trace(self, chosen: PortalPayment) -> None:
        desk, reference = self.desk, chosen.reference
        shown = self.timeline.shown
        if shown is None or shown.payment.reference != reference:
            self.timeline.clear()
            self.way.content()
        self.way.loading(tr("ASPIRE is being asked…"))
        self.run(
            lambda: trace(desk, reference=reference), self._show_trace, self._trace_failed, replaces="trace"
        )

    def _show_trace(self, found: PaymentTrace) -> None:
        self.timeline.show_trace(found, now=self.desk.clock())
        self.way.content()

    def _trace_failed(self, error: DeskError) -> None:
        chosen = self._current()
        if chosen is not None:
            self.way.failed(error, lambda: self._trace(chosen), at=self.desk.clock())

    def _submitted(self, submission: Submission) -> None:
        payment, problem = submission.payment, submission.problem
        if problem is None:
            words = tr("Payment {reference} is scheduled in ASPIRE. It will be debited on or after its day.")
            self.messages.success(words.format(reference=payment.reference))
        elif payment.sending is Sending.REFUSED:
            self.messages.error(problem)
        else:
            words = tr("Payment {reference} is not settled. {why} Do not submit it anew.")
            self.messages.warning(
                words.format(reference=payment.reference, why=problem.message),
                action=tr("Look again"),
                pressed=self.look_again,
            )
        self._go_to(payment.reference)

    def _cancelled(self, outcome: Cancellation | None) -> None:
        if outcome is None:
            self.refresh()
            return
        payment = outcome.payment
        if payment.status is PaymentStatus.CANCELED:
            words = tr("Payment {reference} is canceled; nothing will be debited for it.")
            self.messages.success(words.format(reference=payment.reference))
        elif outcome.problem is not None:
            self.messages.error(outcome.problem)
        else:
            words = tr("ASPIRE was asked to cancel {reference}; it has up to 15 minutes to confirm that.")
            self.messages.info(words.format(reference=payment.reference))
        self._go_to(payment.reference)

    def _go_to(self, reference: str) -> None:
        self._wanted = reference
        if reference not in self._payments:
            self.filters.ask(reference)
        self.refresh()


def _is_unsettled(payment: PortalPayment) -> bool:
    """Whether a desk's payment has not arrived in ASPIRE for certain."""
    return (
        payment.origin is Origin.DESK
        and payment.status is PaymentStatus.PENDING
        and payment.sending in (Sending.QUEUED, Sending.SENDING, Sending.UNKNOWN)
    )


def _note(found: PaymentList) -> str:
    parts = []
    if found.more:
        parts.append(tr("These are the latest {n}; narrow the search for others.").format(n=SHOWN_AT_MOST))
    if found.switched_off:
        words = tr("Payments are switched off for {sites}, so theirs are not shown.")
        parts.append(words.format(sites=", ".join(found.switched_off)))
    return " ".join(parts)


def _framed(content: QWidget, *, margin: int = 1) -> QFrame:
    frame = QFrame()
    frame.setProperty("kind", "panel")
    inside = QVBoxLayout(frame)
    inside.setContentsMargins(margin, margin, 1, margin)
    inside.addWidget(content)
    return frame
