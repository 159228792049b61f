"""What people type is literal, whatever it would mean to the database."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, select

from portal_admin.domain.people import Status
from portal_admin.domain.records import Account
from portal_admin.domain.text import name_key
from portal_admin.models import aspire_account
from portal_admin.models.engine import reading, writing
from portal_admin.services import people
from portal_admin.services.desk import Desk
from portal_admin.services.text_search import contains
from tests.services.filled import add_account, add_site, add_user, empty

ACCOUNTS = {
    1: ("A-001", "Prairie Hauling LLC"),
    2: ("A-002", '100% "Best" Farms_Inc'),
    3: ("B*03", "Al & Bo (Partners) OR Friends"),
    4: ("0013", "Groupe Bélanger Ltée"),
    5: ("C^5", "NEAR/NOT Trucks: -x {col}"),
    6: ("D\\6", "Back\\slash's Diner"),
    7: ("E-7", "村上運送株式会社"),
    8: ("F-8", "STRASSE & Söhne"),
}


@pytest.fixture
def searched(engine: Engine) -> Engine:
    with writing(engine) as connection:
        for oid, (account_id, name) in ACCOUNTS.items():
            add_account(connection, Account(oid, account_id, name))
    return engine


def found(engine: Engine, typed: str) -> list[int]:
    with reading(engine) as connection:
        query = select(aspire_account.c.oid).where(contains(connection, "aspire_account", typed))
        return sorted(connection.execute(query).scalars())


@pytest.mark.parametrize(
    ("typed", "oids"),
    [
        ("prairie", [1]),
        ("  PRAIRIE   hauling ", [1]),
        ("hauling prairie", [1]),
        ("rair", [1]),
        ("prairie dental", []),
        ("p", [1]),
        ("pr", [1]),
        ("a", [1, 2, 3]),
        ("a-", [1, 2]),
        ("00", [4]),
        ("001", [1, 4]),
        ("%", []),
        ("100%", [2]),
        ("%%%", []),
        ("___", []),
        ("_inc", [2]),
        ("s_i", [2]),
        ("sxi", []),
        ('"', []),
        ('"best"', [2]),
        ('""""', []),
        ("*", []),
        ("b*03", [3]),
        ("pra*", []),
        ("prairie*", []),
        ("(partners)", [3]),
        ("prairie OR friends", []),
        ("al or friends", []),
        ("near", [5]),
        ("NEAR/NOT", [5]),
        ("NOT", [5]),
        ("trucks:", [5]),
        ("name_key:prairie", []),
        ("-x", []),
        ("{col}", [5]),
        ("c^5", [5]),
        ("d\\6", [6]),
        ("back\\slash's", [6]),
        ("bélanger", [4]),
        ("be\u0301langer", [4]),
        ("belanger", []),
        ("村", [7]),
        ("村上運", [7]),
        ("straße", [8]),
        ("söh", [8]),
        ("\x00", []),
        ("pra\x00irie", []),
        ("prairie\x00", []),
        ("\ud800abc", []),
        ("'; DROP TABLE end_user; --", []),
        ("prairie " * 50, [1]),
        ("x" * 10_000, []),
    ],
)
def test_that_typed_text_is_found_as_it_stands(searched: Engine, typed: str, oids: list[int]) -> None:
    assert found(searched, typed) == oids


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    name=st.text(st.sampled_from('ab%_"*é -('), min_size=1, max_size=8),
    typed=st.text(st.sampled_from('ab%_"*é -('), min_size=3, max_size=5),
)
def test_that_the_index_finds_what_plain_text_contains(engine: Engine, name: str, typed: str) -> None:
    with writing(engine) as connection:
        empty(connection)
        add_account(connection, Account(1, "zz", name))
    words = name_key(typed).split()
    expected = all(w in name_key(name) if len(w) > 2 else name_key(name).startswith(w) for w in words)
    assert (found(engine, typed) == [1]) is expected


@pytest.fixture
def listed(engine: Engine, offline_desk: Desk) -> Desk:
    with writing(engine) as connection:
        one, two = add_site(connection, "B", unlabelled=True), add_site(connection, "A", unlabelled=True)
        add_user(connection, one, "zoe@x.example", [(1, "A-1")], first="Zoë", last="Ng")
        add_user(connection, one, "chris@x.example", [(1, "A-1"), (2, "A-2")], first="Chris", last="Li")
        add_user(
            connection, two, "z@münchen.example", [(1, "A-1")], first="Al", last="Z", status=Status.PENDING
        )
        add_user(connection, two, "É@x.example", [(1, "A-1")], first="Éa", last="B", status=Status.INACTIVE)
    return offline_desk


def listing(desk: Desk, **filters: object) -> list[str]:
    return [f"{user.site} {user.email}" for user in people.list_users(desk, **filters)]  # type: ignore[arg-type]


EVERYBODY = ["A z@xn--mnchen-3ya.example", "A é@x.example", "B chris@x.example", "B zoe@x.example"]


def test_that_users_are_listed_by_site_and_email_in_code_points(listed: Desk) -> None:
    assert listing(listed) == EVERYBODY == sorted(EVERYBODY)


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ({"site": "a"}, EVERYBODY[:2]),
        ({"statuses": [Status.PENDING, Status.INACTIVE]}, EVERYBODY[:2]),
        ({"statuses": [Status.ACTIVE], "site": "B"}, EVERYBODY[2:]),
        ({"statuses": [Status.PENDING], "site": "B"}, []),
        ({"text": "chris"}, ["B chris@x.example"]),
        ({"text": "x.example zo"}, ["B zoe@x.example"]),
        ({"text": "z"}, ["A z@xn--mnchen-3ya.example", "B zoe@x.example"]),
        ({"text": "  "}, EVERYBODY),
        ({"text": "%"}, []),
        ({"text": "z@MÜNCHEN.example"}, ["A z@xn--mnchen-3ya.example"]),
    ],
)
def test_that_filters_narrow_the_list(listed: Desk, filters: dict[str, object], expected: list[str]) -> None:
    assert listing(listed, **filters) == expected


def test_that_a_list_longer_than_a_page_is_complete_and_in_order(
    engine: Engine, offline_desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(people, "PAGE", 3)
    with writing(engine) as connection:
        ids = [add_site(connection, key, unlabelled=True) for key in ("S1", "S2", "S3")]
        for n in range(10):
            add_user(connection, ids[n % 3], f"u{n // 3}@x.example", [(n, f"A-{n}")])
    users = listing(offline_desk)
    assert users == sorted(users)
    assert len(set(users)) == 10


def test_that_a_user_shows_links_even_of_accounts_that_the_snapshot_lacks(
    listed: Desk, engine: Engine
) -> None:
    with writing(engine) as connection:
        add_account(connection, Account(2, "A-2", "Known LLC"))
    user = people.show_user(listed, site="B", email="chris@x.example")
    assert [(a.account_id, a.known) for a in user.accounts] == [("A-1", False), ("A-2", True)]
    assert user.accounts[1].name == "Known LLC"
