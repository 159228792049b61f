"""The end users that rows name, as the database has them: two queries for each thousand of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, select

from portal_admin.domain.imports import Person
from portal_admin.domain.people import Status
from portal_admin.models import account_link, end_user
from portal_admin.services.chunks import chunks


@dataclass(frozen=True, slots=True)
class Found:
    """One end user in the database."""

    id: int
    version: int
    person: Person


def find_persons(connection: Connection, site_id: int, emails: Iterable[str]) -> dict[str, Found]:
    """The end users of those addresses on the site, by address."""
    user, link = end_user.c, account_link.c
    columns = (user.id, user.email, user.version, user.first_name, user.last_name, user.status)
    rows: list[Any] = []
    linked: dict[int, dict[int, str]] = defaultdict(dict)
    for some in chunks(sorted(set(emails))):
        rows += connection.execute(
            select(*columns).where(user.site_id == site_id, user.email.in_(some))
        ).all()
    for some in chunks([row.id for row in rows]):
        query = select(link.user_id, link.account_oid, link.account_id).where(link.user_id.in_(some))
        for user_id, oid, account_id in connection.execute(query.order_by(link.account_id)):
            linked[user_id][oid] = account_id
    return {
        email: Found(user_id, version, Person(first, last, Status(status), linked[user_id]))
        for user_id, email, version, first, last, status in rows
    }
