"""Exports end users and their links to a file that can be imported again; no file without its audit line."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlalchemy import func, select

from portal_admin.domain.people import EndUser, Status
from portal_admin.domain.permissions import Permission
from portal_admin.models import account_link, end_user
from portal_admin.models.engine import reading
from portal_admin.services import audit
from portal_admin.services.change import action, changing
from portal_admin.services.desk import Desk
from portal_admin.services.imports.entries import MOST_ACCOUNTS, SEPARATOR
from portal_admin.services.people import filters, list_users
from portal_admin.services.settings import read_settings
from portal_admin.services.sheets import Cell, Draft, Heading, drafted, ending, sheet
from portal_admin.services.sites import find_site

EVERY = 500  # rows between two looks at whether to go on
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Exported:
    """A file that was written, and its rows below the heading."""

    path: Path
    rows: int


@dataclass(frozen=True, slots=True)
class _Extent:
    """The filters as the database has them, how many rows pass them, and the company's time zone."""

    site: str | None
    statuses: tuple[Status, ...]
    text: str
    links: bool
    rows: int
    zone: ZoneInfo

    @property
    def headings(self) -> tuple[Heading, ...]:
        return (
            Heading("Email", 34),
            Heading("First name", 20),
            Heading("Last name", 20),
            Heading("Accounts", 24),
            *((Heading("Account name", 34),) if self.links else ()),
            Heading("Status", 10),
            Heading("Site", 16),
            Heading("Last mail", 20),
            Heading(f"Last mail at ({self.zone.key})", 26),
            Heading(f"Created ({self.zone.key})", 26),
        )


def _unheard(_done: int, _whole: int) -> None:
    """Nobody watches."""


def _never() -> bool:
    """Nobody stops it."""
    return False


@action(Permission.EXPORT)
def export_users(
    desk: Desk,
    *,
    path: Path,
    site: str | None = None,
    statuses: Iterable[Status] = (),
    text: str = "",
    links: bool = False,
    overwrite: bool = False,
    progress: Progress = _unheard,
    cancelled: Callable[[], bool] = _never,
) -> Exported | None:
    """Write the end users that pass the filters, by site and email, to an .xlsx or .csv file.

    Somebody with more accounts than an import takes on one row has several. With `links` each linked account has a
    row of its own. None when it was cancelled, which leaves no file. The audit
    line with the filters and the number of rows is committed before the file appears under its name.
    """
    form = ending(path)
    extent = _extent(desk, site=site, statuses=tuple(statuses), text=text.strip(), links=links)
    with drafted(path, overwrite=overwrite) as draft:
        rows = _write(desk, draft, form, extent, progress, cancelled)
        if rows is None:
            return None
        with changing(desk) as connection:
            audit.record(
                connection,
                desk,
                action="users.export",
                subject=path.name,
                site=extent.site,
                after={
                    "site": extent.site,
                    "statuses": [status.value for status in extent.statuses],
                    "text": extent.text,
                    "links": links,
                    "rows": rows,
                },
            )
        draft.keep()
    return Exported(path, rows)


def _extent(desk: Desk, *, site: str | None, statuses: tuple[Status, ...], text: str, links: bool) -> _Extent:
    with reading(desk.engine) as connection:
        key = None if site is None else find_site(connection, site).key
        chosen = filters(connection, site=key, statuses=statuses, text=text)
        counted = select(func.count()).select_from(end_user).where(*chosen)
        if links:
            counted = select(func.count()).select_from(
                end_user.outerjoin(account_link, account_link.c.user_id == end_user.c.id)
            )
            counted = counted.where(*chosen)
        rows = connection.execute(counted).scalar_one()
        zone = ZoneInfo(read_settings(connection).time_zone)
    return _Extent(key, statuses, text, links, rows, zone)


def _write(
    desk: Desk,
    draft: Draft,
    form: str,
    extent: _Extent,
    progress: Progress,
    cancelled: Callable[[], bool],
) -> int | None:
    title = "Links" if extent.links else "End users"
    done = 0
    with (
        closing(list_users(desk, site=extent.site, statuses=extent.statuses, text=extent.text)) as found,
        sheet(draft.path, form, extent.headings, title=title, zone=extent.zone) as add,
    ):
        for row in _rows(found, extent.links):
            if done % EVERY == 0:
                if cancelled():
                    return None
                # Somebody may have been created since they were counted.
                progress(done, max(done, extent.rows))
            add(row)
            done += 1
    progress(done, done)
    return done


def _rows(users: Iterable[EndUser], links: bool) -> Iterator[tuple[Cell, ...]]:
    for user in users:
        name = (user.email, user.first_name, user.last_name)
        mail = user.last_mail
        words = f"{mail.kind.value} {mail.status.value}" if mail else None
        rest = (user.status.value, user.site, words, mail.at if mail else None, user.created_at)
        if not links:
            ids = [account.account_id for account in user.accounts]
            for start in range(0, max(1, len(ids)), MOST_ACCOUNTS):
                yield (*name, SEPARATOR.join(ids[start : start + MOST_ACCOUNTS]), *rest)
            continue
        for account in user.accounts:
            yield (*name, account.account_id, account.name, *rest)
        if not user.accounts:
            yield (*name, "", "", *rest)
