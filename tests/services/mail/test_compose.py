"""What a mail says and looks like, and what no name can make of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import default

import pytest

from portal_admin.domain.brand import Brand
from portal_admin.domain.mail import MailKind
from portal_admin.services.brand import checked
from portal_admin.services.mail.compose import Letter, compose, lifetime_words, texts
from tests.fixtures.desk import NOW
from tests.services.mail.conftest import NORTHWIND, PRAIRIE

LINK = "https://my.northwind.example/register?mail=m-1&token=t_0"
LETTER = Letter(MailKind.REGISTRATION, "m-1", "ann@x.example", "Ann Lee", LINK, timedelta(days=7))
HEADERS = [
    "From",
    "To",
    "Reply-To",
    "Subject",
    "Date",
    "Message-ID",
    "Auto-Submitted",
    "MIME-Version",
    "Content-Type",
]


def parsed(letter: Letter, brand: Brand) -> EmailMessage:
    """The mail as its receiver reads it."""
    content = compose(letter, brand, now=NOW).as_bytes()
    return BytesParser(policy=default).parsebytes(content)  # type: ignore[return-value]


def body(mail: EmailMessage, kind: str) -> str:
    part = mail.get_body((kind,))
    assert part is not None
    return str(part.get_content())


@pytest.mark.parametrize("kind", list(MailKind))
def test_that_a_mail_is_in_the_brand_of_its_site(kind: MailKind) -> None:
    mail = parsed(replace(LETTER, kind=kind), PRAIRIE)
    assert mail["From"] == "Prairie Finance <mail@prairie.example>"
    assert mail["Reply-To"] == "care@prairie.example"
    assert mail["Message-ID"] == "<m-1@prairie.example>"
    assert mail["Date"].datetime == NOW
    assert mail["Auto-Submitted"] == "auto-generated"
    assert "Prairie Finance" in mail["Subject"]
    for text in (body(mail, "plain"), body(mail, "html")):
        assert "Ann Lee" in text
        assert "Prairie Finance" in text
        assert "care@prairie.example" in text
        assert "7 days" in text
        assert "$" not in text
    assert LINK in body(mail, "plain")
    assert LINK.replace("&", "&amp;") in body(mail, "html")
    assert "background:#7A1F3D" in body(mail, "html")


def test_that_the_logo_travels_within_the_mail() -> None:
    mail = parsed(LETTER, checked(PRAIRIE))
    (picture,) = [part for part in mail.walk() if part.get_content_maintype() == "image"]
    assert picture.get_content() == PRAIRIE.logo
    assert f"cid:{picture['Content-ID'].strip('<>')}" in body(mail, "html")
    assert not [part for part in parsed(LETTER, NORTHWIND).walk() if part.get_content_maintype() == "image"]


def test_that_the_person_is_in_the_mail_by_name_and_address_only() -> None:
    assert list(compose(LETTER, NORTHWIND, now=NOW).keys()) == HEADERS


@pytest.mark.parametrize(
    "name",
    ["Ann\r\nBcc: evil@x.example", "Ann\nX-Evil: 1", "Ann\x00\x1b[2J", "Ann\u2028Evil: 1", "\r\n\r\nhello"],
)
def test_that_a_hostile_name_cannot_add_a_header(name: str) -> None:
    brand = replace(NORTHWIND, sender_name=f"North {name}")
    mail = parsed(replace(LETTER, name=name), brand)
    assert mail.keys() == HEADERS
    assert len(mail["From"].addresses) == 1
    assert mail["From"].addresses[0].addr_spec == NORTHWIND.sender_address


@pytest.mark.parametrize(
    "name", ["<b>Ann</b>", '"><script>x</script>', "Ann & <img src=x>", "$link", "${sender}"]
)
def test_that_a_hostile_name_cannot_add_markup(name: str) -> None:
    _, rich = texts(replace(LETTER, name=name), replace(NORTHWIND, sender_name=name))
    assert "<script" not in rich
    assert "<b>" not in rich
    assert "<img" not in rich
    assert rich.count("<a href=") == 2


@pytest.mark.parametrize(
    "name",
    ["see http://evil.example", "www.evil.example now", "evil.example/x", "call evil@x.example", "a:b"],
)
def test_that_a_name_that_looks_like_an_address_is_left_out(name: str) -> None:
    plain, rich = texts(replace(LETTER, name=name), NORTHWIND)
    assert "evil" not in plain + rich
    assert "\nHello,\n" in plain


@pytest.mark.parametrize("name", ["J. R. Smith", "O'Brien", "Zoë d'Été-Nuñez", "Li 李", "Smith Jr."])
def test_that_names_of_people_are_kept(name: str) -> None:
    assert f"Hello {name}," in texts(replace(LETTER, name=name), NORTHWIND)[0]


def test_that_every_line_of_a_mail_is_short_enough_for_any_relay() -> None:
    brand = replace(NORTHWIND, sender_name="ÄÖ " * 60)
    lines = compose(LETTER, brand, now=NOW).as_bytes().splitlines()
    assert max(map(len, lines)) <= 998
    assert all(line.isascii() for line in lines)


@pytest.mark.parametrize(
    ("minutes", "words"),
    [
        (1, "1 minute"),
        (30, "30 minutes"),
        (60, "60 minutes"),
        (90, "90 minutes"),
        (1440, "24 hours"),
        (10080, "7 days"),
    ],
)
def test_that_a_lifetime_is_told_in_its_largest_even_unit(minutes: int, words: str) -> None:
    assert lifetime_words(timedelta(minutes=minutes)) == words
