"""The world of the demonstration: a sandbox ASPIRE, and a portal that was set up and synced as a real one is."""

from __future__ import annotations

import itertools
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta

from portal_admin.cli.demo_care import RIGHT_ACCOUNT, care, pay
from portal_admin.cli.demo_diary import Dated, do_in_order
from portal_admin.cli.demo_requests import OLDEST, requests_and_deeds
from portal_admin.credentials import Secret, remember_for_session
from portal_admin.domain.access import site_keys
from portal_admin.domain.brand import Brand
from portal_admin.domain.people import EndUser, Site, Status
from portal_admin.domain.permissions import Role
from portal_admin.domain.records import Contact, Contract, Removed
from portal_admin.domain.text import label_key
from portal_admin.errors import InvalidInput, Refused
from portal_admin.paths import config_folder, resources
from portal_admin.sandbox import cases
from portal_admin.sandbox.generated import generate
from portal_admin.sandbox.server import Sandbox
from portal_admin.services import brand, database, operators, sites, users
from portal_admin.services.desk import Desk
from portal_admin.services.sync import sync
from portal_admin.settings import Profile, add_profile, default_database_url
from portal_admin.wiring import close_desk, full_database_url, open_profile, operator_name, utc_now

# Site, email, first name, last name, account ids.
Caller = tuple[str, str, str, str, tuple[str, ...]]

PROFILE = "demo"
CONTRACTS = 2_000
SEED = 7
CALLS = "calls_to_try.toml"
SITES: tuple[tuple[str, str, tuple[str, ...], bool], ...] = (
    ("NORTHWIND", "Northwind Leasing", ("Northwind",), True),
    ("PRAIRIE", "Prairie Equipment Finance", ("PRAIRIE", "Prairie West"), False),
    ("EASTCOAST", "East Coast Capital", ("EASTERN",), False),
)
# Site, the domain of its mails and links, the colour of its buttons.
BRANDS = (
    ("NORTHWIND", "northwind.example", "#2458C5"),
    ("PRAIRIE", "prairie-equipment.example", "#17693A"),
    ("EASTCOAST", "eastcoast.example", "#7A1F3D"),
)
# Who works beside whoever shows the demonstration.
COLLEAGUES = (("morgan", Role.ADMINISTRATOR), ("casey", Role.CSR), ("riley", Role.READ_ONLY))
# A file to import, with mistakes in it.
TAKEOVER = "takeover 2026-11.csv"
STILL_PENDING = ("NORTHWIND", "nina.reyes@redcedar.example", "Nina", "Reyes", ("A-90003",))
# Somebody whose name is written in another way than it is heard.
HEARD = ("NORTHWIND", "cris.maier@novaksons.example", "Cris", "Maier", ("A-90005",))
NEIGHBOURS = 60
STATUSES = (Status.ACTIVE, Status.ACTIVE, Status.ACTIVE, Status.PENDING)
EVERY_NTH_IS_BLOCKED = 9
# When the portal was set up, before anybody asked for anything, and how long each deed took then.
BEGUN = OLDEST + timedelta(days=1)
STEP = timedelta(minutes=4)
# When somebody was created whose registration mail still waits.
LATELY = timedelta(days=2)


