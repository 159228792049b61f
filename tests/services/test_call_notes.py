"""Notes on calls: written once, kept with the person, audited."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from portal_admin.domain.call_notes import LONGEST
from portal_admin.domain.permissions import Role
from portal_admin.errors import InvalidInput, NotAllowed, NotFound
from portal_admin.services import call_notes, people
from portal_admin.services.desk import Desk
from tests.fixtures.operators import appoint
from tests.services.conftest import RUTH
from tests.services.filled import audit_rows, everything

ON_RUTH: dict[str, Any] = {"site": "MAIN", "email": RUTH}


def ruth(desk: Desk, site: str = "MAIN") -> int:
    return people.show_user(desk, site=site, email=RUTH).id


def test_that_a_note_is_kept_with_the_person_and_audited(office: Desk) -> None:
    written = call_notes.write_note(
        office, **ON_RUTH, note="  Asks for 0045.\nCalls again. ", contract_id=" 0012-0045 "
    )
    assert (written.note, written.contract_id) == ("Asks for 0045.\nCalls again.", "0012-0045")
    assert written.operator == "tester"
    assert call_notes.list_notes(office, user_id=ruth(office)) == (written,)
    line = audit_rows(office.engine)[-1]
    assert (line.action, line.subject, line.site_key) == ("call.note", RUTH, "MAIN")
    assert line.after == {"note": written.note, "contract_id": "0012-0045"}


def test_that_notes_come_newest_first_and_no_more_than_asked_for(office: Desk) -> None:
    for text in ("first", "second", "third"):
        call_notes.write_note(office, **ON_RUTH, note=text)
    found = call_notes.list_notes(office, user_id=ruth(office), limit=2)
    assert [one.note for one in found] == ["third", "second"]


def test_that_the_same_person_on_another_site_has_notes_of_their_own(office: Desk) -> None:
    call_notes.write_note(office, **ON_RUTH, note="on MAIN")
    assert call_notes.list_notes(office, user_id=ruth(office, "PRAIRIE")) == ()


@pytest.mark.databases("sqlite")
@pytest.mark.parametrize("note", ["", " \n ", "x" * (LONGEST + 1), "turned \N{RIGHT-TO-LEFT OVERRIDE} round"])
def test_that_a_note_that_cannot_be_kept_is_refused_and_changes_nothing(office: Desk, note: str) -> None:
    before = everything(office.engine)
    with pytest.raises(InvalidInput) as refusal:
        call_notes.write_note(office, **ON_RUTH, note=note)
    assert refusal.value.field == "note"
    assert everything(office.engine) == before


@pytest.mark.databases("sqlite")
def test_that_nobody_gets_a_note_who_does_not_exist(office: Desk) -> None:
    with pytest.raises(NotFound, match=r"nobody@x\.example"):
        call_notes.write_note(office, site="MAIN", email="nobody@x.example", note="n")


@pytest.mark.databases("sqlite")
def test_that_who_may_only_read_writes_no_note(office: Desk) -> None:
    appoint(office.engine, "rita", Role.READ_ONLY)
    before = everything(office.engine)
    with pytest.raises(NotAllowed, match="Write Call Note"):
        call_notes.write_note(replace(office, operator="rita"), **ON_RUTH, note="n")
    assert everything(office.engine) == before
