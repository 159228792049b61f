"""What becomes of each row, in the dry run and in the import alike."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from portal_admin.domain.imports import Opened, Options
from portal_admin.domain.people import Status
from portal_admin.models import mail_outbox
from portal_admin.models.engine import reading, writing
from portal_admin.services import audit
from portal_admin.services.desk import Desk
from portal_admin.services.people import show_user
from tests.services.acting import mails
from tests.services.conftest import INA, PAUL, RUTH
from tests.services.filled import audit_rows, set_confirmed
from tests.services.imports.files import Row, csv_source
from tests.services.imports.importing import PLAIN, plan_rows, results, run, run_rows, written

# How a row is read does not depend on the database.
pytestmark = pytest.mark.databases("sqlite")

NEW = ("new@x.example", "New", "Person")


def both(desk: Desk, *rows: Row, options: Options = PLAIN) -> list[tuple[str, str]]:
    """Result and reason of each row of the import; the dry run must have said the same and written nothing."""
    before = written(desk.engine)
    planned = plan_rows(desk, *rows, options=options)
    assert written(desk.engine) == before
    done = run_rows(desk, *rows, options=options)
    assert results(planned) == results(done)
    assert [(row.row, row.email, row.accounts) for row in planned] == [
        (row.row, row.email, row.accounts) for row in done
    ]
    return [(row.result.value, row.reason) for row in done]


def accounts(desk: Desk, email: str) -> list[str]:
    return [account.account_id for account in show_user(desk, site="MAIN", email=email).accounts]


def test_that_a_new_person_is_created_linked_mailed_and_audited(office: Desk) -> None:
    ((result, reason),) = both(office, (" New@X.example", "New", "Person", "A-001; a-003;A-001"))
    assert (result, reason) == (
        "created",
        "Created as Pending, with a registration mail, linked to A-001 and A-003.",
    )
    user = show_user(office, site="MAIN", email="new@x.example")
    assert (user.name, user.status, user.version) == ("New Person", Status.PENDING, 1)
    assert accounts(office, "new@x.example") == ["A-001", "A-003"]
    assert mails(office.engine) == [("registration", "new@x.example", "queued")]
    begun, made, ended = audit_rows(office.engine)
    assert (made.action, made.subject, made.site_key) == ("user.create", "new@x.example", "MAIN")
    assert made.after == {
        "first_name": "New",
        "last_name": "Person",
        "status": "Pending",
        "accounts": ["A-001", "A-003"],
    }
    assert made.reason == "import 1, row 2"
    assert {begun.operation_id, made.operation_id, ended.operation_id} == {begun.operation_id}
    assert (begun.action, ended.action) == ("import.begin", "import.end")
    assert ended.after["created"] == 1


@pytest.mark.parametrize(
    ("options", "status", "words", "queued"),
    [
        (Options(status=Status.ACTIVE), "Active", "as Active, without a mail", 0),
        (Options(mail=False), "Pending", "without a registration mail", 0),
    ],
)
def test_that_status_and_mail_are_as_asked_for(
    office: Desk, options: Options, status: str, words: str, queued: int
) -> None:
    ((_, reason),) = both(office, (*NEW, "A-001"), options=options)
    assert words in reason
    assert show_user(office, site="MAIN", email=NEW[0]).status == status
    assert len(mails(office.engine)) == queued
    assert ("login elsewhere" in audit_rows(office.engine)[1].reason) is (status == "Active")


def test_that_the_dry_run_tells_which_contracts_a_row_opens(office: Desk) -> None:
    new, more, known = plan_rows(
        office, (*NEW, "A-001"), (*NEW, "A-001;A-003"), (RUTH, "", "", "A-001;A-003")
    )
    assert new.opens.count == len(new.opens.first) > 1
    assert new.opens.first[0] == Opened("0012-0045", "open")
    assert f"It opens {new.opens.count} contracts: 0012-0045 (open)" in new.reason
    assert more.opens == known.opens
    assert not {one.contract_id for one in new.opens.first} & {one.contract_id for one in more.opens.first}


def test_that_links_are_added_and_never_removed(office: Desk) -> None:
    (first,) = both(office, (RUTH, "", "", "A-003"))
    assert first == ("changed", "Linked to A-003.")
    assert accounts(office, RUTH) == ["A-001", "A-003"]
    line = audit_rows(office.engine)[1]
    assert (line.action, line.before, line.after) == (
        "link.add",
        {"accounts": ["A-001"]},
        {"accounts": ["A-001", "A-003"], "changed": [{"account_id": "A-003", "account_oid": 3}]},
    )
    assert mails(office.engine) == []
    assert show_user(office, site="MAIN", email=RUTH).version == 2


def test_that_names_are_updated_and_never_blanked(office: Desk) -> None:
    ((result, reason),) = both(office, (RUTH, "", "Olson", ""))
    assert (result, reason) == ("changed", "The name was changed from Ruth Olsen to Ruth Olson.")
    user = show_user(office, site="MAIN", email=RUTH)
    assert (user.name, user.version, accounts(office, RUTH)) == ("Ruth Olson", 2, ["A-001"])
    assert audit_rows(office.engine)[1].action == "user.edit"


def test_that_nothing_to_do_is_unchanged_and_leaves_no_audit_line(office: Desk) -> None:
    rows = both(office, (RUTH, "Ruth", "Olsen", "A-001"), (RUTH.upper(), "", "", ""))
    assert [result for result, _ in rows] == ["unchanged", "unchanged"]
    assert show_user(office, site="MAIN", email=RUTH).version == 1
    assert [line.action for line in audit_rows(office.engine)] == ["import.begin", "import.end"]


def test_that_rows_which_take_each_other_back_leave_the_person_and_the_audit_alone(office: Desk) -> None:
    rows = both(office, (RUTH, "Rutha", "", ""), (RUTH, "Ruth", "", ""), (PAUL, "Paula", "", ""))
    assert [result for result, _ in rows] == ["changed", "changed", "changed"]
    user = show_user(office, site="MAIN", email=RUTH)
    assert (user.name, user.version) == ("Ruth Olsen", 1)
    lines = [(line.action, line.subject) for line in audit_rows(office.engine)[1:-1]]
    assert lines == [("user.edit", PAUL)]


def test_that_an_inactive_person_stays_so_and_a_pending_one_is_not_mailed_again(office: Desk) -> None:
    ina, paul = both(office, (INA, "", "", "A-003"), (PAUL, "Paula", "", "A-001"))
    assert ina == ("changed", "Linked to A-003. The end user is Inactive and stays so.")
    assert paul[0] == "changed"
    assert [show_user(office, site="MAIN", email=one).status for one in (INA, PAUL)] == [
        "Inactive",
        "Pending",
    ]
    assert mails(office.engine) == []


def test_that_links_which_are_no_longer_offered_stay_and_are_no_reason_to_refuse(office: Desk) -> None:
    # A-004 has only ended contracts.
    assert both(office, (INA, "", "", "A-004;a-001;A-003"))[0] == (
        "changed",
        "Linked to A-003. The end user is Inactive and stays so.",
    )


def test_that_later_rows_of_one_person_change_what_the_first_created(office: Desk) -> None:
    rows = both(
        office,
        (*NEW, "A-001"),
        (NEW[0], "Newer", "", "A-003"),
        (NEW[0].upper(), "", "", "A-001;A-003"),
        (NEW[0], "", "", "A-404"),
    )
    assert [result for result, _ in rows] == ["created", "changed", "unchanged", "refused"]
    assert rows[1][1].endswith("Row 2 of this file creates the end user.")
    user = show_user(office, site="MAIN", email=NEW[0])
    assert (user.name, user.version, accounts(office, NEW[0])) == ("Newer Person", 1, ["A-001", "A-003"])
    assert len(mails(office.engine)) == 1
    assert [line.action for line in audit_rows(office.engine)] == [
        "import.begin",
        "user.create",
        "import.end",
    ]


def test_that_mails_are_due_at_once_where_the_clock_of_the_desk_is_ahead(office: Desk) -> None:
    hasty = replace(office, clock=lambda: datetime(2100, 1, 1, tzinfo=UTC))
    with writing(office.engine) as connection:
        set_confirmed(connection, hasty.clock())
    run(hasty, csv_source((*NEW, "A-001")))
    with reading(office.engine) as connection:
        query = select(mail_outbox.c.due_at, mail_outbox.c.created_at)
        (mail,) = connection.execute(query.where(mail_outbox.c.recipient == NEW[0]))
        assert max(mail) <= audit.now(connection, hasty)


@pytest.mark.parametrize(
    ("row", "words"),
    [
        (("", "A", "B", "A-001"), "no email address"),
        (("nobody", "A", "B", "A-001"), "“nobody” is not an email address"),
        (("a@b", "A", "B", "A-001"), "not a complete email address"),
        (("a\x00@x.example", "A", "B", "A-001"), "not an email address"),
        (("n@x.example", "", "B", "A-001"), "a new one needs a first name"),
        (("n@x.example", "A", "B", " ; "), "needs at least one account"),
        (("n@x.example", "", "", ""), "a first name, a last name and at least one account"),
        (("n@x.example", "A" * 201, "B", "A-001"), "at most 200 characters"),
        (("n@x.example", "A\u202e", "B", "A-001"), "cannot be shown"),
        (("n@x.example", "A", "B", "A\x00"), "cannot be shown"),
        (("n@x.example", "A", "B", "9" * 65), "at most 64 characters"),
        (("n@x.example", "A", "B", ";".join(map(str, range(201)))), "more than 200 accounts"),
        (("n@x.example", "A", "B", "A-006"), "Account A-006 is not offered on site MAIN."),
        (("n@x.example", "A", "B", "A-004"), "active"),
        (("n@x.example", "A", "B", "A-008"), "private label"),
        (("n@x.example", "A", "B", "A-404"), "Neither the portal nor ASPIRE has an account A-404."),
        (("n@x.example", "A", "B", "1.23457E+12"), "Excel turned this id into a number"),
        (("n@x.example", "A", "B", '"4,72E+06"'), "Excel turned this id into a number"),
        (("n@x.example", "A", "B", "A-001 | A-003"), "separate them by semicolons"),
        (("n@x.example", "A", "B", "A-001", "more"), "It reads: n@x.example | A | B | A-001 | more"),
        ((RUTH, "A", "B", "A-006;A-008"), "A-008 is not offered"),
    ],
)
def test_that_a_row_that_cannot_be_imported_says_why_and_does_nothing(
    office: Desk, row: tuple[str, ...], words: str
) -> None:
    ((result, reason),) = both(office, row)
    assert result == "refused"
    assert words in reason
    assert [line.action for line in audit_rows(office.engine)] == ["import.begin", "import.end"]


def test_that_several_faults_of_a_row_are_all_named(office: Desk) -> None:
    ((_, reason),) = both(office, ("nobody", "\x07", "B", "A-001"))
    assert "not an email address" in reason
    assert "first name" in reason


def test_that_an_import_on_another_site_creates_another_user(office: Desk) -> None:
    outcome = run(office, csv_source((RUTH, "Ruth", "Olsen", "A-008")), site="eastcoast")
    assert (outcome.counts.created, outcome.batch.site) == (1, "EASTCOAST")
    assert replace(outcome.batch.options) == Options()
