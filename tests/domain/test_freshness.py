"""Rule G: cadences and the age at which a fact stops being known."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from portal_admin.domain.freshness import CADENCES, has_schedule, is_stale, next_due

NOW = datetime(2026, 11, 21, 20, 0, tzinfo=UTC)
QUARTER, DAY, SECOND = timedelta(minutes=15), timedelta(days=1), timedelta(seconds=1)

RULE_G = {
    "accounts": QUARTER,
    "contacts": QUARTER,
    "contracts": QUARTER,
    "private_labels": QUARTER,
    "contract": QUARTER,
    "invoices": QUARTER,
    "payments": QUARTER,
    "alternate_efts": QUARTER,
    "bank_accounts": QUARTER,
    "amortization": DAY,
    "credit_lines": DAY,
    "equipment": DAY,
}


@pytest.mark.parametrize("data_class", RULE_G)
def test_that_every_data_class_has_its_cadence(data_class: str) -> None:
    assert CADENCES[data_class] == RULE_G[data_class]


def test_that_there_are_no_other_classes() -> None:
    assert set(CADENCES) == set(RULE_G)


@pytest.mark.parametrize("cadence", [QUARTER, DAY])
def test_that_a_fact_is_stale_beyond_twice_its_cadence(cadence: timedelta) -> None:
    limit = NOW - 2 * cadence
    assert not is_stale(limit + SECOND, NOW, cadence)
    assert not is_stale(limit, NOW, cadence)
    assert is_stale(limit - SECOND, NOW, cadence)
    assert is_stale(None, NOW, cadence)


def test_that_a_fact_from_a_clock_ahead_of_ours_is_not_stale() -> None:
    assert not is_stale(NOW + SECOND, NOW, QUARTER)


@pytest.mark.parametrize(
    ("as_of", "due"),
    [
        (NOW, NOW + QUARTER),
        (NOW - timedelta(minutes=5), NOW + timedelta(minutes=10)),
        (NOW - QUARTER, NOW),
        (NOW - DAY, NOW),
        (None, NOW),
    ],
)
def test_that_the_next_sync_is_one_cadence_on_and_never_in_the_past(
    as_of: datetime | None, due: datetime
) -> None:
    assert next_due(as_of, NOW, QUARTER) == due


@pytest.mark.parametrize(
    ("contract_type", "has"),
    [("OperatingLease", False), ("CapitalLease", True), ("Loan", True), (None, True)],
)
def test_that_operating_leases_never_have_a_schedule(contract_type: str | None, has: bool) -> None:
    assert has_schedule(contract_type) is has
