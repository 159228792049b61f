"""Columns are recognised by their names."""

from __future__ import annotations

import pytest

from portal_admin.domain.imports import Beside, Column
from portal_admin.errors import InvalidInput
from portal_admin.services.imports.mapping import beside, missing, recognise, require_complete

E, F, L, A = Column


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        (["Email", "First name", "Last name", "Accounts"], {E: 0, F: 1, L: 2, A: 3}),
        (["ACCOUNTS", "last_name", "firstName ", " e-mail"], {A: 0, L: 1, F: 2, E: 3}),
        (["Email", "Reason", "Status", "Account name"], {E: 0}),
        (["E-mail address", "Email"], {E: 1}),
        (["Email", "email"], {}),
        (["", "Adresse"], {}),
    ],
)
def test_that_columns_are_known_whatever_the_case_blanks_and_underscores(
    header: list[str], expected: dict[Column, int]
) -> None:
    assert recognise(header) == expected


@pytest.mark.parametrize(
    ("mapping", "named"),
    [({}, "Email, First name, Last name, Accounts"), ({F: 0, A: 1}, "Email"), ({E: 0}, "First name")],
)
def test_that_what_is_missing_is_named(mapping: dict[Column, int], named: str) -> None:
    with pytest.raises(InvalidInput, match=named) as problem:
        require_complete(mapping)
    assert problem.value.field == "mapping"


def test_that_one_column_cannot_mean_two_things() -> None:
    with pytest.raises(InvalidInput, match="two things"):
        require_complete({E: 0, A: 0})


def test_that_a_file_without_names_can_still_bring_links() -> None:
    require_complete({E: 0, A: 1})
    assert missing({E: 0, A: 1}) == (F, L)


def test_that_site_and_status_are_looked_at_unless_they_are_mapped() -> None:
    header = ["Email", "site", "STATUS", "Accounts"]
    assert beside(header, {E: 0, A: 3}) == {Beside.SITE: 1, Beside.STATUS: 2}
    assert beside(header, {E: 0, A: 1}) == {Beside.STATUS: 2}
    assert beside(["Email", "Site", "site"], {E: 0}) == {}
