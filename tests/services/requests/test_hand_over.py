"""Handing requests over to ASPIRE: one comment, whatever breaks in between, and an outcome that is never guessed."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event

from portal_admin.aspire.client import AspireClient
from portal_admin.domain.permissions import Role
from portal_admin.domain.service_request_comment import comment_of
from portal_admin.domain.service_requests import HandOver, RequestStatus
from portal_admin.errors import (
    AspireBusy,
    AspireOutcomeUnknown,
    AspireRecordMissing,
    AspireRefused,
    AspireUnreachable,
    Conflict,
    CouldNotLook,
    DeskError,
    Refused,
    SettingsProblem,
)
from portal_admin.sandbox.server import Sandbox
from portal_admin.services.desk import Desk
from portal_admin.services.requests import hand_over, show, work
from tests.fixtures.desk import NOW
from tests.fixtures.operators import appoint
from tests.services.filled import audit_rows
from tests.services.requests.asked import NO_CONTRACT, ask, change, comments, stored

LOST: dict[str, Any] = {"operation": "createComment", "drop": "after", "times": 1}
BLIND: dict[str, Any] = {"operation": "getComments", "status": 500}


def fates(desk: Desk) -> list[tuple[str, Any]]:
    """What the audit keeps of each step of a hand-over."""
    return [
        (row.action.removeprefix("request."), row.after["hand_over"])
        for row in audit_rows(desk.engine)
        if row.action.startswith("request.hand")
    ]


class Killed(BaseException):
    """The process ends here."""


def lose_sight(desk: Desk, sandbox: Sandbox) -> None:
    """Once the key is stored, nobody can read the comments any more."""
    event.listen(desk.engine, "commit", lambda _connection: sandbox.fault(**BLIND), once=True)


def leave_unknown(desk: Desk, sandbox: Sandbox, **fault: Any) -> str:
    """A hand-over that was answered by this fault, and could not be looked up after it."""
    number = ask(desk.engine)
    sandbox.fault(**fault)
    lose_sight(desk, sandbox)
    with pytest.raises(AspireOutcomeUnknown):
        hand_over.hand_over(desk, number=number)
    sandbox.clear_faults()
    assert stored(desk.engine, number).hand_over == "unknown"
    return number


def test_that_a_request_becomes_one_comment_exactly_as_it_was_previewed(office: Desk) -> None:
    number = ask(office.engine, message="Where is it?\r\n<script>alert(1)</script>\x1b[31m\u202e東京")
    draft = comment_of(show.show(office, number=number).request)
    done = hand_over.hand_over(office, number=number, version=1)
    (comment,) = comments(office)
    assert (comment.text, comment.subject) == (draft.text, "Question")
    assert (comment.reference, comment.requested_by) == (number, "ruth@prairie.example")
    assert (done.hand_over, done.comment_oid, done.handed_over_at) == (
        HandOver.SENT,
        comment.oid,
        comment.created_at,
    )
    assert done.status is RequestStatus.NEW
    assert fates(office) == [("hand_over", "sending"), ("handed_over", "sent")]
    assert show.show(office, number=number).history[0].headline == (
        f"Learned what became of a hand-over: {number}, ASPIRE holds it as comment {comment.oid}"
    )


@pytest.mark.databases("sqlite")
def test_that_what_was_handed_over_is_not_handed_over_again(office: Desk) -> None:
    number = ask(office.engine)
    hand_over.hand_over(office, number=number)
    with pytest.raises(Refused, match="handed over already: ASPIRE holds it as comment"):
        hand_over.hand_over(office, number=number)
    assert len(comments(office)) == 1


@pytest.mark.databases("sqlite")
def test_that_a_request_without_a_contract_stays_at_the_desk_and_says_why(office: Desk) -> None:
    number = ask(office.engine, **NO_CONTRACT)
    with pytest.raises(Refused, match="names no contract, and ASPIRE keeps comments on contracts only"):
        hand_over.hand_over(office, number=number)
    closed = ask(office.engine, status="Declined")
    with pytest.raises(Refused, match="It is Declined"):
        hand_over.hand_over(office, number=closed)
    with pytest.raises(SettingsProblem, match="no ASPIRE connection"):
        hand_over.hand_over(replace(office, aspire=None), number=ask(office.engine))
    assert (comments(office), fates(office)) == ((), [])


def test_that_a_dropped_answer_is_looked_up_at_once_and_found(office: Desk, sandbox: Sandbox) -> None:
    number = ask(office.engine)
    sandbox.fault(**LOST)
    done = hand_over.hand_over(office, number=number)
    (comment,) = comments(office)
    assert (done.hand_over, done.comment_oid) == (HandOver.SENT, comment.oid)
    assert [fate for _, fate in fates(office)] == ["sending", "unknown", "sent"]


# Each may have been done; the last two surely were.
DOUBTFUL: list[tuple[dict[str, Any], bool]] = [
    ({"operation": "createComment", "drop": "before", "times": 1}, False),
    ({"operation": "createComment", "status": 500, "times": 1}, False),
    ({"operation": "createComment", "status": 502, "times": 1}, False),
    ({"operation": "createComment", "html": True, "times": 1}, True),
    ({"operation": "createComment", "truncate": True, "times": 1}, True),
    ({"operation": "createComment", "missing": "CommentOid", "times": 1}, True),
    (LOST, True),
]


@pytest.mark.databases("sqlite")
@pytest.mark.parametrize(("fault", "was_done"), DOUBTFUL, ids=[str(fault) for fault, _ in DOUBTFUL])
def test_that_a_doubtful_answer_is_unknown_until_it_is_read_back_and_never_two_comments(
    office: Desk, sandbox: Sandbox, fault: dict[str, Any], was_done: bool
) -> None:
    number = leave_unknown(office, sandbox, **fault)
    key = stored(office.engine, number).hand_over_key
    assert len(comments(office)) == was_done
    found = hand_over.resolve(office, number=number)
    assert (found.is_there, found.looked_at) == (was_done, office.clock())
    assert found.request.hand_over is (HandOver.SENT if was_done else HandOver.UNKNOWN)
    if not was_done:
        done = hand_over.hand_over(office, number=number)
        assert (done.hand_over, stored(office.engine, number).hand_over_key) == (HandOver.SENT, key)
    (comment,) = comments(office)
    assert stored(office.engine, number).comment_oid == comment.oid


@pytest.mark.databases("sqlite")
def test_that_a_hand_over_again_reads_back_first_and_sends_nothing_when_it_is_there(
    office: Desk, sandbox: Sandbox
) -> None:
    number = leave_unknown(office, sandbox, **LOST)
    sandbox.fault(operation="createComment", status=409, code="WouldBeSent")
    done = hand_over.hand_over(office, number=number)
    assert (done.hand_over, len(comments(office))) == (HandOver.SENT, 1)


@pytest.mark.databases("sqlite")
@pytest.mark.parametrize("number_known", [True, False])
def test_that_nothing_is_sent_while_the_comments_cannot_be_read(
    office: Desk, sandbox: Sandbox, number_known: bool
) -> None:
    number = leave_unknown(office, sandbox, **LOST) if number_known else ask(office.engine)
    before = stored(office.engine, number)
    sandbox.fault(**BLIND)
    for ask_again in (hand_over.hand_over, hand_over.resolve) if number_known else (hand_over.hand_over,):
        with pytest.raises(CouldNotLook) as problem:
            ask_again(office, number=number)
        assert problem.value.kind == "aspire_failed"
    assert stored(office.engine, number) == before
    sandbox.clear_faults()
    assert len(comments(office)) == number_known


@pytest.mark.databases("sqlite")
@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        ({"operation": "createComment", "status": 503, "retry_after": 60, "times": 1}, AspireBusy),
        ({"operation": "createComment", "status": 429, "retry_after": 60, "times": 1}, AspireBusy),
        ({"operation": "createComment", "status": 400, "times": 1}, CouldNotLook),
    ],
)
def test_that_what_surely_did_not_arrive_leaves_the_request_not_handed_over(
    office: Desk, sandbox: Sandbox, fault: dict[str, Any], kind: type[DeskError]
) -> None:
    number = ask(office.engine)
    sandbox.fault(**fault)
    with pytest.raises(kind):
        hand_over.hand_over(office, number=number)
    row = stored(office.engine, number)
    assert (row.hand_over, row.handed_over_at, comments(office)) == (None, None, ())
    assert fates(office) == [("hand_over", "sending"), ("handed_over", None)]
    assert hand_over.hand_over(office, number=number).hand_over is HandOver.SENT


@pytest.mark.databases("sqlite")
def test_that_a_refusal_is_stored_and_the_next_try_has_a_key_of_its_own(
    office: Desk, sandbox: Sandbox
) -> None:
    number = ask(office.engine)
    sandbox.fault(operation="createComment", status=403, times=1)
    with pytest.raises(AspireRefused, match="may not write this"):
        hand_over.hand_over(office, number=number)
    row = stored(office.engine, number)
    assert (row.hand_over, comments(office)) == ("refused", ())
    assert hand_over.hand_over(office, number=number).hand_over is HandOver.SENT
    assert stored(office.engine, number).hand_over_key != row.hand_over_key


@pytest.mark.databases("sqlite")
@pytest.mark.parametrize(
    "fault",
    [
        {"operation": "createComment", "status": 403, "times": 1},
        {"operation": "createComment", "status": 429, "retry_after": 60, "times": 1},
    ],
)
def test_that_an_answer_to_the_second_try_does_not_settle_the_first(
    office: Desk, sandbox: Sandbox, fault: dict[str, Any]
) -> None:
    number = leave_unknown(office, sandbox, operation="createComment", status=500, times=1)
    key = stored(office.engine, number).hand_over_key
    sandbox.fault(**fault)
    with pytest.raises(DeskError):
        hand_over.hand_over(office, number=number)
    row = stored(office.engine, number)
    assert (row.hand_over, row.hand_over_key) == ("unknown", key)


@pytest.mark.databases("sqlite")
def test_that_a_key_that_aspire_met_with_something_else_is_unknown_and_not_refused(
    office: Desk, sandbox: Sandbox
) -> None:
    number = ask(office.engine)
    sandbox.fault(operation="createComment", status=409, code="IdempotencyKeyReused", times=1)
    with pytest.raises(AspireOutcomeUnknown, match="met the key of this hand-over before"):
        hand_over.hand_over(office, number=number)
    assert stored(office.engine, number).hand_over == "unknown"


@pytest.mark.databases("sqlite")
def test_that_a_contract_that_aspire_no_longer_holds_is_a_fact(office: Desk, sandbox: Sandbox) -> None:
    number = ask(office.engine)
    sandbox.delete("Contracts", 10)
    with pytest.raises(AspireRecordMissing, match="holds no contract 0012-0045 any more"):
        hand_over.hand_over(office, number=number)
    assert stored(office.engine, number).hand_over is None


@pytest.mark.databases("sqlite")
def test_that_an_aspire_that_cannot_be_reached_is_asked_nothing(office: Desk) -> None:
    number = ask(office.engine)
    gone = AspireClient("http://127.0.0.1:9", user="u", password=lambda: "p", budget=0.2)
    with pytest.raises(AspireUnreachable):
        hand_over.hand_over(replace(office, aspire=gone), number=number)
    gone.close()
    assert (stored(office.engine, number).hand_over, fates(office)) == (None, [])


@pytest.mark.databases("sqlite")
def test_that_no_answer_in_time_is_unknown(office: Desk, sandbox: Sandbox) -> None:
    number = ask(office.engine)
    hasty = AspireClient(sandbox.url, user="sandbox", password=lambda: "sandbox", budget=0.3)
    hasty.sign_in()
    sandbox.fault(operation="createComment", latency=5, times=1)
    with pytest.raises(AspireOutcomeUnknown, match="looked up there before anything is sent again"):
        hand_over.hand_over(replace(office, aspire=hasty), number=number)
    hasty.close()
    assert stored(office.engine, number).hand_over == "unknown"


def die(desk: Desk, *, after: bool) -> Callable[..., Any]:
    """The process is killed while it sends, before or after ASPIRE did it."""
    assert desk.aspire is not None
    send = desk.aspire.create_comment

    def killed(**asked: Any) -> Any:
        if after:
            send(**asked)
        raise Killed

    return killed


@pytest.mark.parametrize("after", [False, True])
def test_that_a_process_killed_between_the_steps_leaves_what_another_desk_can_settle(
    office: Desk, monkeypatch: pytest.MonkeyPatch, after: bool
) -> None:
    number = ask(office.engine)
    with monkeypatch.context() as patched:
        patched.setattr(office.aspire, "create_comment", die(office, after=after))
        with pytest.raises(Killed):
            hand_over.hand_over(office, number=number)
    row = stored(office.engine, number)
    assert (row.hand_over, row.hand_over_key is None) == ("sending", False)
    # Whoever comes within the minute cannot know that it died.
    with pytest.raises(Refused, match="being handed over at this moment"):
        hand_over.hand_over(office, number=number)
    assert hand_over.resolve(office, number=number).looked_at is None
    change(office.engine, number, handed_over_at=NOW - timedelta(minutes=2))
    found = hand_over.resolve(office, number=number)
    assert (found.is_there, found.request.hand_over) == (
        after,
        HandOver.SENT if after else HandOver.UNKNOWN,
    )
    if not after:
        hand_over.hand_over(office, number=number)
        assert stored(office.engine, number).hand_over_key == row.hand_over_key
    assert len(comments(office)) == 1


def test_that_two_desks_at_once_make_one_comment(office: Desk, desk_of: Callable[[Desk, str], Desk]) -> None:
    appoint(office.engine, "casey", Role.CSR)
    number = ask(office.engine)
    desks = (office, desk_of(office, "casey"))
    together = threading.Barrier(2)

    def go(desk: Desk) -> str:
        together.wait()
        try:
            return str(hand_over.hand_over(desk, number=number).hand_over)
        except (Conflict, Refused) as problem:
            return problem.kind

    with ThreadPoolExecutor(2) as pool:
        ends = sorted(pool.map(go, desks))
    assert "sent" in ends
    assert len(comments(office)) == 1
    assert [fate for step, fate in fates(office) if step == "hand_over"] == ["sending"]


def test_that_what_others_changed_while_it_was_sent_stays(
    office: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = ask(office.engine)
    assert office.aspire is not None
    send = office.aspire.create_comment

    def meanwhile(**asked: Any) -> Any:
        work.set_status(office, number=number, to=RequestStatus.IN_PROGRESS)
        return send(**asked)

    monkeypatch.setattr(office.aspire, "create_comment", meanwhile)
    done = hand_over.hand_over(office, number=number)
    assert (done.hand_over, done.status, done.version) == (HandOver.SENT, RequestStatus.IN_PROGRESS, 4)


@pytest.mark.databases("sqlite")
def test_that_a_late_answer_does_not_overwrite_what_another_desk_found_in_aspire(
    office: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = ask(office.engine)
    assert office.aspire is not None
    send = office.aspire.create_comment

    def overtaken(**asked: Any) -> Any:
        send(**asked)
        change(office.engine, number, handed_over_at=NOW - timedelta(minutes=2))
        assert hand_over.resolve(office, number=number).is_there
        raise AspireRefused("Too late.")

    monkeypatch.setattr(office.aspire, "create_comment", overtaken)
    with pytest.raises(AspireRefused):
        hand_over.hand_over(office, number=number)
    (comment,) = comments(office)
    assert (stored(office.engine, number).hand_over, stored(office.engine, number).comment_oid) == (
        "sent",
        comment.oid,
    )


def test_that_a_hand_over_of_what_another_desk_changed_meets_it(office: Desk) -> None:
    number = ask(office.engine)
    work.assign(office, number=number, to="tester")
    with pytest.raises(Conflict, match=f"Somebody else changed {number}"):
        hand_over.hand_over(office, number=number, version=1)
    assert comments(office) == ()


@pytest.mark.databases("sqlite")
def test_that_the_same_number_from_another_portal_is_not_ours(office: Desk) -> None:
    number = ask(office.engine)
    assert office.aspire is not None
    office.aspire.create_comment(
        contract_oid=10,
        text="From the test portal",
        subject="Question",
        reference=number,
        requested_by="other@portal.example",
        key="another-portal",
    )
    done = hand_over.hand_over(office, number=number)
    assert len(comments(office)) == 2
    assert done.comment_oid == max(comment.oid for comment in comments(office))
