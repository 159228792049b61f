"""The catalogue of fields: complete, sayable, found by either name, and refused when unusable."""

from __future__ import annotations

from pathlib import Path

import pytest

from portal_admin.domain.fields import Source
from portal_admin.errors import SettingsProblem
from portal_admin.services import fields
from portal_admin.services.fields.entries import read_catalogue

PROOFS = {"email", "Email", "PostalCode", "AccountNumber", "RoutingNumber"}


def test_that_the_catalogue_covers_every_screen_of_the_portal() -> None:
    catalogue = fields.catalogue()
    assert len(catalogue.fields) >= 90
    assert catalogue.screens == (
        "Sign-in and enrolment",
        "Contract list: open",
        "Contract list: closed",
        "Contract detail",
        "Invoices and open charges",
        "Payments and history",
        "Bank accounts",
        "Assets",
        "Amortization",
        "Line of credit",
        "Profile",
        "Service requests",
    )


def test_that_every_entry_can_be_said_and_names_what_it_rests_on() -> None:
    for entry in fields.catalogue().fields:
        assert entry.label
        assert entry.aspire_screen
        assert entry.wording.endswith((".", "?")), entry.key
        secret = entry.record.split(".")[-1] in PROOFS
        assert not (secret and "{value}" in entry.wording), (
            f"{entry.key} would be read out to anybody who calls"
        )
        assert "{" not in entry.wording.replace("{value}", ""), entry.key
        assert entry.source is Source.UNREADABLE or entry.record, entry.key


def test_that_fields_are_found_by_portal_label_and_by_aspire_name() -> None:
    assert "assets.serial_number" in {entry.key for entry in fields.find(text="serial")}
    assert "assets.serial_number" in {entry.key for entry in fields.find(text="Equipment.SerialNumber")}
    assert {entry.screen for entry in fields.find(screen="Assets")} == {"Assets"}
    assert fields.find(text="no such thing") == ()


def _entry(**changed: str) -> str:
    given = {
        "key": "a.b",
        "screen": "S",
        "label": "L",
        "aspire_screen": "A",
        "record": "Contract.ContractId",
        "data_class": "contract",
        "wording": "W.",
        "provenance": "inferred",
        **changed,
    }
    return "[[field]]\n" + "\n".join(f'{name} = "{value}"' for name, value in given.items()) + "\n"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (_entry(transform="magic"), "transform is unknown"),
        (_entry(select="some"), "selection is unknown"),
        (_entry(condition="maybe"), "condition is unknown"),
        (_entry(data_class="weather"), "data class is unknown"),
        (_entry(cadence="weather"), "cadence is unknown"),
        (_entry(record="Contract"), "record has no property"),
        (_entry(article="some-article"), "article"),
        (_entry(provenance="article"), "article"),
        (_entry() + _entry(), "twice"),
        (_entry(colour="red"), "install the program again"),
        ("not toml at all", "install the program again"),
    ],
)
def test_that_an_unusable_entry_is_refused_with_its_fault(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "fields.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(SettingsProblem, match=said):
        read_catalogue(path)
