"""Beats that come late are counted."""

from __future__ import annotations

from portal_admin.domain.stalls import Lateness


def test_that_quantiles_and_the_longest_are_exact_to_the_millisecond() -> None:
    lateness = Lateness()
    for _ in range(97):
        lateness.add(0.0004)
    for late in (0.0125, 0.0301, 0.412):
        lateness.add(late)
    found = lateness.report()
    assert (found.beats, found.over, found.p50, found.p99, found.longest) == (100, 1, 0, 30, 412)
    assert found.words == "1 over 250 ms, longest 412 ms; p50 0 ms, p99 30 ms of 100 beats"


def test_that_the_limit_itself_is_over_and_an_hour_is_no_more_than_long() -> None:
    lateness = Lateness()
    lateness.add(0.2499)
    assert lateness.report().over == 0
    lateness.add(0.25)
    lateness.add(3600)
    found = lateness.report()
    assert (found.over, found.p99, found.longest) == (2, 1000, 3_600_000)


def test_that_nothing_was_counted_at_first() -> None:
    found = Lateness().report()
    assert (found.beats, found.over, found.p50, found.p99, found.longest) == (0, 0, 0, 0, 0)
