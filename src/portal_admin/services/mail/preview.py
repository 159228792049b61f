"""A mail as it would look with a brand that is still being typed."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from portal_admin.domain.brand import Brand, check_color
from portal_admin.domain.mail import LIFETIMES, MailKind
from portal_admin.domain.mail_links import link
from portal_admin.errors import InvalidInput
from portal_admin.services.mail.compose import SUBJECT, Letter, logo_id, one_line, texts

NOBODY = ("Jordan Lee", "jordan.lee@example.com")
FIELDS = ("sender_name", "sender_address", "support_email", "link_base")
SAMPLE = "00000000-0000-4000-8000-000000000000"


@dataclass(frozen=True, slots=True)
class Preview:
    """What a mail program shows; `logo_name` is what the HTML calls the picture."""

    sender: str
    reply_to: str
    subject: str
    html: str
    logo_name: str
    logo: bytes | None


def preview(brand: Brand, kind: MailKind) -> Preview:
    """A sample mail to nobody, with … for what is still blank; a colour that cannot be used is left out."""
    try:
        color = check_color(brand.color)
    except InvalidInput:
        color = None
    blank: dict[str, Any] = {field: "…" for field in FIELDS if not getattr(brand, field).strip()}
    brand = replace(brand, color=color, **blank)
    name, address = NOBODY
    where = link(brand.link_base.strip().rstrip("/"), kind, SAMPLE, b"")
    letter = Letter(kind, SAMPLE, address, name, where, LIFETIMES[kind])
    plain, rich = texts(letter, brand)
    return Preview(
        sender=f"{one_line(brand.sender_name)} <{one_line(brand.sender_address)}>",
        reply_to=one_line(brand.support_email),
        subject=plain.partition("\n")[0].removeprefix(SUBJECT),
        html=rich,
        logo_name=f"cid:{logo_id(letter)}",
        logo=brand.logo,
    )
