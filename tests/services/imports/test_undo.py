"""An import is taken back as a whole, or not at all."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select, update

from portal_admin import models as tables
from portal_admin.domain.imports import Options
from portal_admin.domain.people import Status
from portal_admin.errors import NotFound, Refused
from portal_admin.models import account_link, end_user, mail_outbox, metadata
from portal_admin.models.engine import reading, writing
from portal_admin.services import audit, links, users
from portal_admin.services.audit import head
from portal_admin.services.change import changing
from portal_admin.services.desk import Desk
from portal_admin.services.imports import batches, runner
from portal_admin.services.imports.commit import resume
from portal_admin.services.imports.undo import POINTING, undo
from portal_admin.services.people import show_user
from tests.fixtures.operators import filling
from tests.services.acting import a_minute_passes, mails
from tests.services.conftest import PAUL, RUTH
from tests.services.filled import audit_rows
from tests.services.imports.files import csv_source
from tests.services.imports.importing import run, written
from tests.services.portal_rows import add_attempt, add_call_note, add_payment, add_request, user_of

NEW = ("new@x.example", "New", "Person", "A-001")
FILE = csv_source(NEW, (RUTH, "Rutha", "", "A-003"), (NEW[0], "Newer", "", "A-003"), (RUTH, "Ruthie", "", ""))


def people(desk: Desk) -> list[Any]:
    with reading(desk.engine) as connection:
        columns = (end_user.c.email, end_user.c.first_name, end_user.c.last_name, end_user.c.status)
        return sorted(tuple(row) for row in connection.execute(select(*columns)))


@pytest.mark.parametrize("at_once", [1, 2, 1000])
def test_that_everything_an_import_did_is_gone_and_told_in_the_audit(
    office: Desk, at_once: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("portal_admin.services.imports.working.ROWS_AT_ONCE", at_once)
    before, links_before = people(office), written(office.engine)["account_link"]
    assert run(office, FILE).counts.created == 1
    undone = undo(office, batch=1)
    assert (undone.removed, undone.restored, undone.batch.status) == (1, 1, "undone")
    assert people(office) == before
    assert written(office.engine)["account_link"] == links_before
    assert mails(office.engine) == []
    lines = [line for line in audit_rows(office.engine) if line.action == "user.undo_import"]
    assert [(line.subject, line.after) for line in lines] == [
        ("new@x.example", None),
        (RUTH, {"first_name": "Ruth", "last_name": "Olsen", "status": "Active", "accounts": ["A-001"]}),
    ]
    assert lines[0].before["accounts"] == ["A-001", "A-003"]
    assert len({line.operation_id for line in lines}) == 1
    assert audit_rows(office.engine)[-1].action == "import.undo"


def test_that_the_same_file_can_be_imported_again_after_it_was_taken_back(office: Desk) -> None:
    run(office, FILE)
    undo(office, batch=1)
    again = run(office, FILE)
    assert (again.batch.id, again.counts.created, again.counts.changed) == (2, 1, 3)
    with pytest.raises(Refused, match="taken back already"):
        undo(office, batch=1)
    with pytest.raises(Refused, match="Import the file again"):
        resume(office, batch=1)


def edit(desk: Desk) -> None:
    users.edit_user(desk, site="MAIN", email=RUTH, first_name="Other")


def edit_there_and_back(desk: Desk) -> None:
    edit(desk)
    users.edit_user(desk, site="MAIN", email=RUTH, first_name="Ruthie")


def link(desk: Desk) -> None:
    links.add(desk, site="MAIN", email=NEW[0], account_ids=["A-005"])


def resend(desk: Desk) -> None:
    a_minute_passes(desk.engine)
    users.resend_registration(desk, site="MAIN", email=NEW[0])


def activate(desk: Desk) -> None:
    """As when somebody registers; the line is about something else."""
    with changing(desk) as connection:
        connection.execute(update(end_user).where(end_user.c.email == NEW[0]).values(status="Active"))
        audit.record(connection, desk, action="portal.register", subject="other")


def claim(desk: Desk) -> None:
    with writing(desk.engine) as connection:
        connection.execute(update(mail_outbox).values(claimed_until=desk.clock()))


def send(desk: Desk) -> None:
    with writing(desk.engine) as connection:
        connection.execute(update(mail_outbox).values(status="sent", attempts=1))


def pay(desk: Desk) -> None:
    with filling(desk.engine) as connection:
        add_payment(connection, NEW[0])


def ask(desk: Desk) -> None:
    with filling(desk.engine) as connection:
        add_request(connection, NEW[0])


def try_to_enroll(desk: Desk) -> None:
    with filling(desk.engine) as connection:
        user = user_of(connection, NEW[0])
        add_attempt(connection, user.site_id, NEW[0], user_id=user.id)


def note(desk: Desk) -> None:
    with filling(desk.engine) as connection:
        add_call_note(connection, NEW[0])


@pytest.mark.parametrize(
    ("meanwhile", "named"),
    [
        (edit, RUTH),
        (edit_there_and_back, RUTH),
        (link, NEW[0]),
        (resend, NEW[0]),
        (activate, NEW[0]),
        (claim, f"{NEW[0]} (mailed)"),
        (send, f"{NEW[0]} (mailed)"),
        (pay, f"{NEW[0]} (paid)"),
        (ask, f"{NEW[0]} (asked for something)"),
        (try_to_enroll, f"{NEW[0]} (tried to enroll)"),
        (note, f"{NEW[0]} (noted)"),
    ],
)
def test_that_nothing_is_taken_back_when_something_was_changed_since(
    office: Desk, meanwhile: Any, named: str
) -> None:
    run(office, FILE)
    meanwhile(office)
    before = written(office.engine)
    with pytest.raises(Refused) as refusal:
        undo(office, batch=1)
    assert named in refusal.value.message
    assert written(office.engine) == before


def test_that_what_points_to_end_users_is_removed_with_them_or_keeps_them() -> None:
    pointing = {
        table
        for table in metadata.sorted_tables
        if any(key.column.table is end_user for key in table.foreign_keys)
    }
    assert pointing == {account_link, mail_outbox, *(table for table, _ in POINTING)}


def test_that_what_people_who_were_there_before_did_since_keeps_nobody(office: Desk) -> None:
    run(office, FILE)
    with filling(office.engine) as connection:
        payment = add_payment(connection, RUTH)
        add_attempt(connection, user_of(connection, RUTH).site_id, NEW[0])
    assert undo(office, batch=1).removed == 1
    with reading(office.engine) as connection:
        assert connection.execute(select(tables.payment.c.id)).scalars().all() == [payment]


def test_that_a_change_between_two_rows_of_the_import_is_noticed(
    office: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("portal_admin.services.imports.working.ROWS_AT_ONCE", 2)
    stops = iter([False, True])
    run(office, FILE, cancelled=lambda: next(stops))
    edit(office)
    assert resume(office, batch=1).counts.read == 4
    with pytest.raises(Refused, match=RUTH):
        undo(office, batch=1)


def test_that_an_unfinished_import_can_be_taken_back_and_then_not_gone_on_with(
    office: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("portal_admin.services.imports.working.ROWS_AT_ONCE", 1)
    stops = iter([False, True])
    before = people(office)
    assert not run(office, FILE, cancelled=lambda: next(stops)).complete
    undo(office, batch=1)
    assert people(office) == before
    with pytest.raises(Refused):
        resume(office, batch=1)


def test_that_people_created_active_are_removed_too(office: Desk) -> None:
    run(office, csv_source(NEW), options=Options(status=Status.ACTIVE))
    assert undo(office, batch=1).removed == 1


def test_that_other_peoples_links_and_mails_are_left_alone(office: Desk) -> None:
    users.resend_registration(office, site="MAIN", email=PAUL)
    run(office, FILE)
    undo(office, batch=1)
    assert [recipient for _, recipient, _ in mails(office.engine)] == [PAUL]
    assert show_user(office, site="MAIN", email=PAUL).version == 1


def test_that_an_import_that_did_nothing_or_is_under_way_or_unknown_is_not_taken_back(office: Desk) -> None:
    run(office, csv_source((RUTH, "", "", "A-001")))
    with pytest.raises(Refused, match="changed nothing"):
        undo(office, batch=1)
    with pytest.raises(NotFound):
        undo(office, batch=2)
    run(office, FILE, cancelled=lambda: True)
    with writing(office.engine) as connection:
        found = batches.find_batch(connection, 2, office.clock())
        runner.take(connection, found, runner.this_runner("other"), office.clock())
    with pytest.raises(Refused, match="being worked on"):
        undo(office, batch=2)


def test_that_rows_which_took_each_other_back_need_no_undo(office: Desk) -> None:
    back = ((RUTH, "Rutha", "", ""), (RUTH, "Ruth", "", ""))
    run(office, csv_source(*back))
    with pytest.raises(Refused, match="changed nothing"):
        undo(office, batch=1)
    run(office, csv_source(*back, NEW))
    users.edit_user(office, site="MAIN", email=RUTH, first_name="Ruthie", last_name="Olsen", version=1)
    undone = undo(office, batch=2)
    assert (undone.removed, undone.restored) == (1, 0)


def test_that_many_changed_people_are_counted(office: Desk) -> None:
    run(office, csv_source(*((f"p{n}@x.example", "P", "P", "A-001") for n in range(8))))
    send(office)
    with pytest.raises(Refused, match=r"p4@x.example \(mailed\) and 3 more"):
        undo(office, batch=1)
    with reading(office.engine) as connection:
        assert head(connection).id == len(audit_rows(office.engine))
