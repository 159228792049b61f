"""Why? — any contract id: the verdict in words, its checks or the reasons that open it, ways out, and who else sees it."""

from __future__ import annotations

from PySide6.QtCore import QSize, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLineEdit, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from portal_admin.domain.access import DECIDING
from portal_admin.domain.access_reasons import VISIBLE, as_reasons
from portal_admin.domain.people import EndUser
from portal_admin.domain.verdict import Check, Result, Verdict
from portal_admin.errors import DeskError, NotFound
from portal_admin.services import access
from portal_admin.services.desk import Desk
from portal_admin.ui import background
from portal_admin.ui.navigation import Navigator
from portal_admin.ui.override import override
from portal_admin.ui.panels.access import words
from portal_admin.ui.panels.access.viewers import OtherViewers
from portal_admin.ui.speech import announce
from portal_admin.ui.theme import Size, Space
from portal_admin.ui.widgets.buttons import button
from portal_admin.ui.widgets.state_panel import StatePanel
from portal_admin.ui.widgets.text import PlainLabel
from portal_admin.ui.widgets.verdict_view import VerdictView

PICK_PAUSE = 200


class WhyPanel(QFrame):
    """Emits `person_chosen` with a Choice, and `link_wanted` with the account id that would help."""

    person_chosen = Signal(object)
    link_wanted = Signal(str)

    def __init__(self, desk: Desk, navigator: Navigator) -> None:
        super().__init__()
        self.setProperty("kind", "panel")
        self._desk = desk
        self._navigator = navigator
        self._user: EndUser | None = None
        self._asked = ""
        self.contract = QLineEdit()
        self.contract.setMaxLength(64)
        self.contract.setClearButtonEnabled(True)
        self.contract.setPlaceholderText(self.tr("Contract id"))
        self.contract.returnPressed.connect(self._ask_typed)
        self.ask_button = button(self.tr("Ask"), self._ask_typed)
        self.verdict = VerdictView()
        self.verdict.fix_requested.connect(self._fix)
        self.state = StatePanel(self.verdict)
        self.others = OtherViewers()
        self.others.chosen.connect(self.person_chosen)
        self._build()
        self._say_nothing()

    @property
    def asked(self) -> str:
        """The contract id of the verdict that is shown or awaited, empty for none."""
        return self._asked

    @property
    def user(self) -> EndUser | None:
        """The person that is judged for."""
        return self._user

    def show_user(self, user: EndUser, contract_id: str = "") -> None:
        """Judge for this person: about `contract_id`, or again about the contract that was asked about before."""
        changed = self._user is None or (self._user.site, self._user.email) != (user.site, user.email)
        self._user = user
        asked = self._asked
        if changed:
            self._forget()
        if contract_id:
            self.ask(contract_id)
        elif changed and asked:
            self._ask(asked)

    def ask(self, contract_id: str) -> None:
        """Put an id into the box and ask about it."""
        self.contract.setText(contract_id)
        self._ask_typed()

    def pick(self, contract_id: str) -> None:
        """Ask once the selection rests on a row: each question goes to ASPIRE."""
        self.contract.setText(contract_id)
        background.later(self, PICK_PAUSE, self._ask_typed, replaces="pick")

    def ask_again(self) -> None:
        """Read the verdict again, if there is one."""
        if self._asked:
            self._ask(self._asked)

    def _build(self) -> None:
        label = PlainLabel(self.tr("&Why?"), kind="section")
        label.setBuddy(self.contract)
        self.contract.setAccessibleName(self.tr("Why? Contract id"))
        top = QHBoxLayout()
        top.setContentsMargins(Space.L, Space.M, Space.L, Space.M)
        top.setSpacing(Space.S)
        top.addWidget(label)
        top.addWidget(self.contract, 1)
        top.addWidget(self.ask_button)
        inner = QWidget()
        inner.setObjectName("why")
        content = QVBoxLayout(inner)
        content.setContentsMargins(Space.L, 0, Space.L, Space.M)
        content.setSpacing(Space.L)
        content.addWidget(self.state)
        content.addWidget(self.others)
        content.addStretch(1)
        scroll = VerdictScroll(inner, self.tr("Why? Answer"))
        column = QVBoxLayout(self)
        column.setContentsMargins(1, 1, 1, 1)
        column.setSpacing(0)
        column.addLayout(top)
        column.addWidget(scroll, 1)
        self._scroll = scroll

    def _forget(self) -> None:
        background.forget(self)
        self._asked = ""
        self.others.hide()
        self._say_nothing()

    def _say_nothing(self) -> None:
        self.verdict.clear()
        self.state.nothing(
            self.tr("Type or paste a contract id and press Enter, or select a contract at the left."),
            icon="question",
        )

    def _ask_typed(self) -> None:
        typed = self.contract.text().strip()
        if not typed:
            self._forget()
            return
        self._ask(typed)

    def _ask(self, contract_id: str) -> None:
        if contract_id != self._asked:
            self.others.hide()
        self._asked = contract_id  # kept for a person who is still being read
        user = self._user
        if user is None:
            return
        self.state.loading(self.tr("Asking ASPIRE about {id}…").format(id=contract_id))
        background.run(
            self,
            lambda: access.explain(self._desk, site=user.site, email=user.email, contract_id=contract_id),
            lambda verdict: self._show_verdict(contract_id, user, verdict),
            self._failed,
            replaces="why",
        )
        self._ask_who(contract_id, user)

    def _ask_who(self, contract_id: str, user: EndUser) -> None:
        background.run(
            self,
            lambda: access.who(self._desk, contract_id=contract_id),
            lambda found: self.others.show_viewers(
                found, site=user.site, email=user.email, now=self._desk.clock()
            ),
            self._who_failed,
            replaces="who",
        )

    def _show_verdict(self, contract_id: str, user: EndUser, verdict: Verdict) -> None:
        self.state.content()
        told = self._told(verdict, user)
        subject = self.tr("{id} for {name}").format(id=contract_id, name=user.name)
        if verdict.verdict == VISIBLE:
            subject = self.tr("{subject}. This is why:").format(subject=subject)
        self.verdict.show_verdict(
            told, now=self._desk.clock(), subject=subject, fixes=self._fixes(verdict, user)
        )
        self._scroll.verticalScrollBar().setValue(0)
        announce(self, f"{subject}: {self.verdict.summary(verdict)}")

    def _told(self, verdict: Verdict, user: EndUser) -> Verdict:
        """The verdict as it is shown."""
        return as_reasons(words.brief(verdict), user=user)

    def _fixes(self, verdict: Verdict, user: EndUser) -> dict[str, str]:
        """The buttons of checks that this window can put right."""
        return self._ways_out(verdict, user) | self._retry(verdict)

    def _retry(self, verdict: Verdict) -> dict[str, str]:
        """Once, on the first check that could not be made, unless the contract is nowhere."""
        first = next((c.name for c in verdict.unknown if c.name in (*DECIDING, "synced")), None)
        if first is None or verdict.check("exists").result is Result.FAIL:
            return {}
        return {first: self.tr("Retry")}

    def _ways_out(self, verdict: Verdict, user: EndUser) -> dict[str, str]:
        found: dict[str, str] = {}
        for check in verdict.checks:
            if check.result is Result.FAIL and check.name == "role" and check.evidence.get("holders"):
                found["role"] = self.tr("Link account…")
            elif check.result is Result.FAIL and check.name == "private_label":
                takers = check.evidence["mapped_to"]
                found["private_label"] = (
                    self.tr("Find a user on {site}…").format(site=takers[0])
                    if takers
                    else self.tr("Map label…")
                )
            elif check.result is Result.FAIL and check.name == "user_active":
                found["user_active"] = self.tr("Open {name} in End users…").format(name=user.name)
            elif check.result is Result.ADVICE and check.name == "look_alike":
                found["look_alike"] = self.tr("Compare accounts…")
        return found

    def _fix(self, name: str) -> None:
        verdict, user = self.verdict.verdict, self._user
        if verdict is None or user is None:
            return
        check = verdict.check(name.partition(":")[0])
        if check.result is Result.UNKNOWN:
            self.ask_again()
        else:
            self._take(name, check, user)

    def _take(self, name: str, check: Check, user: EndUser) -> None:
        """Go the way out of that name."""
        if name == "role":
            self.link_wanted.emit(check.evidence["holders"][0]["account_id"])
        elif name == "look_alike":
            self.link_wanted.emit(check.evidence["pairs"][0]["customer"]["account_id"])
        elif name == "user_active":
            self._navigator.go("end_users", site=user.site, email=user.email)
        elif name == "private_label":
            takers = check.evidence["mapped_to"]
            if takers:
                self._navigator.go("end_users", site=takers[0])
            else:
                self._navigator.go("sites", site=user.site)

    def _failed(self, error: DeskError) -> None:
        self.verdict.clear()
        self.state.failed(error, self.ask_again, at=self._desk.clock())

    def _who_failed(self, error: DeskError) -> None:
        if isinstance(error, NotFound):  # neither the portal nor ASPIRE has it, as the verdict says
            self.others.hide()
            return
        self.others.show_failure(error, self.ask_again)


class VerdictScroll(QScrollArea):
    """Room for a verdict of any length; it takes the keyboard, to be scrolled."""

    def __init__(self, inner: QWidget, name: str) -> None:
        super().__init__()
        self.setWidget(inner)
        self.setAccessibleName(name)
        self.setWidgetResizable(True)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Expanding)

    @override
    def minimumSizeHint(self) -> QSize:
        return QSize(0, 4 * Size.ROW)
