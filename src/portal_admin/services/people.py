"""Reads end users with their links; the rows of one page need two queries, never one for each user."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Generator, Iterable, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, select

from portal_admin.domain.mail import NO_SENDER, LastMail, MailKind, MailStatus
from portal_admin.domain.mail_links import NEEDED
from portal_admin.domain.people import EndUser, LinkedAccount, Site, Status
from portal_admin.domain.text import canonical_email
from portal_admin.errors import NotFound
from portal_admin.models import account_link, aspire_account, end_user, mail_outbox, site_brand
from portal_admin.models import site as site_table
from portal_admin.models.engine import reading
from portal_admin.services.chunks import chunks
from portal_admin.services.desk import Desk
from portal_admin.services.sites import find_site
from portal_admin.services.text_search import contains, sounds_alike

PAGE = 500
# Of mails that died nobody needs to know.
TOLD = (MailStatus.QUEUED, MailStatus.SENT, MailStatus.FAILED)


def user_query() -> Select[Any]:
    """End users with the key of their site."""
    return select(end_user, site_table.c.key.label("site_key")).join(
        site_table, site_table.c.id == end_user.c.site_id
    )


def find_user(connection: Connection, on: Site, email: str) -> EndUser:
    """The user of that address on that site; NotFound names both."""
    address = canonical_email(email)
    query = user_query().where(end_user.c.site_id == on.id, end_user.c.email == address)
    row = connection.execute(query).first()
    if row is None:
        raise NotFound(f"There is no end user {address} on site {on.key}.")
    return with_accounts(connection, [row])[0]


def show_user(desk: Desk, *, site: str, email: str) -> EndUser:
    """One end user."""
    with reading(desk.engine) as connection:
        return find_user(connection, find_site(connection, site), email)


def list_users(
    desk: Desk, *, site: str | None = None, statuses: Iterable[Status] = (), text: str | None = None
) -> Generator[EndUser, None, None]:
    """The end users that pass the filters, by site and email, streamed."""
    with reading(desk.engine) as connection:
        query = user_query().where(*filters(connection, site=site, statuses=statuses, text=text))
        key, address = "", ""
        while True:
            page = query.where(_after(key, address)).order_by(site_table.c.key, end_user.c.email).limit(PAGE)
            rows = connection.execute(page).all()
            yield from with_accounts(connection, rows)
            if len(rows) < PAGE:
                return
            key, address = rows[-1].site_key, rows[-1].email


def filters(
    connection: Connection,
    *,
    site: str | None = None,
    statuses: Iterable[Status] = (),
    text: str | None = None,
) -> list[ColumnElement[bool]]:
    """The conditions on end_user that each filter sets; text is found in name or email, or sounds like the name."""
    conditions: list[ColumnElement[bool]] = []
    wanted = tuple(statuses)
    if site is not None:
        conditions.append(end_user.c.site_id == find_site(connection, site).id)
    if wanted:
        conditions.append(end_user.c.status.in_(wanted))
    if text and text.strip():
        alike = sounds_alike(connection, "end_user", text)
        held = contains(connection, "end_user", text)
        conditions.append(held if alike is None else held | alike)
    return conditions


def with_accounts(connection: Connection, rows: Sequence[Row[Any]]) -> list[EndUser]:
    """Rows of `user_query` as records, with their linked accounts and last mail."""
    ids = [row.id for row in rows]
    links, mails = links_of(connection, ids), _last_mails(connection, ids)
    return [
        EndUser(
            id=row.id,
            site=row.site_key,
            email=row.email,
            first_name=row.first_name,
            last_name=row.last_name,
            status=Status(row.status),
            version=row.version,
            accounts=tuple(links[row.id]),
            created_at=row.created_at,
            last_mail=mails.get(row.id),
        )
        for row in rows
    ]


def links_of(connection: Connection, user_ids: list[int]) -> dict[int, list[LinkedAccount]]:
    """The linked accounts of each user, by account id."""
    found: dict[int, list[LinkedAccount]] = defaultdict(list)
    for some in chunks(user_ids):
        query = (
            select(account_link, aspire_account.c.name)
            .outerjoin(aspire_account, aspire_account.c.oid == account_link.c.account_oid)
            .where(account_link.c.user_id.in_(some))
            .order_by(account_link.c.account_id)
        )
        for row in connection.execute(query):
            name = row.name if row.name is not None else "not in the portal's copy of ASPIRE"
            found[row.user_id].append(
                LinkedAccount(row.account_oid, row.account_id, name, row.name is not None)
            )
    return found


def _last_mails(connection: Connection, user_ids: list[int]) -> dict[int, LastMail]:
    found: dict[int, LastMail] = {}
    for some in chunks(user_ids):
        query = (
            select(mail_outbox, end_user.c.status.label("user_status"), site_brand.c.site_id.label("brand"))
            .join(end_user, end_user.c.id == mail_outbox.c.user_id)
            .outerjoin(site_brand, site_brand.c.site_id == end_user.c.site_id)
            .where(mail_outbox.c.user_id.in_(some), mail_outbox.c.status.in_(TOLD))
        )
        for row in connection.execute(query.order_by(mail_outbox.c.id)):
            found[row.user_id] = _last_mail(row)
    return found


def _last_mail(row: Row[Any]) -> LastMail:
    kind, status = MailKind(row.kind), MailStatus(row.status)
    sent = status is MailStatus.SENT
    waits_for_sender = status is MailStatus.QUEUED and row.brand is None
    return LastMail(
        kind=kind,
        status=status,
        at={MailStatus.SENT: row.sent_at, MailStatus.FAILED: row.due_at}.get(status, row.created_at),
        expires_at=row.expires_at if sent and row.user_status == NEEDED[kind] else None,
        note=NO_SENDER if waits_for_sender else row.failure,
    )


def _after(key: str, address: str) -> Any:
    # Written out, because SQL Server knows no row comparison.
    return (site_table.c.key > key) | ((site_table.c.key == key) & (end_user.c.email > address))
