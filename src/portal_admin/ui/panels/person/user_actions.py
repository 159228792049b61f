"""What can be done to an end user, each with its undo: rule C as the screen offers it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal

from portal_admin.domain.lifecycle import ACTIONS, INSTEAD, Action, offered
from portal_admin.domain.people import EndUser, Status
from portal_admin.errors import Conflict, DeskError
from portal_admin.services import users
from portal_admin.services.change import permission_of
from portal_admin.services.desk import Desk
from portal_admin.services.outbox import Queued
from portal_admin.ui.page import Page
from portal_admin.ui.panels.person.user_rows import UserKey, key_of

ICONS: Mapping[Action, str] = {
    Action.EDIT: "edit",
    Action.RESEND: "mail",
    Action.RESET: "lock",
    Action.DEACTIVATE: "block",
    Action.REACTIVATE: "play",
    Action.CHANGE_EMAIL: "swap",
}
# These open a panel that shows what will happen; the others act at once and can be undone.
WITH_PANEL = frozenset({Action.EDIT, Action.RESET, Action.CHANGE_EMAIL})
STATUS_ACTIONS = {Action.DEACTIVATE: users.deactivate, Action.REACTIVATE: users.reactivate}
OPPOSITE = {Action.DEACTIVATE: Action.REACTIVATE, Action.REACTIVATE: Action.DEACTIVATE}
SERVICES: Mapping[Action, Callable[..., object]] = {
    Action.EDIT: users.edit_user,
    Action.RESEND: users.resend_registration,
    Action.RESET: users.reset_password,
    Action.CHANGE_EMAIL: users.change_email,
    **STATUS_ACTIONS,
}
PERMISSIONS = {action: permission_of(service) for action, service in SERVICES.items()}


@dataclass(frozen=True, slots=True)
class Offer:
    """One action for one status: its label, and when it is not offered, what to do instead."""

    action: Action
    label: str
    effect: str
    instead: str | None


def offers(status: Status) -> tuple[Offer, ...]:
    """All actions in the order of rule C."""
    return tuple(
        Offer(
            action,
            f"{rule.label}…" if action in WITH_PANEL else rule.label,
            rule.effect,
            None if offered(action, status) else INSTEAD[action, status],
        )
        for action, rule in ACTIONS.items()
    )


class UserActions(QObject):
    """Carries out the actions that act at once; `changed` names the user whose row must be read again."""

    changed = Signal(object)

    def __init__(self, page: Page) -> None:
        super().__init__(page)
        self._page = page
        self._busy: set[UserKey] = set()

    @property
    def _desk(self) -> Desk:
        return self._page.desk

    def act(self, action: Action, user: EndUser) -> None:
        """Do it in the background, tell what was done, and offer to take it back."""
        if action in STATUS_ACTIONS:
            self._set_status(action, user, undoing=False)
        else:
            self._resend(user)

    def _set_status(self, action: Action, user: EndUser, *, undoing: bool) -> None:
        desk, call = self._desk, STATUS_ACTIONS[action]

        def done(after: EndUser) -> None:
            words = {
                Status.INACTIVE: self.tr("{name} ({email}) is Inactive now and cannot sign in."),
                Status.ACTIVE: self.tr("{name} ({email}) is Active again and can sign in."),
            }[after.status].format(name=after.name, email=after.email)
            if undoing:
                self._page.messages.success(self.tr("Undone. {words}").format(words=words))
            else:
                undo = OPPOSITE[action]
                self._page.messages.success(words, undo=lambda: self._set_status(undo, after, undoing=True))
            self.changed.emit(key_of(after))

        self._run(
            lambda: call(desk, site=user.site, email=user.email, version=user.version), done, key_of(user)
        )

    def tell_queued(self, queued: Queued) -> None:
        """Tell that a mail is on its way, and offer to take it back while it waits."""
        if queued.age is not None:
            words = self.tr(
                "A mail to {email} was queued {n} s ago; it is on its way, so no other was queued."
            )
            seconds = round(queued.age.total_seconds())
            self._page.messages.info(words.format(email=queued.user.email, n=seconds))
            return
        words = {
            "registration": self.tr(
                "A registration mail to {email} is queued, not yet sent. Links in older ones stop working."
            ),
            "reset": self.tr("A password reset mail to {email} is queued, not yet sent."),
        }[queued.kind].format(email=queued.user.email)
        self._page.messages.success(words, undo=lambda: self._withdraw(queued))
        self.changed.emit(key_of(queued.user))

    def _resend(self, user: EndUser) -> None:
        desk = self._desk
        self._run(
            lambda: users.resend_registration(desk, site=user.site, email=user.email),
            self.tell_queued,
            key_of(user),
        )

    def _withdraw(self, queued: Queued) -> None:
        desk = self._desk

        def done(user: EndUser) -> None:
            words = self.tr("Undone. The mail to {email} was taken back before it was sent.")
            self._page.messages.success(words.format(email=user.email))
            self.changed.emit(key_of(user))

        self._run(lambda: users.withdraw_mail(desk, queued=queued), done, key_of(queued.user))

    def _run(self, work: Callable[[], object], done: Callable[..., None], key: UserKey) -> None:
        # A second press before the answer would meet the first one as a conflict.
        if key in self._busy:
            return
        self._busy.add(key)

        def succeeded(answer: object) -> None:
            self._busy.discard(key)
            done(answer)

        def failed(error: DeskError) -> None:
            self._busy.discard(key)
            self._page.messages.error(error)
            if isinstance(error, Conflict):
                self.changed.emit(key)  # show what the other person made of it

        self._page.run(work, succeeded, failed)
