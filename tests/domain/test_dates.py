from __future__ import annotations

import locale
from collections.abc import Iterator
from datetime import date

import pytest

from portal_admin.domain.dates import day_of_year, day_words, long_day_words


@pytest.fixture(params=["C.UTF-8", "de_DE.UTF-8", "fr_FR.UTF-8"])
def spoken(request: pytest.FixtureRequest) -> Iterator[str]:
    before = locale.setlocale(locale.LC_TIME)
    try:
        locale.setlocale(locale.LC_TIME, request.param)
    except locale.Error:
        pytest.skip(f"this machine does not speak {request.param}")
    yield request.param
    locale.setlocale(locale.LC_TIME, before)


@pytest.mark.usefixtures("spoken")
def test_that_dates_are_told_in_english_whatever_the_machine_speaks() -> None:
    assert day_words(date(2026, 12, 1)) == "1 Dec 2026"
    assert day_of_year(date(2026, 5, 31)) == "31 May"
    assert long_day_words(date(2026, 3, 9)) == "9 March 2026"
