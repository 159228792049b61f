"""What a search found, as the find box lists it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

from PySide6.QtCore import QCoreApplication

from portal_admin.domain.search_match import Tier
from portal_admin.errors import NotAllowed
from portal_admin.services.desk import Desk
from portal_admin.services.find import Found, Group, Hit, Kind, search
from portal_admin.ui.find_entry import Answer, Entry, Section
from portal_admin.ui.navigation import Navigator, Target

MOST = 6  # of each kind: what is looked for stands among the first, or more is typed
ICONS: Mapping[Kind, str] = {
    Kind.USER: "person",
    Kind.CONTACT: "mail",
    Kind.ACCOUNT: "building",
    Kind.CONTRACT: "document",
    Kind.PAYMENT: "payments",
}


def look(desk: Desk, text: str, navigator: Navigator) -> Answer:
    """Search, on a worker."""
    return answer_of(search(desk, text=text, limit=MOST), navigator)


def answer_of(found: Found, navigator: Navigator) -> Answer:
    """The groups as sections; what could not be looked up is told apart from what one may not look at."""
    sections = [_section(group, navigator) for group in found.groups if group.hits]
    refused = [group for group in found.problems if isinstance(group.problem, NotAllowed)]
    failed = [group for group in found.problems if group not in refused]
    return Answer(sections, _told(failed), _told(refused))


def _section(group: Group, navigator: Navigator) -> Section:
    entries = [entry for hit in group.hits if (entry := _entry(hit, navigator)) is not None]
    is_exact = any(hit.tier is Tier.EXACT for hit in group.hits)
    remark = _tr("and more: type more to narrow it") if group.more else ""
    return Section(kind_name(group.kind), entries, is_exact, remark)


def _entry(hit: Hit, navigator: Navigator) -> Entry | None:
    target = Target.parse(hit.target)
    if target is None:
        return None
    go = partial(navigator.open.emit, target)
    return Entry(ICONS[hit.kind], hit.title, hit.detail, go, matched=hit.matched)


def _told(groups: Sequence[Group]) -> str:
    """The kinds, and the reason of the first, which is mostly that of all."""
    if not groups:
        return ""
    kinds = ", ".join(kind_name(group.kind) for group in groups)
    first = groups[0].problem
    return f"{kinds}. {first.message}" if first is not None else kinds


def kind_name(kind: Kind) -> str:
    """What the things of a kind are called."""
    return {
        Kind.USER: _tr("End users"),
        Kind.CONTACT: _tr("Contacts"),
        Kind.ACCOUNT: _tr("Accounts"),
        Kind.CONTRACT: _tr("Contracts"),
        Kind.PAYMENT: _tr("Payments"),
    }[kind]


def _tr(text: str) -> str:
    return QCoreApplication.translate("FindAnswer", text)
