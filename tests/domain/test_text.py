"""When two spellings are the same."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from portal_admin.domain.text import canonical_email, id_key, label_key, name_key, plain_id, short_id

SAME_EMAIL = [
    ("ap@prairie.example", " AP@Prairie.Example\t"),
    ("ruth@münchen.example", "RUTH@MÜNCHEN.EXAMPLE"),
    ("ruth@münchen.example", "ruth@xn--mnchen-3ya.example"),
    ("jose\u0301@casa.example", "josé@casa.example"),
    ("jos\u00c9@casa.example", "jose\u0301@casa.example"),
    ("a@BÜCHER.example", "a@bu\u0308cher.example"),
    ("a@faß.example", "a@xn--fa-hia.example"),
    ("a@例え.example", "a@xn--r8jz45g.example"),
]
OTHER_EMAIL = [
    ("ap@prairie.example", "ap@prairie.example.com"),
    ("ap+x@prairie.example", "ap@prairie.example"),
    ("a.p@prairie.example", "ap@prairie.example"),
    ("jose@casa.example", "josé@casa.example"),
    ("a@faß.example", "a@fass.example"),
]


@pytest.mark.parametrize(("one", "other"), SAME_EMAIL)
def test_that_spellings_of_one_address_are_one(one: str, other: str) -> None:
    assert canonical_email(one) == canonical_email(other)


@pytest.mark.parametrize(("one", "other"), OTHER_EMAIL)
def test_that_different_addresses_stay_different(one: str, other: str) -> None:
    assert canonical_email(one) != canonical_email(other)


def test_that_the_domain_is_kept_in_idna() -> None:
    assert canonical_email("Ruth@München.example") == "ruth@xn--mnchen-3ya.example"


@pytest.mark.parametrize(
    "typed", ["", "  ", "@", "a@", "@b", "no address", "a@b@c", "a@..", "a@" + "x" * 300]
)
def test_that_text_that_is_no_address_is_only_tidied(typed: str) -> None:
    assert canonical_email(typed) == typed.strip().lower()


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("VENDOR-X", " vendor-x ", True),
        ("Straße", "STRASSE", True),
        ("Cafe\u0301", "CAFÉ", True),
        (None, "", True),
        (None, " \t\u00a0", True),
        ("Vendor X", "Vendor-X", False),
        ("Vendor", None, False),
        ("0", None, False),
    ],
)
def test_that_labels_are_compared_ignoring_case_and_blanks_around(
    one: str | None, other: str | None, same: bool
) -> None:
    assert (label_key(one) == label_key(other)) is same


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("0012-0045", " 0012-0045 ", True),
        ("ab-1", "AB-1", True),
        ("0012-0045", "12-45", False),
        ("0012-0045", "00120045", False),
        ("0012-0045", "0012\u20130045", False),
        ("0012", "12", False),
        ("00", "0", False),
    ],
)
def test_that_ids_keep_their_zeros_and_dashes(one: str, other: str, same: bool) -> None:
    assert (id_key(one) == id_key(other)) is same


@pytest.mark.parametrize(
    ("parts", "key"),
    [
        (("Ruth", "Olsen"), "ruth olsen"),
        ((" Ruth  Ann ", "\tOlsen"), "ruth ann olsen"),
        (("JOSE\u0301", "Núñez"), "josé núñez"),
        (("", "Olsen"), "olsen"),
        ((), ""),
    ],
)
def test_that_names_are_keyed_by_words(parts: tuple[str, ...], key: str) -> None:
    assert name_key(*parts) == key


KEYS = [canonical_email, label_key, id_key, name_key]
hostile = st.text(st.characters(codec=None, categories=None), max_size=12) | st.text(max_size=12).map(
    lambda text: f"{text}@{text}.example"
)


@pytest.mark.parametrize("key", KEYS)
@given(typed=hostile)
@example("ß\u0301")
@example("Ϊ\u0301")
@example("\u1fbc\u0301")
def test_that_a_key_is_its_own_key(key: object, typed: str) -> None:
    once = key(typed)  # type: ignore[operator]
    assert key(once) == once  # type: ignore[operator]


@pytest.mark.parametrize("key", KEYS)
@given(typed=st.text(max_size=12))
def test_that_composed_and_decomposed_text_have_one_key(key: object, typed: str) -> None:
    composed, decomposed = unicodedata.normalize("NFC", typed), unicodedata.normalize("NFD", typed)
    assert key(composed) == key(decomposed)  # type: ignore[operator]


@pytest.mark.parametrize("key", KEYS)
@pytest.mark.parametrize("typed", ["\ud800", "a\udcffb", "x@\udcff.example"])
def test_that_a_key_can_always_be_stored(key: object, typed: str) -> None:
    key(typed).encode("utf-8")  # type: ignore[operator]


@pytest.mark.parametrize(
    "typed", ["0012-0045", "12-45", "120045", "00120045", "0012 0045", " 0012/0045 ", "1245"]
)
def test_that_an_id_is_known_with_and_without_its_zeros_and_dashes(typed: str) -> None:
    stored = "0012-0045"
    assert plain_id(typed) == plain_id(stored) or short_id(typed) == short_id(stored)


@pytest.mark.parametrize(
    ("typed", "plain", "short"),
    [
        ("0012-0045", "120045", "1245"),
        ("EG-0019-7", "eg00197", "eg197"),
        ("A007", "a007", "a7"),
        ("0000", "0", "0"),
        ("12-0", "120", "120"),
        ("--", "", ""),
        ("", "", ""),
    ],
)
def test_that_letters_and_the_last_zero_of_an_id_stay(typed: str, plain: str, short: str) -> None:
    assert (plain_id(typed), short_id(typed)) == (plain, short)


@given(st.text(max_size=64))
def test_that_plain_and_short_ids_are_never_longer_and_hold_nothing_but_letters_and_digits(
    typed: str,
) -> None:
    for key in (plain_id(typed), short_id(typed)):
        assert len(key) <= len(id_key(typed))
        assert all(c.isalnum() for c in key)
