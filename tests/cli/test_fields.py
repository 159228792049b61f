from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pypdf
import pytest
from PySide6.QtWidgets import QApplication

from portal_admin.cli import run
from portal_admin.services.desk import Desk
from portal_admin.services.fields import notes as field_notes
from tests.services.fields.snapshot import keep

CONTRACT = "0012-0045"


@pytest.fixture
def ready(desk: Desk, database_url: str, sandbox: Any, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """A profile by environment on a contract that was synced just now."""
    keep(desk, CONTRACT, at=datetime.now(UTC))
    given = {
        "DATABASE_URL": database_url,
        "ASPIRE_URL": sandbox.url,
        "ASPIRE_USER": "sandbox",
        "ASPIRE_PASSWORD": "sandbox",
    }
    for name, value in given.items():
        monkeypatch.setenv(f"PORTAL_ADMIN_{name}", value)
    return desk


def documents(capfd: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in capfd.readouterr().out.splitlines()]


def test_that_the_catalogue_is_listed_with_its_notes(ready: Desk, capfd: pytest.CaptureFixture[str]) -> None:
    field_notes.verify(replace(ready, operator="jdoe"), field_key="assets.serial_number", note="Seen in UAT.")
    assert run(["fields", "list", "serial", "--screen", "Assets", "--json"]) == 0
    (found,) = documents(capfd)
    assert (found["key"], found["record"]) == ("assets.serial_number", "Equipment.SerialNumber")
    assert found["cadence"].startswith("Daily")
    assert found["verified_on"] == "2026-11-21"
    assert found["notes"][0]["created_by"] == "jdoe"
    assert found["notes"][0]["created_at"] == "2026-11-21T20:00:00Z"


def test_that_a_person_reads_the_list_as_a_table(ready: Desk, capfd: pytest.CaptureFixture[str]) -> None:
    assert run(["fields", "list", "--screen", "Assets"]) == 0
    head, *lines = capfd.readouterr().out.splitlines()
    assert head.split()[:2] == ["Portal", "screen"]
    assert any("Contract Explorer › Equipment › Serial Number" in line for line in lines)


def test_that_an_unknown_screen_is_refused_with_the_known_ones(
    ready: Desk, capfd: pytest.CaptureFixture[str]
) -> None:
    assert run(["fields", "list", "--screen", "Nowhere", "--json"]) == 1
    assert "Amortization" in documents(capfd)[-1]["error"]["message"]


def test_that_a_contract_shows_both_values_and_their_state(
    ready: Desk, sandbox: Any, capfd: pytest.CaptureFixture[str]
) -> None:
    sandbox.patch("Contracts", 10, RemainingBalance="45000.00")
    assert run(["fields", "show", "--contract", CONTRACT.lower(), "--json"]) == 0
    found = {line["key"]: line for line in documents(capfd)}
    balance = found["contract.remaining_balance"]
    assert (balance["portal_value"], balance["aspire_value"], balance["state"]) == (
        "46210.55",
        "45000.00",
        "differs",
    )
    assert balance["portal_as_of"].endswith("Z")
    assert balance["aspire_as_of"].endswith("Z")
    assert "Your portal still shows 46,210.55" in balance["wording"]
    assert found["contract.next_due"]["portal_value"] == "2026-12-01"
    assert found["invoices.open_numbers"]["aspire_value"] == ["INV-100", "INV-101"]
    assert found["bank_accounts.number"]["aspire_value"] == "•••• 6789"


def test_that_without_a_contract_show_explains_the_entries(
    ready: Desk, capfd: pytest.CaptureFixture[str]
) -> None:
    assert run(["fields", "show", "serial"]) == 0
    said = capfd.readouterr().out
    assert "Equipment.SerialNumber" in said
    assert "The ASPIRE screen is inferred." in said


def test_that_a_class_that_cannot_be_read_ends_in_exit_3(
    ready: Desk, sandbox: Any, capfd: pytest.CaptureFixture[str]
) -> None:
    sandbox.fault(path="/contracts/10/equipment", status=403, code="PermissionDenied")
    assert run(["fields", "show", "--contract", CONTRACT, "--screen", "Assets", "--json"]) == 3
    assert {line["state"] for line in documents(capfd)} == {"not_readable"}


def test_that_an_unknown_contract_ends_in_exit_1_and_an_unreadable_one_in_exit_3(
    ready: Desk, sandbox: Any, capfd: pytest.CaptureFixture[str]
) -> None:
    assert run(["fields", "show", "--contract", "9999", "--json"]) == 1
    assert documents(capfd)[-1]["error"]["kind"] == "not_found"
    sandbox.fault(path="/contracts", status=403, code="PermissionDenied")
    assert run(["fields", "show", "--contract", "9999", "--json"]) == 3
    assert documents(capfd)[-1]["error"]["kind"] == "could_not_look"


def test_that_the_guide_is_written_in_the_form_its_name_asks_for(
    ready: Desk, tmp_path: Path, qapp: QApplication, capfd: pytest.CaptureFixture[str]
) -> None:
    for name in ("guide.xlsx", "guide.html", "guide.pdf"):
        assert run(["fields", "export", str(tmp_path / name), "--contract", CONTRACT, "--json"]) == 0
    assert [line["fields"] for line in documents(capfd)] == [150, 150, 150]
    assert openpyxl.load_workbook(tmp_path / "guide.xlsx").sheetnames == ["Field reference", "About"]
    assert CONTRACT in (tmp_path / "guide.html").read_text(encoding="utf-8")
    pages = pypdf.PdfReader(tmp_path / "guide.pdf").pages
    text = " ".join(page.extract_text() for page in pages).replace("\t", " ")
    assert CONTRACT in text
    assert "Remaining balance" in text


def test_that_another_form_is_refused(ready: Desk, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert run(["fields", "export", str(tmp_path / "guide.docx"), "--json"]) == 1
    assert documents(capfd)[-1]["error"]["field"] == "file"


def test_that_the_paths_are_proved_and_a_missing_one_ends_in_exit_1(
    ready: Desk, sandbox: Any, capfd: pytest.CaptureFixture[str]
) -> None:
    assert run(["fields", "check", "--json"]) == 0
    found = documents(capfd)
    assert {line["contract"] for line in found} == {"present"}
    assert set(found[0]) == {"field_key", "record", "contract", "live", "message"}
    sandbox.fault(path="/contracts/10/equipment", status=403, code="PermissionDenied")
    assert run(["fields", "check", "--contract", CONTRACT, "--json"]) == 3
    sandbox.fault(path="/contracts/10/invoices", rename="InvoiceNumber:Number")
    assert run(["fields", "check", "--contract", CONTRACT, "--json"]) == 1


@pytest.mark.parametrize("words", [["list"], ["show"], ["show", "--contract", CONTRACT]])
def test_that_no_such_field_is_said(ready: Desk, capfd: pytest.CaptureFixture[str], words: list[str]) -> None:
    assert run(["fields", words[0], "zzzz", *words[1:]]) == 0
    printed = capfd.readouterr()
    assert printed.out == ""
    assert "None found." in printed.err


def test_that_a_long_value_is_cut_for_people_only(
    ready: Desk, sandbox: Any, capfd: pytest.CaptureFixture[str]
) -> None:
    long = "Trailer " * 40
    sandbox.put(
        "Equipment",
        {
            "EquipmentOid": 4,
            "ContractOid": 10,
            "Description": long,
            "SerialNumber": "FT-88121",
            "Status": "Active",
        },
    )
    words = ["fields", "show", "description", "--screen", "Assets", "--contract", CONTRACT]
    assert run(words) == 0
    table = capfd.readouterr().out
    assert "Trailer Tra…" in table
    assert max(map(len, table.splitlines())) < 250
    assert run([*words, "--json"]) == 0
    (found,) = documents(capfd)
    assert long.strip() in str(found["aspire_value"])
