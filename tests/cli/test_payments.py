"""`payments` and the policy of a site from the command line."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Engine

from portal_admin.sandbox.server import Sandbox
from tests.cli.people import ON_RUTH
from tests.cli.spine import Cli
from tests.services.filled import audit_rows
from tests.services.payments.paying import BLIND, LOST, debits, portal_payment, stored

TODAY = datetime.now(UTC).astimezone(ZoneInfo("America/Chicago")).date()
NEW = (*ON_RUTH, "--contract", "0012-0045", "--amount", "125.50", "--bank-account", "6789")


def test_that_a_payment_is_submitted_traced_listed_and_cancelled(
    cli: Cli, portal: Engine, sandbox: Sandbox
) -> None:
    ran = cli("payments", "submit", *NEW, "--on", str(TODAY + timedelta(days=3)), "--json")
    paid = ran.row
    assert (ran.code, paid["amount"], paid["currency"]) == (0, "125.50", "USD")
    assert (paid["status"], paid["sending"], paid["bank_account"]) == (
        "Scheduled",
        "sent",
        "First · Checking · …6789",
    )
    reference = paid["reference"]
    listed = cli("payments", "list", *ON_RUTH, "--amount", "125.5", "--json")
    assert [row["reference"] for row in listed.rows] == [reference]
    traced = cli("payments", "trace", reference.lower(), "--json").row
    assert [step["step"] for step in traced["steps"]][:3] == ["requested", "sent", "alternate_eft"]
    assert traced["status_words"] == "Scheduled in ASPIRE"
    assert all(at is None or at.endswith("Z") for at in (step["at"] for step in traced["steps"]))
    seen = cli("payments", "cancel", reference, "--dry-run", "--json").row
    assert seen["way"] == "aspire"
    cancelled = cli("payments", "cancel", reference, "--json")
    assert (cancelled.code, cancelled.row["status"]) == (0, "Canceled")
    assert [one["Payments"] for one in debits(sandbox, reference)] == [0]
    again = cli("payments", "cancel", reference, "--json")
    assert (again.code, again.error["kind"], again.error["rule"]) == (1, "refused", "payment_over")


def test_that_an_unknown_outcome_exits_3_with_the_reference_and_is_resumed(
    cli: Cli, portal: Engine, sandbox: Sandbox
) -> None:
    sandbox.fault(**LOST)
    sandbox.fault(**BLIND)
    lost = cli("payments", "submit", *NEW, "--json")
    assert (lost.code, lost.error["kind"]) == (3, "aspire_unknown")
    reference = lost.rows[0]["reference"]
    assert lost.rows[0]["sending"] == "unknown"
    sandbox.clear_faults()
    found = cli("payments", "submit", "--resume", reference, "--json")
    assert (found.code, found.row["sending"]) == (0, "sent")
    assert len(debits(sandbox)) == 1
    assert stored(portal, reference).sending == "sent"


@pytest.mark.databases("sqlite")
def test_that_a_duplicate_is_refused_until_it_is_meant(cli: Cli, sandbox: Sandbox) -> None:
    assert cli("payments", "submit", *NEW).code == 0
    refused = cli("payments", "submit", *NEW, "--json")
    assert (refused.code, refused.error["rule"]) == (1, "likely_duplicate")
    assert cli("payments", "submit", *NEW, "--again").code == 0
    assert len(debits(sandbox)) == 2


WRONG: list[tuple[tuple[str, ...], int]] = [
    (("submit", *ON_RUTH, "--contract", "0012-0045", "--amount", "1"), 2),
    (("submit",), 2),
    (("list", "--email", "x@y.example"), 2),
    (("list", "--limit", "0"), 2),
    (("list", "--amount", "abc"), 2),
    (("list", "--since", "yesterday"), 2),
    (("trace", "D-NONE"), 1),
    (("cancel", "D-NONE"), 1),
    (("submit", *NEW[:-1], "0000"), 1),
    (("submit", *NEW[:-1], "nonsense"), 1),
    (("submit", *NEW, "--on", "2020-01-01"), 1),
]


@pytest.mark.databases("sqlite")
def test_that_what_cannot_be_is_refused(cli: Cli, sandbox: Sandbox) -> None:
    for words, code in WRONG:
        ran = cli("payments", *words, "--json")
        assert (ran.code, words) == (code, words)
        assert set(ran.error) >= {"kind", "title", "message"}
    assert debits(sandbox) == []


@pytest.mark.databases("sqlite")
def test_that_bank_accounts_are_listed_with_their_last_four_digits_only(cli: Cli) -> None:
    ran = cli("payments", "accounts", *ON_RUTH, "--contract", "0012-0045", "--json")
    assert ran.row["last_four"] == "6789"
    assert ran.row["usable"] is True
    assert b"123456789" not in ran.stdout


@pytest.mark.databases("sqlite")
def test_that_aspire_down_exits_3_and_still_tells_what_is_stored(
    cli: Cli, portal: Engine, sandbox: Sandbox
) -> None:
    portal_payment(portal, "P-0007", status="Paid", sending="sent", alternate_eft_oid=7)
    sandbox.fault(status=500)
    ran = cli("payments", "trace", "P-0007", "--json")
    assert (ran.code, ran.row["status"]) == (3, "Paid")
    assert ran.row["problems"]
    assert cli("payments", "list", "--json").code == 0
    assert cli("payments", "submit", *NEW, "--json").code == 3


def test_that_a_policy_is_set_shown_and_hides_payments(cli: Cli, portal: Engine) -> None:
    portal_payment(portal, "P-0007", status="Paid", sending="sent", alternate_eft_oid=7)
    ran = cli("sites", "set-policy", "main", "--payments", "off", "--bank-accounts", "existing", "--json")
    policy = ran.row["policy"]
    assert (ran.code, policy["payments_enabled"], policy["bank_accounts"]) == (0, False, "existing")
    assert policy["bank_accounts_since"].endswith("Z")
    assert cli("sites", "show", "MAIN", "--json").row["policy"] == policy
    assert audit_rows(portal)[-1].action == "site.set_policy"
    listed = cli("payments", "list", "--site", "MAIN", "--json")
    assert (listed.code, listed.error["kind"]) == (1, "switched_off")
    everywhere = cli("payments", "list", "--json")
    assert (everywhere.code, everywhere.rows) == (0, [])
    assert "switched off for MAIN" in everywhere.stderr
    assert cli("payments", "trace", "P-0007", "--json").error["kind"] == "switched_off"
    assert cli("payments", "submit", *NEW, "--json").error["kind"] == "switched_off"
    assert cli("sites", "set-policy", "main", "--json").code == 1
