"""The box at the top of the window."""

from __future__ import annotations

import pytest
from sqlalchemy import insert
from sqlalchemy.engine import Engine

from portal_admin.domain.text import id_key, name_key
from portal_admin.models import aspire_account, aspire_contract, end_user, site
from portal_admin.services.desk import Desk
from portal_admin.services.find import find
from tests.fixtures.desk import NOW
from tests.fixtures.operators import filling


@pytest.fixture
def filled(engine: Engine) -> None:
    with filling(engine) as connection:
        connection.execute(insert(site).values(id=1, key="NORTH", name="North", created_at=NOW))
        connection.execute(
            insert(end_user),
            [
                {
                    "site_id": 1,
                    "email": email,
                    "first_name": first,
                    "last_name": last,
                    "name_key": name_key(first, last),
                    "status": "Active",
                    "created_at": NOW,
                    "created_by": "t",
                }
                for email, first, last in (
                    ("x@prairie.example", "Ola", "Prairie"),
                    ("prairie@x.example", "Prairie", "Ann"),
                )
            ],
        )
        connection.execute(
            insert(aspire_account),
            [
                {
                    "oid": oid,
                    "account_id": key,
                    "account_id_key": id_key(key),
                    "name": name,
                    "name_key": name_key(name),
                }
                | {"fingerprint": 0, "seen": 0}
                for oid, key, name in ((1, "A-1", "Prairie Hauling LLC"), (2, "A-2", "Delta Crane"))
            ],
        )
        connection.execute(
            insert(aspire_contract),
            [
                {"oid": oid, "contract_id": key, "contract_id_key": id_key(key), "is_booked": booked}
                | {"is_terminated": ended, "label_key": "", "currency": "USD", "fingerprint": 0, "seen": 0}
                for oid, key, booked, ended in (
                    (1, "0012-0045", True, False),
                    (2, "0012-0046", True, True),
                    (3, "0013-1", False, False),
                )
            ],
        )


@pytest.mark.usefixtures("filled")
@pytest.mark.parametrize(
    ("text", "targets"),
    [
        ("0012", ["contract:0012-0045", "contract:0012-0046"]),
        (" 0012-0046 ", ["contract:0012-0046"]),
        ("a-2", ["account:A-2"]),
        ("prairie", ["user:NORTH/prairie@x.example", "user:NORTH/x@prairie.example", "account:A-1"]),
        ("crane", ["account:A-2"]),
        ("nobody", []),
        ("   ", []),
    ],
)
def test_that_each_kind_is_found_by_what_people_type(
    offline_desk: Desk, text: str, targets: list[str]
) -> None:
    assert [hit.target for hit in find(offline_desk, text=text)] == targets


@pytest.mark.usefixtures("filled")
def test_that_a_contract_says_its_state(offline_desk: Desk) -> None:
    assert [hit.detail for hit in find(offline_desk, text="001")] == ["active", "terminated", "not booked"]
