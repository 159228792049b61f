"""Which addresses a field of ASPIRE holds."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal_admin.domain.addresses import email_key, usable_addresses
from portal_admin.domain.text import canonical_email


@pytest.mark.parametrize(
    ("field", "addresses"),
    [
        (None, ()),
        ("", ()),
        (" ; , ", ()),
        ("AP@Prairie.example", ("ap@prairie.example",)),
        ("ap@prairie.example; cfo@prairie.example", ("ap@prairie.example", "cfo@prairie.example")),
        ("a@x.example,b@x.example;;a@X.example", ("a@x.example", "b@x.example")),
        ("zoë@bücher.example", ("zoë@xn--bcher-kva.example",)),
        ("call us", ()),
        ("none@", ()),
        ("@prairie.example", ()),
        ("a@localhost", ()),
        ("a b@x.example", ()),
    ],
)
def test_that_each_address_counts_and_what_is_none_does_not(
    field: str | None, addresses: tuple[str, ...]
) -> None:
    assert usable_addresses(field) == addresses


@given(st.text(max_size=80))
def test_that_whatever_a_field_holds_its_addresses_are_canonical_and_apart(field: str) -> None:
    found = usable_addresses(field)
    assert all(canonical_email(address) == address for address in found)
    assert tuple(email_key(field).split(" ")) == (found or ("",))
