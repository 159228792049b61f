from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal_admin.domain.spreadsheet import STARTS_FORMULA, neutralised, restored

HOSTILE = st.text(alphabet=st.sampled_from(f"'{STARTS_FORMULA}aZ09 ;\"")) | st.text()


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@sum", "\t=1", "\r=1", "\n=1", "＝1", "''=1"])
def test_that_what_a_program_might_run_is_marked_as_text(text: str) -> None:
    assert neutralised(text) == f"'{text}"


@pytest.mark.parametrize("text", ["", "Olsen", "O'Drop", "'s-Gravenmoer", "0012-0045", "a=b", " ", "'", "''"])
def test_that_other_text_stays_as_it_is(text: str) -> None:
    assert neutralised(text) == text
    assert restored(text) == text


@given(HOSTILE)
def test_that_restoring_gives_back_what_was_neutralised(text: str) -> None:
    assert restored(neutralised(text)) == text


@given(HOSTILE)
def test_that_nothing_neutralised_begins_as_a_formula(text: str) -> None:
    assert not neutralised(text).startswith(tuple(STARTS_FORMULA))


@given(HOSTILE)
def test_that_text_without_a_mark_is_restored_as_it_is(text: str) -> None:
    assert text.startswith("'") or restored(text) == text
