"""Realistic names that could, and could not, be taken for each other."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal_admin.domain.look_alike import core_name, look_alike

ALIKE = [
    ("Prairie Hauling LLC", "Prairie Hauling LLC"),
    ("Prairie Hauling LLC", "Prairie Hauling, Inc."),
    ("Prairie Hauling LLC", "PRAIRIE HAULING L.L.C."),
    ("Prairie Hauling LLC", "Prarie Hauling LLC"),
    ("Prairie Hauling LLC", "Prairie Haulling LLC"),
    ("The Prairie Hauling Company", "Prairie Hauling Co."),
    ("A & B Trucking", "A and B Trucking"),
    ("O'Brien Trucking", "OBrien Trucking Inc"),
    ("O’Brien Trucking", "O'Brien Trucking"),
    ("Müller Transport GmbH", "Muller Transport"),
    ("Café Núñez", "Cafe Nunez LLC"),
    ("Smith Farms", "Smyth Farms"),
    ("John Smith", "Jon Smith"),
    ("John  Smith", "John Smith"),
    ("Lakeside Dental PC", "Lakeside Dental, P.C."),
    ("Lakeside Dental PC", "Lake Side Dental PC"),
    ("Northwind Logistics", "Northwinds Logistics"),
    ("Hill-Top Dairy", "Hilltop Dairy"),
    ("LLC", "LLC"),
]
NOT_ALIKE = [
    ("Prairie Hauling LLC", "Lakeside Dental PC"),
    ("Prairie Hauling LLC", "Prairie Dental LLC"),
    ("Prairie Hauling LLC", "Mountain Hauling LLC"),
    ("Smith Farms", "Smith Trucking"),
    ("John Smith", "Mary Smith"),
    ("John Smith", "John Snyder"),
    ("ABC Transport", "XYZ Transport"),
    ("Alpha Leasing Inc", "Beta Leasing Inc"),
    ("LLC", "Inc"),
    ("", ""),
    ("", "Prairie Hauling LLC"),
    ("...", "---"),
]


@pytest.mark.parametrize(("one", "other"), ALIKE)
def test_that_near_equal_names_are_look_alikes(one: str, other: str) -> None:
    assert look_alike(one, other)
    assert look_alike(other, one)


@pytest.mark.parametrize(("one", "other"), NOT_ALIKE)
def test_that_different_names_are_not(one: str, other: str) -> None:
    assert not look_alike(one, other)
    assert not look_alike(other, one)


@given(st.text("abcdE é-", max_size=10), st.text("abcdE é-", max_size=10))
def test_that_likeness_goes_both_ways(one: str, other: str) -> None:
    assert look_alike(one, other) == look_alike(other, one)


def test_that_a_core_name_drops_the_legal_form_unless_nothing_is_left() -> None:
    assert core_name("The Prairie Hauling Company, L.L.C.") == "prairie hauling"
    assert core_name("Co. Ltd") == "co ltd"
