"""From bytes to records: what is strict, what is ignored, and where bank account numbers end."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from portal_admin.aspire import parsing
from portal_admin.aspire.failures import Reply
from portal_admin.domain.records import Removed
from portal_admin.errors import AspireReplyUnreadable

CONTRACT: dict[str, Any] = {
    "ContractOid": 10,
    "ContractId": "0012-0045",
    "IsBooked": True,
    "IsTerminated": False,
    "PrivateLabel": None,
    "Roles": [{"AccountOid": 1, "RoleType": "Customer"}],
    "LastChangeDateTime": "2026-11-20T10:00:00Z",
}
BANK_ACCOUNT: dict[str, Any] = {
    "BankAccountOid": 3,
    "AccountOid": 1,
    "BankName": "First",
    "AccountNumber": "000123456789",
    "AccountType": "Checking",
    "IsActive": True,
}


def reply(*items: dict[str, Any], cursor: str | None = None, **more: Any) -> Reply:
    return Reply(200, json.dumps({"Items": items, "NextCursor": cursor, **more}).encode())


def contract(**changes: Any) -> dict[str, Any]:
    return {**CONTRACT, **changes}


def test_that_a_contract_keeps_its_text_money_and_instants() -> None:
    page = parsing.decode_page(
        reply(
            contract(PaymentAmount="1000.10", Currency="CAD", BookedDateTime="2026-03-01T09:00:00-06:00"),
            cursor="next",
        ),
        parsing.CONTRACTS,
    )
    (found,) = page.items
    assert not isinstance(found, Removed)
    assert (found.contract_id, found.payment_amount, found.currency) == (
        "0012-0045",
        Decimal("1000.10"),
        "CAD",
    )
    assert found.booked_at == datetime(2026, 3, 1, 15, tzinfo=UTC)
    assert page.next_cursor == "next"


def test_that_unknown_fields_are_ignored() -> None:
    (found,) = parsing.decode_page(reply(contract(Surprise={"a": [1.5]})), parsing.CONTRACTS).items
    assert found.oid == 10


def test_that_removed_records_are_told_from_present_ones() -> None:
    gone = {"ContractOid": 11, "Removed": True, "LastChangeDateTime": "2026-11-20T10:00:00Z"}
    present, removed = parsing.decode_page(reply(CONTRACT, gone), parsing.CONTRACTS).items
    assert present.oid == 10
    assert removed == Removed(11, datetime(2026, 11, 20, 10, tzinfo=UTC))


def test_that_a_record_marked_as_not_removed_is_present() -> None:
    (found,) = parsing.decode_page(reply(contract(Removed=False)), parsing.CONTRACTS).items
    assert not isinstance(found, Removed)


def test_that_a_whole_record_marked_as_removed_is_removed() -> None:
    (found,) = parsing.decode_page(reply(contract(Removed=True)), parsing.CONTRACTS).items
    assert isinstance(found, Removed)


def test_that_withheld_records_and_the_generation_are_passed_on() -> None:
    found = parsing.decode_page(
        Reply(200, reply(CONTRACT, Withheld=3).body, generation="7"), parsing.CONTRACTS
    )
    assert (found.withheld, found.generation) == (3, 7)


@pytest.mark.parametrize(
    ("changes", "path"),
    [
        ({"ContractOid": "10"}, "$.Items[1].ContractOid"),
        ({"ContractOid": 10.0}, "$.Items[1].ContractOid"),
        ({"ContractOid": 1e3}, "$.Items[1].ContractOid"),
        ({"ContractOid": True}, "$.Items[1].ContractOid"),
        ({"ContractOid": 0}, "$.Items[1].ContractOid"),
        ({"ContractId": 12}, "$.Items[1].ContractId"),
        ({"IsBooked": "true"}, "$.Items[1].IsBooked"),
        ({"IsBooked": None}, "$.Items[1].IsBooked"),
        ({"PaymentAmount": 1000.1}, "$.Items[1].PaymentAmount"),
        ({"PaymentAmount": 1000}, "$.Items[1].PaymentAmount"),
        ({"PaymentAmount": "1e3"}, "$.Items[1].PaymentAmount"),
        ({"PaymentAmount": "NaN"}, "$.Items[1].PaymentAmount"),
        ({"PaymentAmount": "1,000.00"}, "$.Items[1].PaymentAmount"),
        ({"BookedDateTime": "2026-03-01T15:00:00"}, "$.Items[1].BookedDateTime"),
        ({"TerminationDate": "03/01/2026"}, "$.Items[1].TerminationDate"),
        ({"Roles": None}, "$.Items[1].Roles"),
        ({"Roles": [{"AccountOid": 1.5, "RoleType": "Customer"}]}, "$.Items[1].Roles[0].AccountOid"),
        ({"Currency": "dollars"}, "$.Items[1].Currency"),
    ],
)
def test_that_a_mistyped_field_is_named_with_its_path_and_without_its_value(
    changes: dict[str, Any], path: str
) -> None:
    with pytest.raises(AspireReplyUnreadable) as caught:
        parsing.decode_page(reply(CONTRACT, contract(**changes)), parsing.CONTRACTS)
    assert f" {path}:" in caught.value.message


@pytest.mark.parametrize(
    "name", ["ContractOid", "ContractId", "IsBooked", "IsTerminated", "PrivateLabel", "Roles"]
)
def test_that_a_missing_needed_field_is_named(name: str) -> None:
    short = {key: value for key, value in CONTRACT.items() if key != name}
    with pytest.raises(AspireReplyUnreadable) as caught:
        parsing.decode_page(reply(short), parsing.CONTRACTS)
    assert f"$.Items[0].{name}: a needed field is missing" in caught.value.message


@pytest.mark.parametrize(
    ("body", "path"), [(b"[]", "$:"), (b"null", "$:"), (b'{"Items": []}', "$.NextCursor"), (b"", "$:")]
)
def test_that_a_page_without_its_frame_is_unreadable(body: bytes, path: str) -> None:
    with pytest.raises(AspireReplyUnreadable) as caught:
        parsing.decode_page(Reply(200, body), parsing.CONTRACTS)
    assert path in caught.value.message


@pytest.mark.parametrize(
    ("number", "kept"),
    [("000123456789", "6789"), ("12345", "2345"), ("1234", ""), ("7", ""), ("DE89 3704 0044", "0044")],
)
def test_that_bank_accounts_keep_the_last_four_digits_only(number: str, kept: str) -> None:
    body = json.dumps({"Items": [{**BANK_ACCOUNT, "AccountNumber": number}]}).encode()
    (found,) = parsing.decode_detail(body, "bank_accounts")
    assert found["AccountNumber"] == kept


def test_that_account_numbers_are_cut_wherever_they_hide() -> None:
    hidden = {
        "BankAccountNumber": 998877665544,
        "Deep": [{"accountnumber": "998877665544", "AccountNumber": {"Whole": "998877665544"}}],
    }
    whole = json.dumps(contract(EftAssignment={"IsActive": True, **hidden}, More=hidden)).encode()
    found = parsing.decode_detail(whole, "contract")
    assert "998877665544" not in json.dumps(found)
    assert found["More"]["BankAccountNumber"] == "5544"


@pytest.mark.parametrize("name", ["BankAccountNo", "Iban", "Comment", "Deep"])
def test_that_a_bank_account_brings_no_property_that_the_contract_does_not_name(name: str) -> None:
    hidden = {"Deep": {"Whole": "998877665544"}}.get(name, "998877665544")
    body = json.dumps({"Items": [{**BANK_ACCOUNT, name: hidden}]}).encode()
    assert "998877665544" not in json.dumps(parsing.decode_detail(body, "bank_accounts"))


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("Operating 998877665544", "Operating 5544"),
        ("998 8776 65544", "5544"),
        ("Store 12", "Store 12"),
        ("Fifth Third 2024", "Fifth Third 2024"),
    ],
)
def test_that_a_number_typed_into_a_nickname_is_cut_too(typed: str, kept: str) -> None:
    body = json.dumps({"Items": [{**BANK_ACCOUNT, "NickName": typed, "RoutingNumber": "104000016"}]}).encode()
    (found,) = parsing.decode_detail(body, "bank_accounts")
    assert (found["NickName"], found["RoutingNumber"]) == (kept, "104000016")


def test_that_an_unreadable_bank_account_shows_nothing_of_its_number() -> None:
    for bad in ({"AccountNumber": 123456789}, {"AccountType": None}):
        body = json.dumps({"Items": [{**BANK_ACCOUNT, **bad}]}).encode()
        with pytest.raises(AspireReplyUnreadable) as caught:
            parsing.decode_detail(body, "bank_accounts")
        assert "123456789" not in f"{caught.value} {caught.value.__cause__!r}"


def test_that_details_keep_aspires_names_and_text_amounts() -> None:
    lines = [
        {
            "Date": "2026-12-01",
            "Payment": "1000.00",
            "Principal": "812.40",
            "Interest": "187.60",
            "Balance": "1.10",
        }
    ]
    found = parsing.decode_detail(json.dumps({"ContractOid": 10, "Lines": lines}).encode(), "amortization")
    assert found == {"ContractOid": 10, "Lines": lines}


def test_that_a_detail_with_a_number_for_an_amount_is_unreadable() -> None:
    body = json.dumps({"Items": [{"AccountOid": 1, "Amount": 5.0, "Available": "1.00"}]}).encode()
    with pytest.raises(AspireReplyUnreadable) as caught:
        parsing.decode_detail(body, "credit_lines")
    assert "$.Items[0].Amount" in caught.value.message


@pytest.mark.parametrize("depth", [900, 100_000])
def test_that_a_reply_nested_without_end_is_unreadable(depth: int) -> None:
    deep = json.dumps(contract())[:-1].encode() + b', "Deep": ' + b"[" * depth + b"]" * depth + b"}"
    with pytest.raises(AspireReplyUnreadable) as caught:
        parsing.decode_detail(deep, "contract")
    assert "nested too deeply" in caught.value.message
