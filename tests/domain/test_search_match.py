"""Why something was found."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal_admin.domain.search_match import Tier, contract_match, match_of

EMAILS = ("rolsen@prairie.example", "rae@x.example")


@pytest.mark.parametrize(
    ("typed", "tier", "words"),
    [
        ("ROlsen@prairie.example", Tier.EXACT, "email"),
        ("rae@x.example", Tier.EXACT, "email"),
        ("rae olsen", Tier.EXACT, "name"),
        ("a-001", Tier.EXACT, "account id"),
        ("rol", Tier.BEGINS, "email begins so"),
        ("Rae", Tier.BEGINS, "email begins so"),
        ("rae o", Tier.BEGINS, "name begins so"),
        ("A-0", Tier.BEGINS, "account id begins so"),
        ("olsen", Tier.WORDS, "words in the name"),
        ("prairie olsen", Tier.WORDS, "words in the email and the name"),
        ("@prairie", Tier.WORDS, "words in the email"),
        ("olsen, rae", Tier.WORDS, "words in the name"),
        ("olson", Tier.SOUNDS, "sounds alike: Olsen"),
        ("olson prairie", Tier.SOUNDS, "sounds alike: Olsen"),
    ],
)
def test_that_the_best_reason_is_told(typed: str, tier: Tier, words: str) -> None:
    assert match_of(typed, name="Rae Olsen", emails=EMAILS, identity="A-001") == (tier, words)


@pytest.mark.parametrize(
    ("typed", "tier", "words"),
    [
        ("0012-0045", Tier.EXACT, "contract id"),
        ("0012-", Tier.BEGINS, "contract id begins so"),
        ("12-45", Tier.BEGINS, "contract id without zeros and dashes"),
        ("120045", Tier.BEGINS, "contract id without zeros and dashes"),
        ("00120045", Tier.BEGINS, "contract id without zeros and dashes"),
        ("0012 0045", Tier.BEGINS, "contract id without zeros and dashes"),
        ("12004", Tier.WORDS, "contract id begins so, without zeros and dashes"),
    ],
)
def test_that_a_contract_tells_how_its_id_fits(typed: str, tier: Tier, words: str) -> None:
    assert contract_match(typed, "0012-0045") == (tier, words)


@given(st.text(min_size=1, max_size=40), st.text(max_size=40), st.lists(st.text(max_size=20), max_size=2))
def test_that_a_reason_is_found_or_none_and_never_a_fault(typed: str, name: str, emails: list[str]) -> None:
    found = match_of(typed, name=name, emails=emails)
    assert found.tier in Tier
