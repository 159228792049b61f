"""Brands of sites as they are stored, audited and met by somebody else's change."""

from __future__ import annotations

from dataclasses import replace
from hashlib import sha256

import pytest

from portal_admin.domain.brand import Brand
from portal_admin.domain.permissions import Role
from portal_admin.errors import Conflict, InvalidInput, NotAllowed, NotFound
from portal_admin.services import brand as brands
from portal_admin.services.desk import Desk
from tests.fixtures.operators import appoint
from tests.services.filled import audit_rows, everything
from tests.services.mail.conftest import NORTHWIND, PNG, PRAIRIE


def test_that_a_brand_is_kept_and_replaced_as_a_whole(office: Desk) -> None:
    first = brands.set_brand(office, site="main", brand=NORTHWIND)
    assert first == replace(NORTHWIND, version=1)
    second = brands.set_brand(office, site="MAIN", brand=PRAIRIE, version=1)
    assert second == replace(PRAIRIE, logo_type="png", version=2)
    assert brands.brands(office) == {"MAIN": second}
    assert brands.show_brand(office, site="MAIN") == second
    assert brands.show_brand(office, site="PRAIRIE") is None


def test_that_the_audit_tells_both_brands_but_holds_no_picture(office: Desk) -> None:
    brands.set_brand(office, site="MAIN", brand=NORTHWIND)
    brands.set_brand(office, site="MAIN", brand=PRAIRIE)
    first, second = audit_rows(office.engine)
    assert first.before is None
    assert second.before == first.after
    assert second.after["logo"] == sha256(PNG).hexdigest()[:16]
    assert second.after["sender_address"] == "mail@prairie.example"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"sender_name": ""}, "sender_name"),
        ({"sender_address": "x"}, "sender_address"),
        ({"sender_address": "a@b.example\r\nBcc: c@d.example"}, "sender_address"),
        ({"support_email": ""}, "support_email"),
        ({"link_base": "http://my.northwind.example"}, "link_base"),
        ({"color": "yellow"}, "color"),
        ({"logo": b"<svg>"}, "logo"),
    ],
)
def test_that_a_brand_that_cannot_be_used_is_not_kept(
    office: Desk, changes: dict[str, str], field: str
) -> None:
    before = everything(office.engine)
    with pytest.raises(InvalidInput) as problem:
        brands.set_brand(office, site="MAIN", brand=replace(NORTHWIND, **changes))
    assert problem.value.field == field
    assert everything(office.engine) == before
    assert brands.brands(office) == {}


@pytest.mark.parametrize("version", [0, 2])
def test_that_somebody_else_s_brand_is_not_overwritten_unseen(office: Desk, version: int) -> None:
    brands.set_brand(office, site="MAIN", brand=NORTHWIND)
    with pytest.raises(Conflict, match="brand of MAIN"):
        brands.set_brand(office, site="MAIN", brand=PRAIRIE, version=version)
    assert brands.brands(office)["MAIN"].sender_name == "Northwind Leasing"


def test_that_only_an_administrator_brands_a_site_that_exists(office: Desk) -> None:
    appoint(office.engine, "casey", Role.CSR)
    with pytest.raises(NotAllowed):
        brands.set_brand(replace(office, operator="casey"), site="MAIN", brand=NORTHWIND)
    with pytest.raises(NotFound):
        brands.set_brand(
            office, site="NOWHERE", brand=Brand("a", "a@b.example", "a@b.example", "https://b.example")
        )
