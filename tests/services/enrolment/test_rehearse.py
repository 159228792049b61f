"""Rehearsals over the portal's copy and a real ASPIRE."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import delete

from portal_admin.domain.enrolment_typed import Typed
from portal_admin.domain.permissions import Role as OperatorRole
from portal_admin.domain.records import Contract, Location, Role
from portal_admin.domain.verdict import Edition, Verdict
from portal_admin.errors import NotAllowed, NotFound
from portal_admin.models import aspire_contract
from portal_admin.models.engine import writing
from portal_admin.sandbox.server import Sandbox
from portal_admin.services.desk import Desk
from portal_admin.services.enrolment.rehearse import OnFile, rehearse, rehearse_both, reveal_on_file
from tests.fixtures.operators import appoint
from tests.services.enrolment.world import ACTIVE, BILLING, CFO, DANA, GONE, OLSEN, PENDING, RIGHT, offline
from tests.services.filled import STALE, add_contract, audit_rows, everything, set_setting

# What ASPIRE says does not depend on the database; submitting is tried on both.
pytestmark = pytest.mark.databases("sqlite")

E2025, E2026 = Edition.E2025, Edition.E2026


def failed(found: Verdict) -> list[str]:
    return [check.name for check in found.failed]


# What is typed differently, and the checks that fail in edition 2025 and in 2026.
ROWS: list[tuple[str, dict[str, Any], list[str], list[str]]] = [
    ("all is right", {}, [], []),
    ("one of two addresses of the customer", {"email": CFO}, ["email"], []),
    ("the Bill-To address", {"email": BILLING}, ["email"], []),
    ("a guarantor", {"email": DANA}, ["email"], ["email"]),
    ("a contact of an account without contracts", {"email": "lee@lonely.example"}, ["email"], ["email"]),
    ("another customer", {"email": "office@prairiehauling.example"}, ["contract"], ["contract"]),
    ("nobody", {"email": "x@nobody.example"}, ["email"], ["email"]),
    ("the wrong ZIP", {"postal_code": "68115"}, ["postal_code"], ["postal_code"]),
    ("a terminated contract", {"contract_id": "0012-0046"}, [], []),
    ("a contract that is not booked", {"contract_id": "0012-0047"}, ["contract"], ["contract"]),
    ("a label of no site", {"contract_id": "0012-0048"}, ["contract"], ["contract"]),
    ("a label of another site", {"contract_id": "0012-0049"}, ["contract"], ["contract"]),
    ("a label of blanks is none", {"contract_id": "EG-2019-7"}, [], []),
    ("zeros matter", {"contract_id": "12-0045"}, ["contract"], ["contract"]),
    ("case and outer blanks of an id do not", {"contract_id": " eg-2019-7 "}, [], []),
    (
        "no postal code on file",
        {"contract_id": "0200-0001", "email": "x@nobody.example"},
        ["email", "postal_code"],
        ["email", "postal_code"],
    ),
    (
        "too short on file",
        {"contract_id": "0210-0001", "email": "shared@twin.example"},
        ["postal_code"],
        ["postal_code"],
    ),
    ("a user who is Active", {"email": ACTIVE}, ["email", "already_user"], ["already_user"]),
]


@pytest.mark.parametrize(("typed", "old", "new"), [row[1:] for row in ROWS], ids=[row[0] for row in ROWS])
@pytest.mark.databases("sqlite")
def test_that_rule_d_is_judged_on_what_aspire_has(
    enrolment: Desk, typed: dict[str, Any], old: list[str], new: list[str]
) -> None:
    given = RIGHT | typed
    keys = ("email", "postal_code", "contract_id", "first_name", "last_name")
    both = rehearse_both(enrolment, site=given["site"], typed=Typed(*(given[key] for key in keys)))
    assert (both.site, both.in_force) == ("MAIN", E2026)
    for edition, wanted in ((E2025, old), (E2026, new)):
        found = both.verdicts[edition]
        assert (failed(found), found.verdict) == (wanted, "refused" if wanted else "accepted")
        told = {one.evidence.get("aspire") for one in found.checks if one.name != "already_user"}
        assert told <= {"agrees", None}
        assert found.edition is edition


def test_that_the_edition_in_force_is_taken_unless_told(enrolment: Desk) -> None:
    assert rehearse(enrolment, **(RIGHT | {"email": BILLING})).edition is E2026
    with writing(enrolment.engine) as connection:
        set_setting(connection, "edition", "2025")
    found = rehearse(enrolment, **(RIGHT | {"email": BILLING}))
    assert (found.edition, failed(found)) == (E2025, ["email"])


@pytest.mark.parametrize(("email", "status"), [(ACTIVE, "Active"), (PENDING, "Pending"), (GONE, "Inactive")])
@pytest.mark.databases("sqlite")
def test_that_whoever_has_the_address_is_told_by_status(enrolment: Desk, email: str, status: str) -> None:
    check = rehearse(enrolment, **(RIGHT | {"email": email})).check("already_user")
    assert (check.result, check.evidence["status"]) == ("fail", status)


@pytest.mark.databases("sqlite")
def test_that_a_user_of_another_site_does_not_matter(enrolment: Desk) -> None:
    on_other = RIGHT | {"site": "PRAIRIE", "email": ACTIVE, "contract_id": "0012-0049"}
    assert rehearse(enrolment, **on_other).verdict == "accepted"


@pytest.mark.databases("sqlite")
def test_that_of_two_contracts_with_one_number_the_one_of_the_email_s_customer_is_meant(
    enrolment: Desk,
) -> None:
    place = Location(postal_code="68114", country="US")
    with writing(enrolment.engine) as connection:
        for oid, customer in ((5, 2), (9000, 1)):
            roles = (Role(customer, "Customer"),)
            add_contract(connection, Contract(oid, "0012-0099", True, False, roles, bill_to=place))
    found = rehearse(offline(enrolment), **(RIGHT | {"contract_id": "0012-0099"}))
    assert (found.verdict, found.check("contract").evidence["contract_oid"]) == ("accepted", 9000)


def test_that_a_rehearsal_changes_nothing(enrolment: Desk) -> None:
    before = everything(enrolment.engine)
    rehearse(enrolment, **RIGHT)
    assert everything(enrolment.engine) == before


def test_that_a_fresh_copy_answers_without_aspire_and_an_old_one_does_not(
    enrolment: Desk, aged: Callable[[Desk, datetime | None], Desk]
) -> None:
    assert rehearse(offline(enrolment), **RIGHT).verdict == "accepted"
    assert rehearse(offline(enrolment), **(RIGHT | {"postal_code": "1"})).verdict == "refused"
    found = rehearse(offline(aged(enrolment, STALE)), **RIGHT)
    assert (found.verdict, len(found.unknown), found.failed) == ("cannot_tell", 3, ())
    assert "no ASPIRE connection" in found.check("email").sentence
    assert rehearse(enrolment, **RIGHT).verdict == "accepted"


def test_that_before_the_first_sync_aspire_is_asked_and_the_contract_is_still_to_come(
    enrolment: Desk, aged: Callable[[Desk, datetime | None], Desk]
) -> None:
    desk = aged(enrolment, None)
    with writing(desk.engine) as connection:
        connection.execute(delete(aspire_contract))
    found = rehearse(desk, **RIGHT)
    assert (found.verdict, failed(found)) == ("refused", ["contract"])
    assert found.check("contract").evidence["causes"] == ["not_received"]
    assert rehearse(offline(desk), **RIGHT).verdict == "cannot_tell"


FAULTS: dict[str, dict[str, Any]] = {
    "too slow": {"latency": 5},
    "drips": {"drip": 1},
    "asks to wait": {"status": 429, "retry_after": 60},
    "unavailable": {"status": 503},
    "not signed in": {"status": 401},
    "cut off": {"truncate": True},
    "a web page": {"html": True},
    "dropped": {"drop": "before"},
    "no items": {"missing": "Items"},
    "no ids": {"missing": "ContractId"},
    "contract denied": {"deny": "Contracts/10"},
    "customer denied": {"deny": "Accounts/1"},
    "contact denied": {"deny": "Contacts/1"},
    "password to be changed": {"password_change": True},
}


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.databases("sqlite")
def test_that_a_look_up_that_failed_is_never_a_no(
    hasty: Desk, sandbox: Sandbox, fault: str, aged: Callable[[Desk, datetime | None], Desk]
) -> None:
    sandbox.fault(**FAULTS[fault])
    fresh = rehearse(hasty, **RIGHT)
    assert (fresh.verdict, fresh.failed) == ("accepted", ())
    old = rehearse(aged(hasty, STALE), **RIGHT)
    assert (old.verdict, old.failed) == ("cannot_tell", ())
    assert not any("sandbox was told" in one.sentence for one in old.checks)
    wrong = rehearse(hasty, **(RIGHT | {"email": ACTIVE, "postal_code": ""}))
    assert {*failed(wrong)} == {"postal_code", "already_user"}


@pytest.mark.databases("sqlite")
def test_that_aspire_s_change_since_stands_beside_the_portal_s_copy(
    enrolment: Desk, sandbox: Sandbox
) -> None:
    place = {"Name": "AP", "PostalCode": "10001", "Country": "US", "Email": "new@prairie.example"}
    sandbox.patch("Contracts", 10, BillToLocation=place)
    check = rehearse(enrolment, **RIGHT).check("postal_code")
    assert (check.result, check.evidence["aspire"]) == ("pass", "differs")
    sandbox.patch("Contacts", 1, Email="ruth@prairie.example")
    moved = rehearse(enrolment, **(RIGHT | {"email": "ruth@prairie.example"}))
    assert (failed(moved), moved.check("email").evidence["aspire"]) == (["email"], "differs")


def test_that_what_is_on_file_is_revealed_by_who_may_with_an_audit_line(
    enrolment: Desk, desk_of: Callable[[Desk, str], Desk]
) -> None:
    found = reveal_on_file(enrolment, site="MAIN", contract_id="0012-0045", email=OLSEN)
    assert found == OnFile((ACTIVE, CFO, OLSEN), (BILLING,), "68114-1234")
    (line,) = audit_rows(enrolment.engine)
    assert (line.action, line.subject, line.site_key) == ("caller.reveal", OLSEN, "MAIN")
    assert OLSEN not in str(line.after)
    assert "68114" not in str(line.after)
    appoint(enrolment.engine, "robin", OperatorRole.READ_ONLY)
    with pytest.raises(NotAllowed, match="Reveal masked data"):
        reveal_on_file(desk_of(enrolment, "robin"), site="MAIN", contract_id="0012-0045")
    with pytest.raises(NotFound):
        reveal_on_file(enrolment, site="MAIN", contract_id="none")


@pytest.mark.databases("sqlite")
def test_that_somebody_who_may_only_look_may_rehearse(enrolment: Desk) -> None:
    appoint(enrolment.engine, "robin", OperatorRole.READ_ONLY)
    assert rehearse(replace(enrolment, operator="robin"), **RIGHT).verdict == "accepted"


@pytest.mark.databases("sqlite")
def test_that_odd_text_is_refused_and_breaks_nothing(enrolment: Desk) -> None:
    odd: dict[str, Any] = {
        "email": "x" * 400 + "@x.example",
        "postal_code": "\0\ud800",
        "contract_id": "%_" + "9" * 300,
    }
    assert failed(rehearse(enrolment, **(RIGHT | odd))) == ["email", "postal_code", "contract"]
