"""The one box: everything people type, and what is told of what was found."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import insert
from sqlalchemy import text as sql
from sqlalchemy.engine import Engine

from portal_admin.domain.permissions import Role
from portal_admin.domain.sound import sound_keys
from portal_admin.errors import DatabaseProblem, NotAllowed
from portal_admin.models import end_user
from portal_admin.models.engine import writing
from portal_admin.services.desk import Desk
from portal_admin.services.find import Kind, search
from tests.fixtures.desk import NOW
from tests.fixtures.operators import filling
from tests.services.find.conftest import switch_payments_off


def targets(desk: Desk, text: str, limit: int = 8) -> list[str]:
    return [hit.target for hit in search(desk, text=text, limit=limit)]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("0012", ["contract:0012-0045", "contract:0012-0046"]),
        (" 0012-0046 ", ["contract:0012-0046"]),
        ("12-45", ["contract:0012-0045"]),
        ("120045", ["contract:0012-0045"]),
        ("00120045", ["contract:0012-0045"]),
        ("0012 0045", ["contract:0012-0045"]),
        ("1245", ["contract:0012-0045"]),
        ("12004", ["contract:0012-0045", "contract:0012-0046"]),
        ("a-2", ["account:A-2"]),
        ("crane", ["account:A-2"]),
        (
            "prairie",
            ["user:NORTH/prairie@x.example", "user:NORTH/x@prairie.example", "account:A-1", "account:A-1"],
        ),
        ("Moreau, Cris", ["user:NORTH/cm@x.example"]),
        ("Hauling, Prairie;", ["account:A-1"]),
        ("Chris", ["user:NORTH/chris@x.example", "user:NORTH/cm@x.example", "user:HARBOR/kt@y.example"]),
        ("cris m", ["user:NORTH/cm@x.example"]),
        ("moro", ["user:NORTH/cm@x.example"]),
        ("obrien", ["account:A-1"]),
        ("cfo@prairie.example", ["account:A-1"]),
        ("rae@", ["account:A-1"]),
        ("p-0002", ["payment:P-0002"]),
        ("P-00", ["payment:P-0001", "payment:P-0002", "payment:P-0003"]),
        ("1,075.00", ["payment:P-0003", "payment:P-0002", "payment:P-0001"]),
        ("$1075", ["payment:P-0003", "payment:P-0002", "payment:P-0001"]),
        ("20", ["payment:1075-X"]),
        ("1075.5", []),
        ("1075", ["contract:1075-9", "payment:P-0003", "payment:P-0002", "payment:P-0001", "payment:1075-X"]),
        ("nobody", []),
        ("%", []),
        ("_", []),
        ("   ", []),
    ],
)
def test_that_each_kind_is_found_by_what_people_type(
    offline_desk: Desk, text: str, wanted: list[str]
) -> None:
    assert targets(offline_desk, text) == wanted


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("email:x@prairie.example", ["user:NORTH/x@prairie.example", "payment:1075-X", "payment:P-0001"]),
        ("email:rae", ["account:A-1"]),
        ("email:@x.example cris", ["user:NORTH/cm@x.example", "user:NORTH/chris@x.example"]),
        ("site:harbor", ["user:HARBOR/kt@y.example", "contract:1075-9", "payment:P-0003"]),
        ('site:"Harbor Finance" kris', ["user:HARBOR/kt@y.example"]),
        ("site:nowhere kris", []),
        ("kris site:north", ["user:NORTH/chris@x.example", "user:NORTH/cm@x.example"]),
        ("status:pending", ["user:NORTH/prairie@x.example", "payment:P-0002"]),
        ('status:"pending cancel"', ["payment:P-0003"]),
        ("status:term", ["contract:0012-0046"]),
        ("status:active 0012", ["contract:0012-0045"]),
        ("status:inactive status:pending kris", ["user:NORTH/cm@x.example"]),
        (
            "contract:12-45",
            [
                "contract:0012-0045",
                "user:NORTH/x@prairie.example",
                "user:NORTH/prairie@x.example",
                "account:A-1",
                "account:A-1",
                "payment:1075-X",
                "payment:P-0001",
            ],
        ),
        ("contract:0012-0045 obrien", ["account:A-1"]),
        ("contract:none", []),
        ("account:A-3 kris", ["user:HARBOR/kt@y.example"]),
        ('account:"delta crane" status:active', ["user:NORTH/chris@x.example"]),
        ("account:A-3 site:north", ["contract:0012-0046", "payment:P-0002"]),
        ("account:nothing", []),
        ("email:", []),
    ],
)
def test_that_filters_narrow_and_alone_list(offline_desk: Desk, text: str, wanted: list[str]) -> None:
    assert targets(offline_desk, text) == wanted


def test_that_all_three_of_the_vendors_example_are_found_before_whoever_sounds_less_alike(
    offline_desk: Desk,
) -> None:
    by = {"created_at": NOW, "created_by": "t", "site_id": 1, "status": "Active"}
    with filling(offline_desk.engine) as connection:
        for number in range(12):
            names = {"first_name": "Grace", "last_name": f"A{number}", "name_key": f"grace a{number}"}
            address = {"id": 100 + number, "email": f"g{number}@x.example"}
            connection.execute(
                insert(end_user).values(**names, **by, **address, sound_keys=sound_keys("Grace"))
            )
    assert [hit.title for hit in search(offline_desk, text="Chris", limit=4)] == [
        "Chris Miller",
        "Cris Moreau",
        "Kris Tanner",
        "Grace A0",
    ]


def told(desk: Desk, text: str) -> list[tuple[str, str, str]]:
    return [(hit.title, hit.detail, hit.matched) for hit in search(desk, text=text)]


def test_that_a_hit_tells_what_it_is_and_what_matched(offline_desk: Desk) -> None:
    assert told(offline_desk, "Kris") == [
        ("Kris Tanner", "kt@y.example · HARBOR · Active", "name begins so"),
        ("Chris Miller", "chris@x.example · NORTH · Active", "sounds alike: Chris"),
        ("Cris Moreau", "cm@x.example · NORTH · Inactive", "sounds alike: Cris"),
    ]
    assert told(offline_desk, "0012-004")[0] == (
        "0012-0045",
        "Prairie Hauling LLC · active",
        "contract id begins so",
    )
    assert told(offline_desk, "12-46") == [
        (
            "0012-0046",
            "Prairie Hauling LLC, Delta Crane and 1 more · terminated",
            "contract id without zeros and dashes",
        )
    ]
    assert told(offline_desk, "0013-1") == [("0013-1", "not booked", "contract id")]
    assert told(offline_desk, "obrien") == [
        ("Rae O’Brien", "rae@prairie.example · Prairie Hauling LLC (A-1)", "sounds alike: O’Brien")
    ]
    assert told(offline_desk, "cfo@prairie.example") == [
        ("Prairie Hauling LLC", "A-1 · ap@prairie.example; cfo@prairie.example", "email")
    ]
    assert told(offline_desk, "p-0003") == [
        ("P-0003", "1,075 JPY · Pending Cancel · 2026-11-09 · 1075-9 · Kris Tanner", "reference")
    ]
    assert [matched for *_, matched in told(offline_desk, "1,075.00")] == ["amount"] * 3
    assert [matched for *_, matched in told(offline_desk, "site:harbor status:active")] == [
        "site harbor, status active"
    ] * 2


def test_that_the_group_with_the_best_hit_stands_first_and_more_are_told(offline_desk: Desk) -> None:
    found = search(offline_desk, text="a-1")
    assert [(group.kind, len(group.hits)) for group in found.groups if group.hits] == [(Kind.ACCOUNT, 1)]
    assert found.groups[0].kind is Kind.ACCOUNT
    few = search(offline_desk, text="kris", limit=2)
    assert [(group.kind, len(group.hits), group.more) for group in few.groups if group.hits] == [
        (Kind.USER, 2, True)
    ]
    assert not search(offline_desk, text="kris", limit=3).groups[0].more


def test_that_payments_of_a_site_that_has_none_are_hidden(offline_desk: Desk) -> None:
    switch_payments_off(offline_desk.engine, 1)
    assert targets(offline_desk, "1,075.00") == ["payment:P-0003"]
    assert targets(offline_desk, "P-0001") == []
    assert targets(offline_desk, "status:paid") == []


@pytest.mark.databases("sqlite")
@pytest.mark.parametrize(
    ("table", "kind"),
    [("aspire_contact", Kind.CONTACT), ("payment", Kind.PAYMENT), ("end_user_search", Kind.USER)],
)
def test_that_a_kind_that_cannot_be_read_says_so_and_the_others_answer(
    offline_desk: Desk, engine: Engine, table: str, kind: Kind
) -> None:
    with writing(engine) as connection:
        connection.execute(sql("pragma legacy_alter_table = on"))
        connection.execute(sql(f"alter table {table} rename to gone"))
    found = search(offline_desk, text="0012")
    assert [hit.target for hit in found] == ["contract:0012-0045", "contract:0012-0046"]
    (broken,) = found.problems
    assert (broken.kind, type(broken.problem)) == (kind, DatabaseProblem)


def test_that_somebody_without_a_role_may_not_look(offline_desk: Desk) -> None:
    with filling(offline_desk.engine) as connection:
        connection.execute(sql("update operator set role = null"))
    with pytest.raises(NotAllowed, match="you have no role"):
        search(offline_desk, text="kris")


@pytest.mark.databases("postgresql")
def test_that_what_the_server_does_not_let_one_read_is_not_allowed(offline_desk: Desk) -> None:
    with writing(offline_desk.engine) as connection:
        connection.execute(sql("revoke select on payment from current_user"))
    try:
        found = search(offline_desk, text="0012")
    finally:
        with writing(offline_desk.engine) as connection:
            connection.execute(sql("grant select on payment to current_user"))
    (group,) = found.problems
    assert (group.kind, type(group.problem)) == (Kind.PAYMENT, NotAllowed)
    assert len(found.hits) == 2


HOSTILE = st.text(max_size=40) | st.lists(
    st.sampled_from(
        ["kris", '"', "%", "*", "site:", "email:", "status:", "(", "OR", "NEAR", "\0", "a@", "0012", "'"]
    ),
    max_size=6,
).map(" ".join)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(typed=HOSTILE)
def test_that_no_text_breaks_the_search(offline_desk: Desk, typed: str) -> None:
    assert search(offline_desk, text=typed).problems == ()


def test_that_every_role_may_look(offline_desk: Desk) -> None:
    with filling(offline_desk.engine) as connection:
        connection.execute(sql("update operator set role = :role"), {"role": Role.READ_ONLY.value})
    assert len(search(offline_desk, text="kris").hits) == 3
