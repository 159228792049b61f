"""A portal database synced from the small portfolio with end users who meet every case, and hands to work with."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QLabel, QWidget
from sqlalchemy import insert, select

from portal_admin.aspire.client import AspireClient
from portal_admin.domain.sound import sound_keys
from portal_admin.domain.text import id_key, name_key
from portal_admin.models import account_link, aspire_account, end_user, site
from portal_admin.models.engine import open_engine, reading
from portal_admin.sandbox.portfolio import FilePortfolio
from portal_admin.sandbox.server import Sandbox
from portal_admin.services import sites
from portal_admin.services.desk import Desk
from portal_admin.services.sync import sync
from portal_admin.ui.tables.list_table import ListTable
from portal_admin.ui.tables.rows import text_of
from tests.fixtures.desk import Clock
from tests.fixtures.operators import filling
from tests.fixtures.sandbox import account, contract

SITE, OTHER_SITE = "northwind", "prairie"
OLSEN, PENDING, INACTIVE, ALONE = (
    "rolsen@prairie.example",
    "new@prairie.example",
    "gone@prairie.example",
    "pat@granitepeak.example",
)
MANY, HOSTILE = "many@bigfleet.example", "hostile@markup.example"
BIG = 500  # the oid of an account with many contracts
MARKUP = "<b>Ann & Sons</b><img src=x>"


def fill(desk: Desk) -> None:
    """Three sites, the sandbox's records, and five users on two sites."""
    # Synced before there are users, so that no details are read.
    sync(desk)
    sites.create_site(desk, key=SITE, name="Northwind Leasing", labels=["NORTHWIND"], unlabelled=True)
    sites.create_site(desk, key=OTHER_SITE, name="Prairie Finance", labels=["PRAIRIE", "Prairie West"])
    sites.create_site(desk, key="eastcoast", name="East Coast Capital", labels=["EASTERN"])
    add_user(desk, OLSEN, "Renate", "Olsen", "Active", ["A-001", "A-004"])
    add_user(desk, PENDING, "Nils", "Newman", "Pending", ["A-001"])
    add_user(desk, INACTIVE, "Ida", "Gonzales", "Inactive", ["A-001"])
    add_user(desk, ALONE, "Pat", "Grant", "Active", ["A-004"])
    add_user(desk, OLSEN, "Renate", "Olsen", "Active", ["A-001"], on=OTHER_SITE)


def filled_template(migrated: Path, portfolio: FilePortfolio, folder: Path) -> Path:
    """A database file on which `fill` has worked, to be copied for each test."""
    path = Path(shutil.copy(migrated, folder / "portal.db"))
    engine = open_engine(f"sqlite:///{path}")
    with Sandbox(portfolio) as box:
        aspire = AspireClient(box.url, user="sandbox", password=lambda: "sandbox")
        fill(Desk(engine=engine, aspire=aspire, clock=Clock(), operator="tester"))
        aspire.close()
    engine.dispose()
    return path


def put_big_account(box: Sandbox, contracts: int) -> None:
    """Before a full sync: an account of long names with that many contracts of two currencies."""
    name = "Western Continental Agricultural Machinery and Heavy Haulage Equipment Partners Holding LLC"
    box.put("Accounts", account(BIG, "A-LONG-ACCOUNT-0500", name, "accounts.payable@bigfleet.example"))
    for number in range(contracts):
        fields: dict[str, Any] = {"PaymentAmount": f"{1_000 + number * 137}.50"}
        if number % 9 == 8:
            fields |= {"IsTerminated": True, "TerminationDate": "2026-02-28"}
        if number % 11 == 10:
            fields |= {"PrivateLabel": "LEGACY"}
        if number % 5 == 4:
            fields |= {"Currency": "CAD"}
        box.put("Contracts", contract(5000 + number, f"0500-{number:04}", BIG, **fields))


def put_hostile_account(box: Sandbox) -> None:
    """Before a full sync: an account and a contract whose texts look like markup."""
    box.put("Accounts", account(600, "<i>A-600</i>", MARKUP))
    box.put("Contracts", contract(6000, "<u>0600</u>", 600))
    box.put("Contracts", contract(6001, "0600-1", 600, PrivateLabel="<s>GONE</s>"))


def add_user(
    desk: Desk, email: str, first: str, last: str, status: str, accounts: list[str], *, on: str = SITE
) -> None:
    """Insert an end user linked to accounts of those ids, without asking the picker."""
    with filling(desk.engine) as connection:
        site_id = connection.execute(select(site.c.id).where(site.c.key == on)).scalar_one()
        row = {
            "site_id": site_id,
            "email": email,
            "first_name": first,
            "last_name": last,
            "name_key": name_key(first, last),
            "sound_keys": sound_keys(first, last),
            "status": status,
            "version": 1,
            "created_at": desk.clock(),
            "created_by": "tester",
        }
        user_id = connection.execute(insert(end_user).values(row).returning(end_user.c.id)).scalar_one()
        for account_id in accounts:
            found = select(aspire_account.c.oid).where(aspire_account.c.account_id_key == id_key(account_id))
            oid = connection.execute(found).scalar()
            link = {
                "user_id": user_id,
                "account_oid": oid if oid is not None else 9999,
                "account_id": account_id,
                "created_at": desk.clock(),
                "created_by": "tester",
            }
            connection.execute(insert(account_link).values(link))


def links_of(desk: Desk, email: str, on: str = SITE) -> list[str]:
    """The account ids a user is linked to, as the database has them."""
    query = (
        select(account_link.c.account_id)
        .join(end_user, end_user.c.id == account_link.c.user_id)
        .join(site, site.c.id == end_user.c.site_id)
        .where(end_user.c.email == email, site.c.key == on)
        .order_by(account_link.c.account_id)
    )
    with reading(desk.engine) as connection:
        return list(connection.execute(query).scalars())


def button(root: QWidget, text: str) -> QAbstractButton:
    """The one visible button of that text or accessible name."""
    found = [
        one
        for one in root.findChildren(QAbstractButton)
        if one.isVisible() and text in (one.text(), one.accessibleName())
    ]
    assert len(found) == 1, f"{len(found)} buttons say {text}"
    return found[0]


def has_button(root: QWidget, text: str) -> bool:
    """Whether a visible button says that."""
    return any(one.isVisible() and one.text() == text for one in root.findChildren(QAbstractButton))


def said(root: QWidget) -> str:
    """Everything that visible labels say."""
    return "\n".join(one.text() for one in root.findChildren(QLabel) if one.isVisible() and one.text())


def lines(table: ListTable) -> list[list[str]]:
    """The texts of all rows of a list."""
    return [[text_of(cell) for cell in row.cells] for row in table.model.rows]


def click_row(qtbot: Any, table: ListTable, key: object) -> None:
    """Click the row of a key."""
    line = table.model.row_of(key)  # type: ignore[arg-type]
    assert line is not None, f"no row {key}"
    rect = table.view.visualRect(table.model.index(line, 0))
    qtbot.mouseClick(table.view.viewport(), Qt.MouseButton.LeftButton, pos=rect.center())
