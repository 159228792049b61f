"""The brand of each site's mails: sender, support address, links, colour and logo."""

from __future__ import annotations

from hashlib import sha256
from typing import Any

from sqlalchemy import Connection, Row, insert, select

from portal_admin.domain.brand import (
    LARGEST_LOGO,
    Brand,
    check_color,
    check_link_base,
    check_logo,
    check_sender_name,
)
from portal_admin.domain.permissions import Permission
from portal_admin.errors import Conflict, InvalidInput
from portal_admin.models import site as site_table
from portal_admin.models import site_brand
from portal_admin.models.engine import reading
from portal_admin.services import audit
from portal_admin.services.change import action, advance, changing
from portal_admin.services.desk import Desk
from portal_admin.services.sites import find_site
from portal_admin.services.users import check_email


def brands(desk: Desk) -> dict[str, Brand]:
    """The brands there are, by the key of their site."""
    query = select(site_brand, site_table.c.key).join(site_table, site_table.c.id == site_brand.c.site_id)
    with reading(desk.engine) as connection:
        return {row.key: _brand(row) for row in connection.execute(query)}


def show_brand(desk: Desk, *, site: str) -> Brand | None:
    """The brand of a site, None while nobody has given it one."""
    with reading(desk.engine) as connection:
        return brand_of(connection, find_site(connection, site).id)


def brand_of(connection: Connection, site_id: int) -> Brand | None:
    """The brand of a site, None while nobody has given it one."""
    row = connection.execute(select(site_brand).where(site_brand.c.site_id == site_id)).first()
    return None if row is None else _brand(row)


def checked(typed: Brand) -> Brand:
    """The brand as it would be stored; InvalidInput names the first field that cannot be used."""
    return Brand(
        sender_name=check_sender_name(typed.sender_name),
        sender_address=_address(typed.sender_address, "sender_address"),
        support_email=_address(typed.support_email, "support_email"),
        link_base=check_link_base(typed.link_base),
        color=check_color(typed.color),
        logo=typed.logo,
        logo_type=check_logo(typed.logo),
    )


def read_logo(path: str) -> bytes:
    """The content of a picture file; InvalidInput when it cannot be read or cannot be a logo."""
    try:
        with open(path, "rb") as file:
            # One byte more than allowed tells too much from enough.
            content = file.read(LARGEST_LOGO + 1)
    except OSError as problem:
        raise InvalidInput(
            f"{path} cannot be read. Check that it exists and that you may read it.", field="logo"
        ) from problem
    check_logo(content)
    return content


@action(Permission.BRAND_SITE)
def set_brand(desk: Desk, *, site: str, brand: Brand, version: int | None = None) -> Brand:
    """Give a site a brand; mails that waited for a sender can go then.

    Conflict when somebody else changed it since `version`, 0 for none.
    """
    brand = checked(brand)
    with changing(desk) as connection:
        on = find_site(connection, site)
        before = brand_of(connection, on.id)
        stored = before.version if before else 0
        if version is not None and version != stored:
            raise Conflict(f"Somebody else changed the brand of {on.key}. Look at it again, then save.")
        values = {name: getattr(brand, name) for name in FIELDS}
        if before is None:
            connection.execute(insert(site_brand).values(site_id=on.id, version=1, **values))
        else:
            advance(connection, site_brand, site_brand.c.site_id == on.id, version=stored, values=values)
        after = brand_of(connection, on.id)
        assert after is not None  # noqa: S101
        audit.record(
            connection,
            desk,
            action="site.set_brand",
            subject=on.key,
            site=on.key,
            before=_audited(before) if before else None,
            after=_audited(after),
        )
    return after


TEXTS = ("sender_name", "sender_address", "support_email", "link_base", "color")
FIELDS = (*TEXTS, "logo", "logo_type")


def _brand(row: Row[Any]) -> Brand:
    return Brand(**{name: getattr(row, name) for name in FIELDS}, version=row.version)


def _address(typed: str, field: str) -> str:
    try:
        return check_email(typed)
    except InvalidInput as problem:
        raise InvalidInput(problem.message, field=field) from problem


def _audited(brand: Brand) -> dict[str, Any]:
    """The picture itself stays out of the audit; its hash tells pictures apart."""
    logo = sha256(brand.logo).hexdigest()[:16] if brand.logo else None
    return {name: getattr(brand, name) for name in TEXTS} | {"logo": logo}
