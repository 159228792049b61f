"""The settings that all desks share: listed, changed, and never unreadable."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal_admin.domain.permissions import Role
from portal_admin.domain.policy import PortalSettings
from portal_admin.domain.setting_keys import SETTING_KEYS
from portal_admin.errors import InvalidInput, NotAllowed, NotFound, SettingsProblem
from portal_admin.models.engine import reading, writing
from portal_admin.services import settings
from portal_admin.services.desk import Desk
from portal_admin.services.sites import find_site
from portal_admin.services.visibility import all_sights
from tests.fixtures.operators import appoint
from tests.services import filled
from tests.services.filled import audit_rows


def value_of(desk: Desk, key: str) -> str:
    return next(one.value for one in settings.list_settings(desk) if one.key == key)


def test_that_every_setting_is_listed_with_its_default_and_a_sentence(offline_desk: Desk) -> None:
    found = settings.list_settings(offline_desk)
    assert [one.key for one in found] == list(SETTING_KEYS)
    assert all(one.value == one.default and one.meaning.endswith(".") for one in found)
    with reading(offline_desk.engine) as connection:
        assert settings.read_settings(connection) == PortalSettings()


@pytest.mark.parametrize(
    ("key", "typed", "stored"),
    [
        ("edition", " 2025 ", "2025"),
        ("admitted_roles", "Customer ,Guarantor,, Customer", "Customer, Guarantor"),
        ("time_zone", "Europe/Oslo", "Europe/Oslo"),
        ("admitted_roles", "guarantor, CUSTOMER", "Customer, Guarantor"),
        ("cadence.contracts", "0600", "10m"),
        ("cadence.contracts", "90", "90"),
        ("cadence.contracts", "15M", "15m"),
        ("cadence.equipment", "1d", "24h"),
        ("mail.user", " portal@x.example ", "portal@x.example"),
    ],
)
def test_that_a_setting_is_stored_in_one_spelling_and_audited(
    offline_desk: Desk, key: str, typed: str, stored: str
) -> None:
    assert settings.set_setting(offline_desk, key=key, value=typed).value == stored
    settings.set_setting(offline_desk, key=key, value=stored)
    assert value_of(offline_desk, key) == stored
    gone = settings.unset_setting(offline_desk, key=key)
    assert gone.value == gone.default == value_of(offline_desk, key)
    settings.unset_setting(offline_desk, key=key)
    lines = [(row.action, row.subject, row.before, row.after) for row in audit_rows(offline_desk.engine)]
    assert lines == [
        ("setting.set", key, {"value": None}, {"value": stored}),
        ("setting.unset", key, {"value": stored}, {"value": None}),
    ]


@pytest.mark.parametrize(
    ("key", "typed"),
    [
        ("edition", "2027"),
        ("edition", ""),
        ("admitted_roles", " , "),
        ("admitted_roles", "Cust\x00omer"),
        ("admitted_roles", "Guarntor"),
        ("admitted_roles", "Guarantor"),
        ("admitted_roles", "Customer, Broker"),
        ("mail.user", "a b"),
        ("mail.user", "a\x00b"),
        ("cadence.contracts", "32d"),
        ("cadence.contracts", "0m"),
        ("time_zone", "Middle Earth"),
        ("time_zone", "America"),
        ("time_zone", "../../etc/passwd"),
        ("time_zone", "\ud800"),
        ("cadence.contracts", "soon"),
        ("cadence.contracts", "59"),
        ("cadence.contracts", "-900"),
        ("cadence.contracts", "1e3"),
        ("cadence.contracts", "9" * 30),
        ("cadence.contracts", "2678401"),
    ],
)
def test_that_nothing_unreadable_can_be_stored(offline_desk: Desk, key: str, typed: str) -> None:
    with pytest.raises(InvalidInput, match=key) as problem:
        settings.set_setting(offline_desk, key=key, value=typed)
    assert SETTING_KEYS[key].expects in problem.value.message
    assert (value_of(offline_desk, key), audit_rows(offline_desk.engine)) == (SETTING_KEYS[key].default, [])


def test_that_an_unknown_role_is_told_from_one_that_opens_nothing(office: Desk) -> None:
    with pytest.raises(InvalidInput, match="how-do-i-control-user-access") as unknown:
        settings.set_setting(office, key="admitted_roles", value="Customer, Guarntor")
    assert "has no contract role Guarntor. It has: Customer, Guarantor, Broker." in unknown.value.message
    with pytest.raises(InvalidInput, match="no other role opens contracts") as known:
        settings.set_setting(office, key="admitted_roles", value="customer, broker")
    assert "has no contract role" not in known.value.message


def test_that_a_change_of_roles_tells_who_gains_and_loses_what(office: Desk) -> None:
    def seen() -> set[tuple[str, str, str]]:
        with reading(office.engine) as connection:
            policy = settings.read_settings(connection)
            rows = all_sights(connection, policy, include_inactive=True)
            return {(one.site, one.email, one.contract_id) for one in rows}

    with writing(office.engine) as connection:
        main = find_site(connection, "MAIN").id
        filled.add_user(connection, main, "surety@x.example", [(3, "A-003")])
    everything = seen()
    foretold = settings.preview_setting(office, key="admitted_roles", value="customer").effect
    assert (seen(), audit_rows(office.engine)) == (everything, [])
    done = settings.set_setting(office, key="admitted_roles", value="Customer").effect
    gone = everything - seen()
    assert done == foretold
    assert done is not None
    assert gone
    assert done.lost == (len({(site, email) for site, email, _ in gone}), len(gone))
    assert done.gained == (0, 0)
    back = settings.unset_setting(office, key="admitted_roles").effect
    assert back is not None
    assert (back.gained, back.lost) == (done.lost, (0, 0))


def test_that_mails_cannot_be_set_to_leave_this_machine_readable(office: Desk) -> None:
    settings.set_setting(office, key="mail.host", value="smtp.example.com")
    with pytest.raises(InvalidInput, match="leave this machine encrypted only"):
        settings.set_setting(office, key="mail.security", value="none")
    settings.set_setting(office, key="mail.host", value="localhost")
    settings.set_setting(office, key="mail.security", value="none")
    with pytest.raises(InvalidInput, match="leave this machine encrypted only"):
        settings.set_setting(office, key="mail.host", value="smtp.example.com")
    assert value_of(office, "mail.host") == "localhost"


@given(st.sampled_from(sorted(SETTING_KEYS)), st.text(max_size=12))
def test_that_what_a_setting_takes_it_gives_back(key: str, typed: str) -> None:
    known = SETTING_KEYS[key]
    try:
        value = known.parse(typed)
    except (ValueError, OverflowError):
        return
    assert known.parse(known.write(value)) == value


def test_that_an_unknown_setting_is_not_found_and_the_known_ones_are_named(offline_desk: Desk) -> None:
    acts: tuple[Callable[[], object], ...] = (
        lambda: settings.set_setting(offline_desk, key="colour", value="red"),
        lambda: settings.unset_setting(offline_desk, key="colour"),
    )
    for act in acts:
        with pytest.raises(NotFound, match="edition, admitted_roles"):
            act()


def test_that_what_cannot_be_read_is_named_with_the_command_that_corrects_it(offline_desk: Desk) -> None:
    with writing(offline_desk.engine) as connection:
        filled.set_setting(connection, "edition", "2027")
    with reading(offline_desk.engine) as connection, pytest.raises(SettingsProblem) as problem:
        settings.read_settings(connection)
    assert "portal-admin settings set edition" in problem.value.message
    assert value_of(offline_desk, "edition") == "2027"
    settings.set_setting(offline_desk, key="edition", value="2025")
    assert audit_rows(offline_desk.engine)[0].before == {"value": "2027"}


@pytest.mark.parametrize("role", [Role.CSR, Role.READ_ONLY])
def test_that_only_administrators_change_settings(offline_desk: Desk, role: Role) -> None:
    appoint(offline_desk.engine, "casey", role)
    casey = replace(offline_desk, operator="casey")
    acts: tuple[Callable[[], object], ...] = (
        lambda: settings.set_setting(casey, key="edition", value="2025"),
        lambda: settings.unset_setting(casey, key="edition"),
    )
    for act in acts:
        with pytest.raises(NotAllowed, match="Administrators"):
            act()
    assert (value_of(casey, "edition"), audit_rows(offline_desk.engine)) == ("2026", [])
