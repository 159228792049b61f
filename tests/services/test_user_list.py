"""The ranked list of end users."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import insert, update
from sqlalchemy.engine import Engine

from portal_admin.domain.people import Status
from portal_admin.domain.text import name_key
from portal_admin.models import account_link, end_user, site
from portal_admin.services.desk import Desk
from portal_admin.services.user_list import SORTS, UserList, UserQuery
from tests.fixtures.desk import NOW
from tests.fixtures.operators import filling

PEOPLE = [
    ("NORTH", "zoe@a.example", "Zoe", "Adams", "Active"),
    ("SOUTH", "adam@b.example", "Adam", "Zed", "Pending"),
    ("NORTH", "mia@c.example", "Mia", "Berg", "Inactive"),
    ("SOUTH", "li@d.example", "Li", "Ng", "Active"),
    ("NORTH", "50%_off@e.example", "Pat", "Per_Cent%", "Active"),
]


@pytest.fixture
def listing(engine: Engine, offline_desk: Desk) -> Iterator[UserList]:
    with filling(engine) as connection:
        connection.execute(
            insert(site),
            [
                {"id": i, "key": key, "name": key, "created_at": NOW}
                for i, key in enumerate(("NORTH", "SOUTH"), 1)
            ],
        )
        for number, (key, email, first, last, status) in enumerate(PEOPLE, 1):
            connection.execute(
                insert(end_user).values(
                    id=number,
                    site_id=1 if key == "NORTH" else 2,
                    email=email,
                    first_name=first,
                    last_name=last,
                    name_key=name_key(first, last),
                    status=status,
                    created_at=NOW + timedelta(minutes=number),
                    created_by="t",
                )
            )
            connection.execute(
                insert(account_link).values(
                    user_id=number,
                    account_oid=number,
                    account_id=f"A-{number}",
                    created_at=NOW,
                    created_by="t",
                )
            )
    users = UserList(offline_desk)
    yield users
    users.close()


def emails(listing: UserList, **query: object) -> list[str]:
    ranking = listing.rank(UserQuery(**query))  # type: ignore[arg-type]
    found = [user.email for user in listing.page(ranking.token, 0, 100)]
    assert len(found) == ranking.count
    return found


@pytest.mark.parametrize(
    ("sort", "first"),
    [
        ("name", "adam@b.example"),
        ("email", "50%_off@e.example"),
        ("site", "mia@c.example"),
        ("status", "li@d.example"),
        ("created", "zoe@a.example"),
    ],
)
def test_that_every_sort_begins_with_the_right_user(listing: UserList, sort: str, first: str) -> None:
    assert emails(listing, sort=sort)[0] == first


def test_that_every_sort_can_be_turned_round(listing: UserList) -> None:
    for sort in SORTS:
        assert emails(listing, sort=sort, descending=True) == list(reversed(emails(listing, sort=sort)))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("adam", {"adam@b.example", "zoe@a.example"}),
        ("ADAM zed", {"adam@b.example"}),
        ("li", {"li@d.example"}),
        ("%", set()),
        ("50%_", {"50%_off@e.example"}),
        ("per_", {"50%_off@e.example"}),
        ("p_t", set()),
        ('"', set()),
        ("a* OR b", set()),
        ("example", {email for _, email, *_ in PEOPLE}),
    ],
)
def test_that_text_is_found_in_name_or_email_and_wildcards_are_literal(
    listing: UserList, text: str, found: set[str]
) -> None:
    assert set(emails(listing, text=text)) == found


def test_that_site_and_status_narrow_together(listing: UserList) -> None:
    assert emails(listing, site="north", statuses=(Status.ACTIVE, Status.INACTIVE), sort="email") == [
        "50%_off@e.example",
        "mia@c.example",
        "zoe@a.example",
    ]


def test_that_a_page_shows_the_users_as_they_are_now_at_the_rank_they_had(
    listing: UserList, engine: Engine
) -> None:
    ranking = listing.rank(UserQuery(sort="name"))
    with filling(engine) as connection:
        connection.execute(update(end_user).where(end_user.c.id == 2).values(status="Active", name_key="zzz"))
    (first,) = listing.page(ranking.token, 0, 1)
    assert (first.email, first.status) == ("adam@b.example", Status.ACTIVE)


def test_that_the_pages_of_a_replaced_ranking_are_empty(listing: UserList) -> None:
    old = listing.rank(UserQuery())
    new = listing.rank(UserQuery(sort="email"))
    assert listing.page(old.token, 0, 10) == []
    assert len(listing.page(new.token, 0, 10)) == len(PEOPLE)


def test_that_a_page_carries_the_linked_accounts(listing: UserList) -> None:
    ranking = listing.rank(UserQuery(sort="created"))
    assert [[a.account_id for a in user.accounts] for user in listing.page(ranking.token, 1, 2)] == [
        ["A-2"],
        ["A-3"],
    ]
