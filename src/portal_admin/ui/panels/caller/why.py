"""Why? on the caller's page: each check is put right in place, and what is seen can be taken away again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from PySide6.QtCore import Signal

from portal_admin.domain.access_reasons import VISIBLE, openers
from portal_admin.domain.lifecycle import Action
from portal_admin.domain.people import EndUser, Status
from portal_admin.domain.permissions import Permission
from portal_admin.domain.verdict import Check, Result, Verdict
from portal_admin.services import links, sites
from portal_admin.services.change import permission_of
from portal_admin.services.desk import Desk
from portal_admin.services.sync.contract import sync_contract
from portal_admin.ui.navigation import Navigator, Target
from portal_admin.ui.override import override
from portal_admin.ui.panels.access.why_panel import WhyPanel
from portal_admin.ui.panels.person.user_actions import PERMISSIONS
from portal_admin.ui.rights import Rights

UNLINKS_AT_MOST = 3
ORDER = {Result.FAIL: 0, Result.UNKNOWN: 1, Result.ADVICE: 2, Result.PASS: 3}
MAKES_ACTIVE: Mapping[Status, Action] = {
    Status.PENDING: Action.RESEND,
    Status.INACTIVE: Action.REACTIVATE,
}
LINK, UNLINK = permission_of(links.add), permission_of(links.remove)
MAP, SYNC = permission_of(sites.set_labels), permission_of(sync_contract)


class CallerWhy(WhyPanel):
    """Asks for what would help: `link_wanted` and `unlink_wanted` an account id, `label_wanted` site and label.

    `status_wanted` carries the action of rule C that makes the user active, `sync_wanted` the Verdict whose contract
    is to be read from ASPIRE now, `opened` the Target of another place.
    """

    unlink_wanted = Signal(str)
    label_wanted = Signal(str, str)
    status_wanted = Signal(object)
    sync_wanted = Signal(object)
    opened = Signal(object)

    def __init__(self, desk: Desk, navigator: Navigator, rights: Rights) -> None:
        super().__init__(desk, navigator)
        self._rights = rights

    @override
    def _show_verdict(self, contract_id: str, user: EndUser, verdict: Verdict) -> None:
        super()._show_verdict(contract_id, user, verdict)
        for key, made in self.verdict.fix_buttons.items():
            needed = self._needed(key, verdict, user)
            if needed is not None:
                self._rights.guard(made, needed)

    @override
    def _told(self, verdict: Verdict, user: EndUser) -> Verdict:
        """What speaks against it comes first: there is room for half of the checks at once."""
        told = super()._told(verdict, user)
        return replace(told, checks=tuple(sorted(told.checks, key=lambda check: ORDER[check.result])))

    def _needed(self, key: str, verdict: Verdict, user: EndUser) -> Permission | None:
        name, _, detail = key.partition(":")
        check = verdict.check(name)
        if check.result is Result.UNKNOWN:
            return None
        if detail:
            return UNLINK
        if name == "user_active":
            return PERMISSIONS[MAKES_ACTIVE[user.status]]
        if name == "private_label":
            return None if check.evidence["mapped_to"] else MAP
        return {"role": LINK, "look_alike": LINK, "synced": SYNC}[name]

    @override
    def _ways_out(self, verdict: Verdict, user: EndUser) -> dict[str, str]:
        found: dict[str, str] = {}
        for check in verdict.checks:
            found |= self._way_out(check, verdict, user)
        return found

    def _way_out(self, check: Check, verdict: Verdict, user: EndUser) -> dict[str, str]:
        match check.name, check.result:
            case "role", Result.PASS if verdict.verdict == VISIBLE:
                return self._unlinks(verdict, user)
            case "role", Result.FAIL if check.evidence.get("holders"):
                return {"role": self.tr("Link account…")}
            case "private_label", Result.FAIL:
                return {"private_label": self._label_words(check)}
            case "user_active", Result.FAIL:
                told = {
                    Action.RESEND: self.tr("Resend Registration Email…"),
                    Action.REACTIVATE: self.tr("Reactivate User…"),
                }
                return {"user_active": told[MAKES_ACTIVE[user.status]]}
            case "synced", Result.FAIL if check.evidence.get("in_aspire") and not _restored(verdict):
                return {"synced": self.tr("Read it from ASPIRE now…")}
            case "look_alike", Result.ADVICE:
                return self._look_alike(check, user)
        return {}

    def _unlinks(self, verdict: Verdict, user: EndUser) -> dict[str, str]:
        if len(user.accounts) == 1:  # the last link stays
            return {}
        return {
            f"role:{one.account_id}": self._unlink_words(one.account_id)
            for one in openers(verdict)[:UNLINKS_AT_MOST]
        }

    def _look_alike(self, check: Check, user: EndUser) -> dict[str, str]:
        found = {"look_alike": self.tr("Compare accounts…")}
        wrong = check.evidence["pairs"][0]["linked"]["account_id"]
        if len(user.accounts) > 1:
            found[f"look_alike:{wrong}"] = self._unlink_words(wrong)
        return found

    def _unlink_words(self, account_id: str) -> str:
        return self.tr("Unlink {id}…").format(id=account_id).replace("&", "&&")

    def _label_words(self, check: Check) -> str:
        takers = check.evidence["mapped_to"]
        if takers:
            return self.tr("Find a user on {site}…").format(site=takers[0])
        return self.tr("Map label…")

    @override
    def _take(self, name: str, check: Check, user: EndUser) -> None:
        kind, _, account_id = name.partition(":")
        if account_id:
            self.unlink_wanted.emit(account_id)
        elif kind == "private_label":
            self._take_label(check, user)
        elif kind == "user_active":
            self.status_wanted.emit(MAKES_ACTIVE[user.status])
        elif kind == "synced":
            self.sync_wanted.emit(self.verdict.verdict)
        else:
            super()._take(name, check, user)

    def _take_label(self, check: Check, user: EndUser) -> None:
        takers = check.evidence["mapped_to"]
        if takers:
            self.opened.emit(Target("end_users", site=takers[0]))
        else:
            self.label_wanted.emit(user.site, (check.evidence["private_label"] or "").strip())


def _restored(verdict: Verdict) -> bool:
    """Whether ASPIRE went back to a backup: then reading one account would mix what was with what is."""
    return verdict.check("restored").result is Result.FAIL
