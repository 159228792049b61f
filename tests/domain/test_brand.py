from __future__ import annotations

import pytest

from portal_admin.domain.brand import (
    LARGEST_LOGO,
    PLAIN_COLOR,
    check_color,
    check_link_base,
    check_logo,
    check_sender_name,
)
from portal_admin.errors import InvalidInput


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        (" https://my.northwind.example/ ", "https://my.northwind.example"),
        ("https://My.Northwind.example:8443/portal/", "https://my.northwind.example:8443/portal"),
        ("https://börse.example", "https://xn--brse-5qa.example"),
        ("http://localhost:8000", "http://localhost:8000"),
        ("http://[::1]:8000/x", "http://[::1]:8000/x"),
    ],
)
def test_that_a_link_address_is_kept_in_one_form(typed: str, kept: str) -> None:
    assert check_link_base(typed) == kept


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "my.northwind.example",
        "http://my.northwind.example",
        "ftp://localhost",
        "javascript:alert(1)",
        "https://user:secret@my.northwind.example",
        "https://my.northwind.example/?a=b",
        "https://my.northwind.example/#x",
        "https://my.northwind.example/a b",
        'https://my.northwind.example/"><b>',
        "https://my.northwind.example/\r\nX: 1",
        "https://my.northwind.example:99999",
        "https://[::1",
        "https://a..ü",
        f"https://my.northwind.example/{'a' * 400}",
    ],
)
def test_that_a_link_address_that_is_unsafe_or_broken_is_refused(typed: str) -> None:
    with pytest.raises(InvalidInput) as problem:
        check_link_base(typed)
    assert problem.value.field == "link_base"


def test_that_a_colour_must_let_white_letters_be_read() -> None:
    assert check_color(" #2458c5 ") == PLAIN_COLOR
    assert check_color("") is check_color(None) is None
    for typed in ("red", "#123", "2458C5", "#2458C5;x"):
        with pytest.raises(InvalidInput, match="looks like"):
            check_color(typed)
    with pytest.raises(InvalidInput, match=r"their contrast is 1\.1, and 4\.5 is needed"):
        check_color("#FFFF00")


def test_that_a_logo_is_told_by_its_first_bytes_and_its_size() -> None:
    assert check_logo(None) is None
    assert check_logo(b"\x89PNG\r\n\x1a\n...") == "png"
    assert check_logo(b"\xff\xd8\xff\xe0...") == "jpeg"
    for content in (b"", b"<svg onload=x>", b"GIF89a", b"%PDF"):
        with pytest.raises(InvalidInput, match="PNG or JPEG"):
            check_logo(content)
    with pytest.raises(InvalidInput, match="200 KB"):
        check_logo(b"\x89PNG\r\n\x1a\n" + bytes(LARGEST_LOGO))


def test_that_a_sender_s_name_is_one_line_that_can_be_shown() -> None:
    assert check_sender_name("  Northwind\t Leasing ") == "Northwind Leasing"
    for typed in ("", "  ", "a\u202eb", "x" * 201):
        with pytest.raises(InvalidInput):
            check_sender_name(typed)
