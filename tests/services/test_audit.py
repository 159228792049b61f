"""The audit line itself."""

from __future__ import annotations

from dataclasses import replace

import pytest

from portal_admin.errors import DatabaseProblem
from portal_admin.models.engine import writing
from portal_admin.services import audit
from portal_admin.services.desk import Desk
from tests.services.filled import audit_rows, is_of_now


def test_that_a_line_tells_who_when_what_and_both_values(offline_desk: Desk) -> None:
    with writing(offline_desk.engine) as connection:
        audit.record(
            connection,
            replace(offline_desk, operation="op-1"),
            action="user.edit",
            subject="r@x.example",
            site="MAIN",
            before={"first_name": "Zoë"},
            after={"first_name": "\u202e<b>"},
            reason="asked by telephone",
        )
    (row,) = audit_rows(offline_desk.engine)
    assert is_of_now(offline_desk, row.at)
    assert (row.operator, row.action, row.subject, row.site_key) == (
        "tester",
        "user.edit",
        "r@x.example",
        "MAIN",
    )
    assert (row.before, row.after, row.reason, row.operation_id) == (
        {"first_name": "Zoë"},
        {"first_name": "\u202e<b>"},
        "asked by telephone",
        "op-1",
    )


def test_that_absent_values_stay_absent_and_every_line_has_its_own_operation(offline_desk: Desk) -> None:
    with writing(offline_desk.engine) as connection:
        for _ in range(2):
            audit.record(connection, offline_desk, action="a", subject="s")
    first, second = audit_rows(offline_desk.engine)
    assert (first.before, first.after, first.reason, first.site_key) == (None, None, None, None)
    assert first.operation_id != second.operation_id


def test_that_lines_of_a_transaction_that_fails_are_not_kept(offline_desk: Desk) -> None:
    def fail() -> None:
        with writing(offline_desk.engine) as connection:
            audit.record(connection, offline_desk, action="a", subject="s")
            connection.exec_driver_sql("INSERT INTO nowhere VALUES (1)")

    with pytest.raises(DatabaseProblem):
        fail()
    assert audit_rows(offline_desk.engine) == []
