"""The hash chain: whatever is done to it, it is noticed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from portal_admin.domain.audit_chain import COVERED, GENESIS, fault, link_hash

WORDS = st.text(max_size=12)
VALUES = st.none() | st.dictionaries(
    WORDS, WORDS | st.integers() | st.booleans() | st.lists(WORDS), max_size=3
)
LINES = st.fixed_dictionaries(
    {
        "at": st.datetimes(timezones=st.just(UTC)),
        **dict.fromkeys(("operator", "action", "subject", "operation_id"), WORDS),
        **{name: st.none() | WORDS for name in ("site_key", "reason")},
        **dict.fromkeys(("before", "after"), VALUES),
    }
)
Line = dict[str, Any]


def chained(lines: list[Line]) -> list[Line]:
    """The lines as they are appended, ids from 1."""
    chain, previous = [], GENESIS
    for identity, line in enumerate(lines, start=1):
        row = {**line, "id": identity, "previous_hash": previous}
        row["hash"] = previous = link_hash(previous, row)
        chain.append(row)
    return chain


def first_fault(chain: list[Line]) -> tuple[int, str] | None:
    last_id, last_hash = 0, GENESIS
    for line in chain:
        problem = fault(line, last_id=last_id, last_hash=last_hash)
        if problem is not None:
            return line["id"], problem
        last_id, last_hash = line["id"], line["hash"]
    return None


CHAINS = st.lists(LINES, min_size=2, max_size=6).map(chained)


def otherwise(value: Any) -> Any:
    """Another value of the same kind."""
    match value:
        case datetime():
            return (
                value + timedelta(microseconds=1) if value.year < 9999 else value - timedelta(microseconds=1)
            )
        case None:
            return {} if value is None else None
        case int():
            return value + 1000
        case str():
            return f"{value}x"
    return {**value, "more": 1}


@given(CHAINS)
def test_that_an_untouched_chain_is_sound(chain: list[Line]) -> None:
    assert first_fault(chain) is None


@given(CHAINS, st.data())
def test_that_no_value_of_a_line_can_be_changed(chain: list[Line], data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(chain) - 1))
    name = data.draw(st.sampled_from([*COVERED, "previous_hash", "hash"]))
    chain[place][name] = otherwise(chain[place][name])
    found = first_fault(chain)
    assert found == (
        chain[place]["id"],
        "It was edited after it was written: its hash does not fit what it says.",
    )


@given(CHAINS, st.data())
def test_that_a_line_rewritten_with_its_hash_is_not_followed(chain: list[Line], data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(chain) - 2))
    line = chain[place]
    line["operator"] += "x"
    line["hash"] = link_hash(line["previous_hash"], line)
    found = first_fault(chain)
    assert found is not None
    assert found[0] == place + 2
    assert found[1].startswith(f"It does not follow line {place + 1}")


@given(CHAINS, st.data())
def test_that_no_line_but_the_last_can_be_taken_out(chain: list[Line], data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(chain) - 2))
    del chain[place]
    assert first_fault(chain) == (place + 2, f"Line {place + 1}, which came before it, is missing.")


@given(CHAINS, st.data())
def test_that_no_two_lines_can_change_places(chain: list[Line], data: st.DataObject) -> None:
    one, other = sorted(data.draw(st.sets(st.integers(0, len(chain) - 1), min_size=2, max_size=2)))
    chain[one], chain[other] = (
        {**chain[other], "id": chain[one]["id"]},
        {**chain[one], "id": chain[other]["id"]},
    )
    found = first_fault(chain)
    assert found is not None
    assert found[0] == one + 1


@given(CHAINS, LINES, st.data())
def test_that_no_line_can_be_put_in_between(chain: list[Line], made_up: Line, data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(chain) - 1))
    previous = chain[place]["previous_hash"]
    new = {**made_up, "id": chain[place]["id"], "previous_hash": previous}
    new["hash"] = link_hash(previous, new)
    pushed = [{**line, "id": line["id"] + 1} for line in chain[place:]]
    found = first_fault([*chain[:place], new, *pushed])
    assert found is not None
    assert found[0] == place + 2


@given(CHAINS)
def test_that_values_this_program_never_writes_are_an_edit_and_no_crash(chain: list[Line]) -> None:
    chain[1]["subject"] = b"\xff"
    found = first_fault(chain)
    assert found == (2, "It was edited after it was written: it holds what this program never writes.")


def test_that_gaps_in_the_ids_are_no_fault_while_the_hashes_follow() -> None:
    line = dict.fromkeys(COVERED) | {"at": datetime(2026, 1, 1, tzinfo=UTC)}
    chain, previous = [], GENESIS
    for identity in (3, 4, 9):
        row: Line = {**line, "id": identity, "previous_hash": previous}
        row["hash"] = previous = link_hash(previous, row)
        chain.append(row)
    assert first_fault(chain) is None
    del chain[1]
    assert first_fault(chain) == (9, "Lines that came before it are missing, among 4 to 8.")
