"""The hand-written ASPIRE already received into the snapshot, three sites, and a few end users."""

from __future__ import annotations

import pytest

from portal_admin.domain.people import Status
from portal_admin.models.engine import writing
from portal_admin.services.desk import Desk
from tests.services.filled import add_site, add_user, receive

RUTH, PAUL, INA = "ruth@prairie.example", "paul@new.example", "ina@old.example"


@pytest.fixture
def office(desk: Desk) -> Desk:
    """Site MAIN takes unlabelled contracts and NORTHWIND, PRAIRIE takes two labels, EASTCOAST takes EASTERN."""
    assert desk.aspire is not None
    receive(desk.engine, desk.aspire)
    with writing(desk.engine) as connection:
        main = add_site(connection, "MAIN", ["NORTHWIND"], unlabelled=True)
        prairie = add_site(connection, "PRAIRIE", ["PRAIRIE", "PRAIRIE WEST"])
        add_site(connection, "EASTCOAST", ["EASTERN"])
        add_user(connection, main, RUTH, [(1, "A-001")])
        add_user(connection, main, PAUL, [(2, "A-002")], first="Paul", last="New", status=Status.PENDING)
        add_user(
            connection,
            main,
            INA,
            [(4, "A-004"), (1, "A-001")],
            first="Ina",
            last="Old",
            status=Status.INACTIVE,
        )
        add_user(connection, prairie, RUTH, [(1, "A-001")])
    return desk
