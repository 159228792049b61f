"""Settings on the command line."""

from __future__ import annotations

from sqlalchemy import Engine

from portal_admin.models.engine import writing
from tests.cli.people import ON_RUTH
from tests.cli.spine import Cli
from tests.services.filled import set_setting


def test_that_settings_are_listed_changed_and_set_back(cli: Cli) -> None:
    rows = cli("settings", "list", "--json").rows
    assert all(set(row) == {"key", "value", "default", "meaning"} for row in rows)
    ran = cli("settings", "set", "edition", "2025", "--json")
    assert (ran.code, ran.row["value"], ran.row["default"]) == (0, "2025", "2026")
    assert cli("settings", "unset", "edition", "--json").row["value"] == "2026"


def test_that_a_value_that_is_none_is_refused_in_words(cli: Cli) -> None:
    ran = cli("settings", "set", "time_zone", "Nowhere", "--json")
    assert (ran.code, ran.error["kind"], ran.error["field"]) == (1, "invalid_input", "value")
    assert "America/Chicago" in ran.error["message"]
    assert cli("settings", "set", "colour", "red", "--json").error["kind"] == "not_found"


def test_that_a_change_of_roles_is_previewed_and_told(cli: Cli) -> None:
    ran = cli("settings", "set", "admitted_roles", "customer", "--dry-run")
    assert ran.code == 0
    assert "0 end users would gain 0 contracts, " in ran.stderr
    assert ran.stderr.endswith("Nothing was changed.\n")
    assert cli("settings", "list", "--json").rows[1]["value"] == "Customer, Guarantor"
    done = cli("settings", "set", "admitted_roles", "customer", "--json")
    assert done.row["value"] == "Customer"
    assert set(done.row["lost"]) == {"users", "contracts"}
    assert " lost " in done.stderr
    assert "takes no contract" in cli("settings", "set", "edition", "2025", "--dry-run").stderr


def test_that_a_cadence_is_typed_and_read_as_a_time(cli: Cli) -> None:
    assert cli("settings", "set", "cadence.amortization", "1d").code == 0
    told = cli("settings", "list").stdout.decode()
    assert "How often amortization schedules are read from ASPIRE" in told
    assert "a time such as 15m" in told
    assert "86400" not in told


def test_that_a_desk_stopped_by_a_setting_is_told_the_command_that_helps(cli: Cli, portal: Engine) -> None:
    with writing(portal) as connection:
        set_setting(connection, "edition", "2027")
    stopped = cli("access", "explain", *ON_RUTH, "--contract", "0012-0045", "--json")
    assert stopped.error["kind"] == "settings"
    assert "portal-admin settings set edition" in stopped.error["message"]
    assert cli("settings", "set", "edition", "2026").code == 0
    assert cli("access", "explain", *ON_RUTH, "--contract", "0012-0045").code == 0
