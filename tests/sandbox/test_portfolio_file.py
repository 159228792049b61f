"""A portfolio file is served as it stands, or refused with the place that is wrong."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from portal_admin.sandbox.portfolio import MalformedPortfolio, from_dict, load
from tests.fixtures.sandbox import small_portfolio


def written(tmp_path: Path, text: str) -> Path:
    file = tmp_path / "portfolio.json"
    file.write_text(text, encoding="utf-8")
    return file


def test_that_absent_lists_are_empty(tmp_path: Path) -> None:
    portfolio = load(written(tmp_path, '{"Instance": {"InstanceId": "T1"}}'))
    assert list(portfolio.scan("Contracts", 0)) == []
    assert portfolio.facts.generation == 1


def test_that_a_record_without_a_stamp_is_of_the_loading_time() -> None:
    portfolio = small_portfolio()
    del portfolio["Contacts"][0]["LastChangeDateTime"]
    entry = from_dict(portfolio).get("Contacts", 1)
    assert entry
    assert (entry.record or {})["LastChangeDateTime"] == "2026-11-21T20:00:00Z"


def test_that_other_fields_are_kept() -> None:
    portfolio = small_portfolio()
    portfolio["Accounts"] = [{**portfolio["Accounts"][0], "Region": "West"}]
    entry = from_dict(portfolio).get("Accounts", 1)
    assert entry
    assert (entry.record or {})["Region"] == "West"


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"Instance": {}}, "InstanceId"),
        ({"Contracts": [{"ContractOid": "10"}]}, "$.Contracts[0].ContractOid"),
        ({"Contracts": {}}, "$.Contracts"),
        ({"Contarcts": []}, "Contarcts"),
        (
            {"Payments": [{"PaymentOid": 1, "ContractOid": 1, "Amount": 5, "PostDate": "2026-01-01"}]},
            "Amount",
        ),
        ({"Accounts": [{"AccountOid": 1, "AccountId": "A", "Name": "B"}] * 2}, "$.Accounts[1].AccountOid"),
        ({"Instance": {"InstanceId": "T1", "Now": "yesterday"}}, "$.Instance.Now"),
    ],
)
def test_that_a_malformed_file_is_refused_with_the_json_path(
    tmp_path: Path, change: dict[str, Any], place: str
) -> None:
    file = written(tmp_path, json.dumps({**small_portfolio(), **change}))
    with pytest.raises(MalformedPortfolio) as refusal:
        load(file)
    assert place in refusal.value.message


@pytest.mark.parametrize("text", ["", "{", "[]", '{"Instance": "\ud7ff'])
def test_that_what_is_no_portfolio_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(MalformedPortfolio):
        load(written(tmp_path, text))


def test_that_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(MalformedPortfolio, match=r"none\.json"):
        load(tmp_path / "none.json")
