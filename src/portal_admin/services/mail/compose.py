"""Writes a registration or reset mail in the brand of its site, from the templates in `resources/mail`."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP, SMTPUTF8
from email.utils import format_datetime
from functools import cache
from string import Template

from portal_admin.domain.brand import PLAIN_COLOR, Brand
from portal_admin.domain.mail import MailKind
from portal_admin.paths import resources

LOGO_HEIGHT = 48
SUBJECT = "Subject: "
# Mail programs turn what looks like an address into a link; nobody gets to put one into our mails by way of a name.
LIKE_AN_ADDRESS = re.compile(r"[/\\:@]|\w\.\w{2}|www\.", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Letter:
    """Who is written to, and the link that the mail is about."""

    kind: MailKind
    message_key: str
    recipient: str
    name: str
    link: str
    lifetime: timedelta


def compose(letter: Letter, brand: Brand, *, now: datetime) -> EmailMessage:
    """The whole mail: text and HTML, the logo within it; nothing of the person but name and address."""
    plain, rich = texts(letter, brand)
    subject, _, body = plain.partition("\n")
    ascii_only = letter.recipient.isascii() and brand.sender_address.isascii()
    mail = EmailMessage(policy=SMTP if ascii_only else SMTPUTF8)
    mail["From"] = _address(brand.sender_address, brand.sender_name)
    mail["To"] = _address(letter.recipient)
    mail["Reply-To"] = _address(brand.support_email)
    mail["Subject"] = subject.removeprefix(SUBJECT)
    mail["Date"] = format_datetime(now)
    mail["Message-ID"] = f"<{letter.message_key}@{brand.domain}>"
    mail["Auto-Submitted"] = "auto-generated"
    # Relays need not carry eight bits.
    mail.set_content(body.lstrip("\n"), cte="quoted-printable")
    mail.add_alternative(rich, subtype="html", cte="quoted-printable")
    if brand.logo is not None and brand.logo_type is not None:
        part = mail.get_payload()[1]  # type: ignore[index]
        part.add_related(  # type: ignore[union-attr]
            brand.logo,
            maintype="image",
            subtype=brand.logo_type,
            cid=f"<{logo_id(letter)}>",
            disposition="inline",
        )
    return mail


def texts(letter: Letter, brand: Brand) -> tuple[str, str]:
    """The text, whose first line is the subject, and the HTML."""
    name = one_line(letter.name)
    values = {
        "sender": one_line(brand.sender_name),
        "name": f" {name}" if name and not LIKE_AN_ADDRESS.search(name) else "",
        "link": letter.link,
        "lifetime": lifetime_words(letter.lifetime),
        "support": brand.support_email,
    }
    plain = _template(letter.kind, "txt").substitute(values)
    escaped = {key: html.escape(value) for key, value in values.items()}
    subject = html.escape(plain.partition("\n")[0].removeprefix(SUBJECT))
    rich = _template(letter.kind, "html").substitute(
        escaped,
        subject=subject,
        color=brand.color or PLAIN_COLOR,
        logo=_logo(letter, brand, escaped["sender"]),
    )
    return plain, rich


def logo_id(letter: Letter) -> str:
    """What the HTML calls the picture that travels with it."""
    return f"logo.{letter.message_key}"


def one_line(text: str) -> str:
    """Text without anything that could end a line or cannot be seen."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def lifetime_words(lifetime: timedelta) -> str:
    """`7 days`, `24 hours` or `30 minutes`: the largest unit that is more than one and comes out even."""
    minutes = max(1, round(lifetime.total_seconds() / 60))
    for unit, length in (("days", 1440), ("hours", 60)):
        if minutes % length == 0 and minutes > length:
            return f"{minutes // length} {unit}"
    return "1 minute" if minutes == 1 else f"{minutes} minutes"


def _logo(letter: Letter, brand: Brand, sender: str) -> str:
    if brand.logo is None:
        return f'<strong style="font-size:18px">{sender}</strong>'
    return f'<img src="cid:{logo_id(letter)}" alt="{sender}" height="{LOGO_HEIGHT}" style="height:{LOGO_HEIGHT}px">'


def _address(address: str, name: str = "") -> Address:
    local, _, domain = address.rpartition("@")
    return Address(one_line(name), local, domain)


@cache
def _template(kind: MailKind, ending: str) -> Template:
    return Template((resources() / "mail" / f"{kind}.{ending}").read_text(encoding="utf-8"))
