"""The rows of the end user table, ranked and fetched off the UI thread."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from PySide6.QtCore import QCoreApplication

from portal_admin.domain.people import EndUser, Status
from portal_admin.services.desk import Desk
from portal_admin.services.user_list import UserList, UserQuery
from portal_admin.ui.panels.person.mail_words import MAIL_MEANINGS, hover_words, short_words
from portal_admin.ui.tables.rows import Cell, Column, Kind, Query, Row, Snapshot
from portal_admin.ui.widgets.ages import clock_text, zone_text
from portal_admin.ui.widgets.chip import STATUS_MEANINGS

NAMED_ACCOUNTS = 2


class UserKey(NamedTuple):
    """The identity of an end user, which never changes (rule C)."""

    site: str
    email: str


@dataclass(frozen=True, slots=True)
class UserFilters:
    """What the filter bar asks for; no statuses means all."""

    text: str = ""
    site: str | None = None
    statuses: tuple[Status, ...] = ()

    @property
    def are_set(self) -> bool:
        """Whether anything is filtered."""
        return bool(self.text or self.site or self.statuses)


def key_of(user: EndUser) -> UserKey:
    """The key of a user's row."""
    return UserKey(user.site, user.email)


def columns() -> tuple[Column, ...]:
    """The columns, the ones a narrow window leaves out last."""

    def tr(text: str) -> str:
        return QCoreApplication.translate("UserRows", text)

    return (
        Column("name", tr("Name"), 160, sortable=True),
        Column("email", tr("Email"), 190, sortable=True, stretch=True),
        Column("status", tr("Status"), 92, Kind.CHIP, sortable=True),
        Column("site", tr("Site"), 104, Kind.SECONDARY, sortable=True),
        Column("accounts", tr("Accounts"), 118, Kind.ID),
        Column("created", tr("Created"), 104, Kind.SECONDARY, sortable=True),
        Column("last_mail", tr("Last mail"), 300, Kind.SECONDARY),
    )


def row_of(user: EndUser, now: datetime) -> Row:
    """A user as a line of the table."""
    return Row(
        key_of(user),
        (
            Cell(user.name, tooltip=user.name),
            Cell(user.email, tooltip=user.email),
            Cell(user.status.value, STATUS_MEANINGS[user.status.value]),
            user.site,
            accounts_cell(user),
            Cell(clock_text(user.created_at, now), tooltip=zone_text(user.created_at)),
            mail_cell(user, now),
        ),
    )


def mail_cell(user: EndUser, now: datetime) -> str | Cell:
    """What became of the last mail; one that failed, or cannot be sent, stands out."""
    mail = user.last_mail
    if mail is None:
        return ""
    meaning, icon = MAIL_MEANINGS[mail.status] if mail.note else (None, None)
    return Cell(short_words(mail, now), meaning, icon, tooltip=hover_words(mail))


def accounts_cell(user: EndUser) -> Cell:
    """The ids of the linked accounts, with the number of those that are left out."""
    ids = [account.account_id for account in user.accounts]
    shown = ", ".join(ids) if len(ids) <= NAMED_ACCOUNTS else f"{ids[0]} +{len(ids) - 1}"
    lines = "\n".join(f"{account.account_id}  {account.name}" for account in user.accounts)
    return Cell(shown, tooltip=lines)


class UserSource:
    """Ranks and reads end users while the page is shown; the database connection is given back when it is left."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._list: UserList | None = None

    def acquire(self) -> None:
        """The page is shown."""
        if self._list is None:
            self._list = UserList(self._desk)

    def release(self) -> None:
        """The page is left; never waits."""
        left, self._list = self._list, None
        if left is not None:
            left.close()

    def snapshot(self, query: Query) -> Snapshot:
        """Rank the users of a query."""
        listing = self._list
        if listing is None:
            return Snapshot(0, None)
        filters: UserFilters = query.filters or UserFilters()
        ranking = listing.rank(
            UserQuery(filters.site, filters.statuses, filters.text, query.sort, query.descending)
        )
        return Snapshot(ranking.count, (listing, ranking.token))

    def page(self, token: Any, start: int, count: int) -> Sequence[Row]:
        """The rows of those ranks."""
        if token is None:
            return ()
        listing, number = token
        now = self._desk.clock()
        return [row_of(user, now) for user in listing.page(number, start, count)]

    def rank(self, token: Any, key: Hashable) -> int | None:
        """Where a user stands."""
        if token is None or not isinstance(key, UserKey):
            return None
        listing, number = token
        found: int | None = listing.rank_of(number, site_key=key.site, email=key.email)
        return found