class _Days:
    """The desks of people at work some days ago, each a few minutes after the one before."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._at = desk.clock() - BEGUN

    def desk(self, operator: str | None = None) -> Desk:
        """The desk of the next deed, of an operator or of whoever shows the demonstration."""
        at = self._at = self._at + STEP
        return replace(self._desk, operator=operator or self._desk.operator, clock=lambda: at)


@contextmanager
def demo_world(*, say: Callable[[str], None], now: datetime | None = None) -> Iterator[str]:
    """The name of a profile in the current home, filled and synced, while its sandbox runs; `now` stops all clocks."""

    def clock() -> datetime:
        return now or utc_now()

    say(f"Starting a sandbox ASPIRE with {CONTRACTS:,} contracts…")
    with Sandbox(generate(CONTRACTS, SEED, now)) as aspire:
        profile = Profile(PROFILE, default_database_url(PROFILE), aspire.url, "sandbox")
        add_profile(profile)
        remember_for_session(PROFILE, Secret.ASPIRE, "sandbox")
        shutil.copy(resources() / CALLS, config_folder() / CALLS)
        shutil.copy(resources() / "demo" / TAKEOVER, config_folder() / TAKEOVER)
        say("Creating the portal database with three sites, and reading ASPIRE…")
        database.upgrade(full_database_url(profile), now=clock() - BEGUN, operator=operator_name())
        desk = open_profile(profile, clock=clock)
        try:
            _fill(desk, aspire)
        finally:
            close_desk(desk)
        yield PROFILE


def _fill(desk: Desk, aspire: Sandbox) -> None:
    # The picker judges by the portal's copy here, which is a moment old: asking ASPIRE for each would take longer.
    days = _Days(replace(desk, aspire=None))
    for name, role in COLLEAGUES:
        operators.add(days.desk(), name=name, role=role)
    made = [sites.create_site(days.desk(), key=k, name=n, labels=ls, unlabelled=u) for k, n, ls, u in SITES]
    _brand(days, {site.key: site.name for site in made})
    sync(desk)
    _create_callers(days)
    _create_neighbours(desk, days, made)
    do_in_order(desk, (*care(desk), *requests_and_deeds(desk), _create_lately(desk)))
    pay(desk, aspire)
    _book_just_now(desk, aspire)
    for kind, oid, fields in cases.AFTER_SYNC:
        aspire.patch(kind, oid, **fields)


def _brand(days: _Days, names: dict[str, str]) -> None:
    for key, domain, color in BRANDS:
        typed = Brand(names[key], f"portal@{domain}", f"help@{domain}", f"https://my.{domain}", color)
        brand.set_brand(days.desk(), site=key, brand=typed)


def _create_callers(days: _Days) -> None:
    for case in cases.CASES:
        if case.has_user:
            accounts = (RIGHT_ACCOUNT,) if case is cases.LOOK_ALIKE else case.accounts
            caller = case.site, case.email, case.first_name, case.last_name, accounts
            _create(days.desk("casey"), caller, Status.ACTIVE)
    _create(days.desk("casey"), HEARD, Status.ACTIVE)


def _create_lately(desk: Desk) -> Dated:
    """Somebody who waits for the registration mail; the picker is not asked again."""

    def create(then: Desk) -> object:
        return _create(replace(then, aspire=None), STILL_PENDING, Status.PENDING)

    return Dated(desk.clock() - LATELY, "casey", create)


def _create(desk: Desk, caller: Caller, status: Status) -> EndUser:
    site, email, first, last, accounts = caller
    created = users.create_user(
        desk, site=site, email=email, first_name=first, last_name=last, account_ids=accounts, status=status
    )
    return created.user


def _create_neighbours(desk: Desk, days: _Days, made: list[Site]) -> None:
    """End users of other customers, so that lists look as they do at work."""
    statuses, busy = itertools.cycle(STATUSES), itertools.cycle(("casey", "morgan", None))
    created = 0
    for site, contact, account_id in _candidates(desk, made):
        first, _, last = contact.name.rpartition(" ")
        caller = site.key, contact.email or "", first or last, last, (account_id,)
        try:
            user = _create(days.desk(next(busy)), caller, next(statuses))
        except (InvalidInput, Refused):
            continue  # the portfolio holds bad addresses and accounts that are not offered, on purpose
        created += 1
        if created % EVERY_NTH_IS_BLOCKED == 0 and user.status is Status.ACTIVE:
            users.deactivate(days.desk("casey"), site=site.key, email=user.email)
        if created == NEIGHBOURS:
            return


def _candidates(desk: Desk, made: list[Site]) -> Iterator[tuple[Site, Contact, str]]:
    """Contacts of customers with an active contract on a site, customer by customer."""
    if desk.aspire is None:
        return
    seen: set[int] = set()
    page = desk.aspire.contract_page(changed_since=None, cursor=None)
    for contract in page.items:
        if isinstance(contract, Removed) or not contract.is_active:
            continue
        customer = next((role.account_oid for role in contract.roles if role.role_type == "Customer"), None)
        site = _site_of(contract, made)
        if customer is None or site is None or customer in seen:
            continue
        seen.add(customer)
        for account in desk.aspire.accounts(account_oid=customer):
            for contact in desk.aspire.contacts_of(account_oid=customer)[:1]:
                yield site, contact, account.account_id


def _site_of(contract: Contract, made: list[Site]) -> Site | None:
    return next((site for site in made if label_key(contract.private_label) in site_keys(site)), None)


def _book_just_now(desk: Desk, aspire: Sandbox) -> None:
    """Let the last sync be older than the booking that a caller asks about."""
    key = cases.BOOKED_JUST_NOW.contract
    oid = next(c.oid for c in desk.aspire.contracts(contract_id=key)) if desk.aspire else 0
    record = aspire.record("Contracts", oid)
    if record is None:
        return
    aspire.put("Contracts", record | {"IsBooked": False, "BookedDateTime": None})
    sync(desk)
    aspire.put("Contracts", record)
