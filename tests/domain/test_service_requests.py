"""Service requests: steps, due times, lateness, and the comment that one becomes."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal_admin.domain.records import Comment
from portal_admin.domain.service_request_comment import LONGEST, comment_of, found_among, shown
from portal_admin.domain.service_request_hand_over import (
    hand_over_words,
    is_sending,
    needs_resolving,
    refusal,
    require_comment,
)
from portal_admin.domain.service_request_times import (
    Urgency,
    age,
    due_at,
    span_words,
    urgency,
    urgency_words,
)
from portal_admin.domain.service_requests import (
    CLOSED,
    INSTEAD,
    KINDS,
    STEPS,
    HandOver,
    RequestKind,
    RequestStatus,
    ServiceRequest,
    needs_reply,
    parse_number,
    request_number,
    require_step,
    steps_from,
)
from portal_admin.errors import InvalidInput, Refused

CHICAGO = ZoneInfo("America/Chicago")
NOW = datetime(2026, 11, 20, 20, 0, tzinfo=UTC)
NEW, WORK, WAIT, DONE, DECLINED = RequestStatus


def request(**changes: object) -> ServiceRequest:
    made = ServiceRequest(
        id=123,
        site="MAIN",
        user_id=1,
        email="ruth@prairie.example",
        user_name="Ruth Olsen",
        contract_oid=10,
        contract_id="0012-0045",
        kind=RequestKind.PAYOFF_QUOTE,
        subject="Payoff",
        message="How much is it?",
        status=NEW,
        assigned_to=None,
        requested_at=NOW - timedelta(hours=3),
        due_at=NOW + timedelta(hours=20),
        closed_at=None,
        hand_over=None,
        handed_over_at=None,
        comment_oid=None,
        version=1,
    )
    return replace(made, **changes)  # type: ignore[arg-type]


ALLOWED = {
    (NEW, WORK),
    (WORK, WAIT),
    (WORK, DONE),
    (WORK, DECLINED),
    (WAIT, WORK),
    (WAIT, DONE),
    (WAIT, DECLINED),
    (DONE, WORK),
    (DECLINED, WORK),
}


def test_that_every_pair_of_statuses_is_a_step_or_says_what_to_do_instead() -> None:
    pairs = {(of, to) for of in RequestStatus for to in RequestStatus}
    assert set(STEPS) == ALLOWED
    assert set(STEPS) | set(INSTEAD) == pairs
    assert set(STEPS) & set(INSTEAD) == set()
    for of, to in pairs - ALLOWED:
        with pytest.raises(Refused) as refused:
            require_step(of, to)
        assert INSTEAD[of, to] in refused.value.message
        assert refused.value.rule == f"request_status:{to.value}"
    for of in RequestStatus:
        assert {(of, to) for to, _ in steps_from(of)} == {pair for pair in ALLOWED if pair[0] is of}


def test_that_only_what_ends_a_request_needs_a_reply() -> None:
    assert [status for status in RequestStatus if needs_reply(status)] == [DONE, DECLINED]


@given(st.lists(st.sampled_from(RequestStatus), max_size=12))
def test_that_no_way_leads_back_to_new_and_every_way_can_be_ended(ways: list[RequestStatus]) -> None:
    status = NEW
    for to in ways:
        if (status, to) in STEPS:
            status = to
    assert (status is NEW) is (WORK not in ways)
    while status not in CLOSED:
        status = steps_from(status)[-1][0]
    assert status in CLOSED


@pytest.mark.parametrize(
    ("kind", "asked", "due"),
    [
        # Friday noon in Chicago: one business day later is Monday.
        (RequestKind.PAYOFF_QUOTE, "2026-11-20T18:00:00Z", "2026-11-23T23:00:00Z"),
        (RequestKind.QUESTION, "2026-11-18T15:00:00Z", "2026-11-19T23:00:00Z"),
        (RequestKind.ADDRESS_CHANGE, "2026-11-18T15:00:00Z", "2026-11-20T23:00:00Z"),
        (RequestKind.INSURANCE, "2026-11-19T15:00:00Z", "2026-11-23T23:00:00Z"),
        (RequestKind.DOCUMENT, "2026-11-19T15:00:00Z", "2026-11-24T23:00:00Z"),
        # At 17:00 the day is over; a minute before it is not.
        (RequestKind.QUESTION, "2026-11-18T22:59:00Z", "2026-11-19T23:00:00Z"),
        (RequestKind.QUESTION, "2026-11-18T23:00:00Z", "2026-11-20T23:00:00Z"),
        # Saturday and Sunday count as of Monday.
        (RequestKind.QUESTION, "2026-11-21T15:00:00Z", "2026-11-24T23:00:00Z"),
        (RequestKind.QUESTION, "2026-11-22T15:00:00Z", "2026-11-24T23:00:00Z"),
        # Sunday in UTC is Saturday evening in Chicago all the same; Monday 00:30 UTC is Sunday there.
        (RequestKind.QUESTION, "2026-11-23T00:30:00Z", "2026-11-24T23:00:00Z"),
        # Daylight saving time ends in between: 17:00 stays 17:00.
        (RequestKind.QUESTION, "2026-10-30T15:00:00Z", "2026-11-02T23:00:00Z"),
        (RequestKind.QUESTION, "2026-10-29T15:00:00Z", "2026-10-30T22:00:00Z"),
    ],
)
def test_that_requests_are_due_at_the_end_of_a_business_day(kind: RequestKind, asked: str, due: str) -> None:
    assert due_at(kind, datetime.fromisoformat(asked), CHICAGO) == datetime.fromisoformat(due)


@given(
    st.sampled_from(RequestKind),
    st.integers(0, 15 * 365 * 24 * 60),
    st.sampled_from(("America/Chicago", "Europe/Berlin", "Asia/Kolkata", "Pacific/Auckland")),
)
def test_that_a_due_time_is_a_later_weekday_at_five_and_never_early(
    kind: RequestKind, asked: int, zone: str
) -> None:
    at = datetime(2020, 1, 1, tzinfo=UTC) + timedelta(minutes=asked)
    due = due_at(kind, at, ZoneInfo(zone))
    local = due.astimezone(ZoneInfo(zone))
    assert (local.hour, local.minute, local.weekday() < 5) == (17, 0, True)
    days = (local.date() - at.astimezone(ZoneInfo(zone)).date()).days
    assert KINDS[kind].business_days <= days <= KINDS[kind].business_days + 5
    assert due_at(kind, at + timedelta(hours=1), ZoneInfo(zone)) >= due


@pytest.mark.parametrize(
    ("changes", "expected", "words"),
    [
        ({"due_at": NOW - timedelta(hours=2)}, Urgency.OVERDUE, "overdue by 2 h"),
        ({"due_at": NOW - timedelta(days=3), "status": WORK}, Urgency.OVERDUE, "overdue by 3 days"),
        ({"due_at": NOW}, Urgency.SOON, "due in 0 min"),
        ({"due_at": NOW + timedelta(hours=4)}, Urgency.SOON, "due in 4 h"),
        ({"due_at": NOW + timedelta(hours=4, minutes=1)}, Urgency.ON_TIME, "due in 4 h"),
        ({"due_at": NOW + timedelta(days=1)}, Urgency.ON_TIME, "due in 1 day"),
        ({"status": WAIT, "due_at": NOW + timedelta(days=1)}, Urgency.WAITING, "waiting"),
        (
            {"status": WAIT, "due_at": NOW - timedelta(days=1)},
            Urgency.WAITING,
            "waiting, past due",
        ),
        (
            {"status": DONE, "due_at": NOW - timedelta(days=1), "closed_at": NOW - timedelta(hours=1)},
            Urgency.CLOSED,
            "after 2 h",
        ),
        ({"status": DECLINED, "closed_at": NOW}, Urgency.CLOSED, "after 3 h"),
    ],
)
def test_that_lateness_is_told_in_words(changes: dict[str, object], expected: Urgency, words: str) -> None:
    found = request(**changes)
    assert (urgency(found, NOW), urgency_words(found, NOW)) == (expected, words)


def test_that_ages_are_never_less_than_nothing() -> None:
    early = request(requested_at=NOW + timedelta(minutes=3))
    assert age(early, NOW) == timedelta()
    assert [span_words(timedelta(minutes=m)) for m in (-5, 0, 59, 60, 1439, 1440, 4000)] == [
        "0 min",
        "0 min",
        "59 min",
        "1 h",
        "23 h",
        "1 day",
        "2 days",
    ]


@pytest.mark.parametrize("typed", ["SR-000123", " sr-123 ", "SR123", "123", "000123"])
def test_that_a_number_is_found_in_every_spelling(typed: str) -> None:
    assert parse_number(typed) == 123
    assert request_number(123) == "SR-000123"


@pytest.mark.parametrize(
    "typed", ["", "SR-", "0", "SR--1", "-1", "12a", "²", "٣", "9" * 19, "9" * 400, "SR-12.3"]
)
def test_that_what_is_no_number_is_refused(typed: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        parse_number(typed)
    assert refused.value.field == "number"


@given(st.integers(1, 2**63 - 1))
def test_that_every_number_is_read_back(identity: int) -> None:
    assert parse_number(request_number(identity)) == identity


@pytest.mark.parametrize("kind", RequestKind)
def test_that_a_comment_says_what_is_asked_by_whom_and_what_to_do(kind: RequestKind) -> None:
    draft = comment_of(request(kind=kind))
    assert (draft.subject, draft.reference) == (KINDS[kind].words, "SR-000123")
    assert (draft.contract_oid, draft.requested_by) == (10, "ruth@prairie.example")
    assert draft.text == (
        f"{KINDS[kind].words}: Payoff\n"
        "From ruth@prairie.example in the Customer Portal, site MAIN, 2026-11-20 17:00 UTC\n"
        f"{KINDS[kind].task}\n"
        "\n"
        "How much is it?"
    )


def test_that_a_comment_holds_nothing_that_may_change_before_it_is_sent_again() -> None:
    first = comment_of(request())
    later = request(
        user_name="Ruth Olsen-Berg",
        status=WORK,
        assigned_to="casey",
        version=9,
        due_at=NOW,
        hand_over=HandOver.UNKNOWN,
        handed_over_at=NOW,
    )
    assert comment_of(later) == first


@given(st.text(max_size=6000), st.text(max_size=200))
def test_that_any_message_becomes_a_comment_that_aspire_takes(message: str, subject: str) -> None:
    draft = comment_of(request(message=message, subject=subject))
    assert 1 <= len(draft.text) <= LONGEST
    json.dumps(draft.text).encode("ascii")
    draft.text.encode("utf-8")
    assert all(
        line.isprintable() or line.isspace() or not line or _is_shown(line) for line in draft.text.split("\n")
    )


def _is_shown(line: str) -> bool:
    """What `isprintable` is too strict about, such as unassigned characters, drives no terminal either."""
    return shown(line) == line and not any(ord(c) < 32 or 0x7F <= ord(c) < 0xA0 for c in line)


def test_that_hostile_text_is_defused_and_a_long_one_says_where_the_rest_is() -> None:
    hostile = "a\x1b[31m\u202eb\u2028c\r\nd\0e\ud800f\t<b>g</b>"
    text = comment_of(request(message=hostile, subject="x\ny")).text
    assert text.startswith("Payoff quote: x y\n")
    assert text.endswith("a\ufffd[31m\ufffdb\nc\nd\ufffde\ufffdf <b>g</b>")
    long = comment_of(request(message="x" * 5000)).text
    assert len(long) == LONGEST
    assert long.endswith("x\n… the rest is in the portal under SR-000123.")
    assert (
        comment_of(request(message="x" * (LONGEST - len(comment_of(request(message="x")).text) + 1))).text[-1]
        == "x"
    )
    assert comment_of(request(message=" \n ")).text.endswith("(no message)")


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"contract_oid": None, "contract_id": None}, "names no contract"),
        ({"hand_over": HandOver.SENT, "comment_oid": 9}, "already: ASPIRE holds it as comment 9"),
        ({"status": DONE}, "It is Done. Reopen it first"),
        ({"status": DECLINED, "hand_over": HandOver.UNKNOWN}, "It is Declined. Reopen it first"),
        ({"email": f"{'a' * 250}@b.example"}, "at most 254 characters"),
    ],
)
def test_that_a_request_that_cannot_be_handed_over_says_why(changes: dict[str, object], says: str) -> None:
    found = request(**changes)
    assert says in (refusal(found) or "")
    with pytest.raises(Refused, match="SR-000123 cannot be handed over") as refused:
        require_comment(found)
    assert (refused.value.rule, says in refused.value.message) == ("hand_over", True)


@pytest.mark.parametrize("hand_over", [None, HandOver.REFUSED, HandOver.UNKNOWN, HandOver.SENDING])
def test_that_an_open_request_on_a_contract_can_be_handed_over(hand_over: HandOver | None) -> None:
    assert refusal(request(hand_over=hand_over)) is None


@pytest.mark.parametrize(
    ("hand_over", "begun", "sending", "resolving", "words"),
    [
        (None, None, False, False, "not handed over"),
        (HandOver.SENDING, 0, True, False, "being handed over"),
        (HandOver.SENDING, 59, True, False, "being handed over"),
        (HandOver.SENDING, 60, False, True, "outcome unknown"),
        (HandOver.UNKNOWN, 0, False, True, "outcome unknown"),
        (HandOver.REFUSED, 0, False, False, "refused by ASPIRE, nothing was done"),
        (HandOver.SENT, 0, False, False, "held as comment 9"),
    ],
)
def test_that_a_hand_over_that_died_is_one_of_unknown_outcome(
    hand_over: HandOver | None, begun: int | None, sending: bool, resolving: bool, words: str
) -> None:
    at = None if begun is None else NOW - timedelta(seconds=begun)
    found = request(hand_over=hand_over, handed_over_at=at, comment_oid=9)
    assert (is_sending(found, NOW), needs_resolving(found, NOW)) == (sending, resolving)
    assert hand_over_words(found, NOW) == words


def test_that_only_our_own_comment_on_that_contract_counts() -> None:
    mine = Comment(9, 10, "t", NOW, "Payoff quote", "SR-000123", "Ruth@Prairie.Example ")
    others = (
        replace(mine, oid=1, reference="SR-000124"),
        replace(mine, oid=2, requested_by="other@portal.example"),
        replace(mine, oid=3, contract_oid=11),
        replace(mine, oid=4, reference=None),
    )
    assert found_among(others, request()) is None
    assert found_among((*others, replace(mine, oid=12), mine), request()) == mine
    assert found_among((replace(mine, requested_by=None),), request()) is not None
