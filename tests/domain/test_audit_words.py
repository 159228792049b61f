"""Audit lines in words."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from portal_admin.domain.audit_line import AuditLine
from portal_admin.domain.audit_values import Change
from portal_admin.domain.audit_words import ACTIONS, action_words, tell

RUTH = {"first_name": "Ruth", "last_name": "Olsen", "status": "Pending", "accounts": ["A-001"]}


def line(action: str, **values: Any) -> AuditLine:
    usual: dict[str, Any] = {
        "site": "MAIN",
        "subject": "r@x.example",
        "operator": "jdoe",
        "operation_id": "op",
    }
    usual |= {"before": None, "after": None, "reason": None, "previous_hash": "", "hash": ""}
    return AuditLine(id=1, at=datetime(2026, 1, 1, tzinfo=UTC), action=action, **{**usual, **values})


@pytest.mark.parametrize(
    ("told", "headline"),
    [
        (
            line("link.add", after={"changed": [{"account_id": "A-014", "account_oid": 14}]}),
            "Linked A-014 Delta Crane Inc",
        ),
        (
            line("link.remove", after={"changed": [{"account_id": "A-099", "account_oid": 99}]}),
            "Unlinked A-099",
        ),
        (
            line("user.edit", before=RUTH, after={**RUTH, "last_name": "Olson"}),
            "Changed last name: Olsen → Olson",
        ),
        (line("user.create", after=RUTH), "Created Ruth Olsen, Pending, linked to A-001"),
        (
            line("user.change_email", reason="email changed from a@x.example to b@x.example"),
            "Changed the email from a@x.example to b@x.example",
        ),
        (
            line("caller.verify", after={"method": "call_back", "note": ""}),
            "Verified the caller: called back to the number of record",
        ),
        (
            line("site.set_labels", before={"labels": ["A"]}, after={"labels": ["A", "B"]}),
            "Mapped private labels: A → A, B",
        ),
        (line("users.export", subject="all.xlsx", after={"rows": 12}), "Exported end users: 12 to all.xlsx"),
        (line("operator.set_role", subject="casey", after={"role": None}), "Changed the role of casey: none"),
        (
            line("setting.set", subject="edition", before={"value": None}, after={"value": "2025"}),
            "Changed setting edition: none → 2025",
        ),
        (line("import.end", subject="staff.xlsx"), "Finished the import of staff.xlsx"),
        (line("mail.send_again"), "Mail send again"),
    ],
)
def test_that_an_action_is_told_in_one_sentence(told: AuditLine, headline: str) -> None:
    assert tell(told, {14: "Delta Crane Inc"}).headline == headline


def test_that_only_what_changed_is_told_and_by_its_name() -> None:
    event = tell(line("user.edit", before=RUTH, after={**RUTH, "status": "Active", "accounts": []}), {})
    assert event.changes == (
        Change("Status", "Pending", "Active"),
        Change("Linked accounts", "A-001", "none"),
    )


def test_that_a_flag_deserves_a_look() -> None:
    event = tell(line("user.reset", after={"flag": "reset within 24 hours of an email change"}), {})
    assert event.attention == "Reset within 24 hours of an email change"
    assert event.changes == ()


@pytest.mark.parametrize("action", [*ACTIONS, "something.new"])
@pytest.mark.parametrize(
    "after",
    [None, {}, {"changed": "no list", "rows": "many"}, {"changed": [1, {"account_id": 2}], "method": 3}],
)
def test_that_no_line_is_so_odd_that_it_cannot_be_told(action: str, after: Any) -> None:
    event = tell(line(action, before=after, after=after), {})
    assert event.headline.startswith(action_words(action))


def test_that_instants_and_verifications_are_told_for_people() -> None:
    proof = {"method": "code", "by": "casey", "at": "2026-11-20T10:00:00Z"}
    event = tell(line("user.reset", after={**RUTH, "verification": proof}), {})
    said = "code sent to a channel known before the call, by casey, 20 Nov 2026 10:00 UTC"
    assert event.changes == (Change("Caller verified", None, said),)
    assert (
        tell(line("x.y", after={"until": "2026-13-40T10:00:00Z"}), {}).changes[0].after
        == "2026-13-40T10:00:00Z"
    )


def test_that_an_import_tells_its_counts() -> None:
    told = tell(
        line("import.end", after={"import": 7, "read": 3, "created": 1, "changed": 1, "refused": 1}), {}
    )
    assert [change.name for change in told.changes] == [
        "Rows read",
        "Created",
        "Changed",
        "Refused",
        "Import",
    ]


def test_that_a_label_named_like_a_way_of_verifying_stays_a_label() -> None:
    told = tell(line("site.set_labels", before={"labels": []}, after={"labels": ["code"]}), {})
    assert told.headline == "Mapped private labels: none → code"
