"""The client against openapi.yaml: every question it asks and every field it reads is promised there, with the same type."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import msgspec
import pytest
import yaml

import portal_admin.aspire
from portal_admin.aspire import failures, wire, wire_details
from portal_admin.aspire.client import ACCOUNT_DETAILS, CONTRACT_DETAILS, AspireClient
from tests.aspire.scripted import ScriptedServer, error

SPEC: dict[str, Any] = yaml.safe_load(
    (Path(portal_admin.aspire.__file__).parent / "openapi.yaml").read_text("utf-8")
)
SCHEMAS: dict[str, Any] = SPEC["components"]["schemas"]
DETAIL_SCHEMAS = {
    "contract": ("Contract", wire_details.FullContract),
    "invoices": ("Invoices", wire_details.Items[wire_details.InvoiceHeader]),
    "payments": ("Payments", wire_details.Items[wire_details.Payment]),
    "alternate_efts": ("AlternateEfts", wire_details.Items[wire_details.AlternateEft]),
    "equipment": ("EquipmentList", wire_details.Items[wire_details.Equipment]),
    "amortization": ("AmortizationSchedule", wire_details.AmortizationSchedule),
    "bank_accounts": ("BankAccounts", wire_details.Items[wire_details.BankAccount]),
    "credit_lines": ("CreditLines", wire_details.Items[wire_details.CreditLine]),
}
LISTS = {
    "Session": wire.Session,
    "Instance": wire.Instance,
    "Account": wire.Account,
    "RemovedAccount": wire.RemovedAccount,
    "Contact": wire.Contact,
    "RemovedContact": wire.RemovedContact,
    "Contract": wire.Contract,
    "RemovedContract": wire.RemovedContract,
    "PrivateLabel": wire.PrivateLabel,
}
ALL_FIELDS = {"Settings": wire.Settings, **dict(DETAIL_SCHEMAS.values())}
PAGES = {
    "AccountPage": wire.Page[wire.Account],
    "ContactPage": wire.Page[wire.Contact],
    "ContractPage": wire.Page[wire.Contract],
}


def _resolved(schema: dict[str, Any]) -> tuple[dict[str, Any], bool]:
    """The schema behind references and combinations, and whether it may be null."""
    if "$ref" in schema:
        return _resolved(SCHEMAS[schema["$ref"].rpartition("/")[2]])
    if "allOf" in schema:
        return _resolved(schema["allOf"][0])
    if "anyOf" in schema:
        kinds = [kind for kind in schema["anyOf"] if kind != {"type": "null"}]
        found, null = _resolved(kinds[0])
        return found, null or len(kinds) < len(schema["anyOf"])
    kinds = schema.get("type")
    if isinstance(kinds, list):
        (kind,) = [one for one in kinds if one != "null"]
        return {**schema, "type": kind}, "null" in kinds
    return ({**schema, "type": "boolean"} if schema.get("const") is True else schema), False


SIMPLE = {
    msgspec.inspect.IntType: {"type": "integer"},
    msgspec.inspect.BoolType: {"type": "boolean"},
    msgspec.inspect.StrType: {"type": "string"},
    msgspec.inspect.DateType: {"type": "string", "format": "date"},
    msgspec.inspect.DateTimeType: {"type": "string", "format": "date-time"},
}


def _differences(kind: msgspec.inspect.Type, schema: dict[str, Any], at: str, whole: bool) -> Iterator[str]:
    promised, may_be_null = _resolved(schema)
    if isinstance(kind, msgspec.inspect.UnionType):
        (inner,) = [one for one in kind.types if not isinstance(one, msgspec.inspect.NoneType)]
        if not may_be_null:
            yield f"{at}: never null by contract"
        kind = inner
    elif may_be_null:
        yield f"{at}: may be null"
    if isinstance(kind, msgspec.inspect.StructType):
        yield from _field_differences(kind, promised, at, whole)
    elif isinstance(kind, msgspec.inspect.ListType):
        yield from _differences(kind.item_type, promised["items"], f"{at}[]", whole)
    else:
        wanted = SIMPLE[type(kind)]
        if {name: promised.get(name) for name in wanted} != wanted:
            yield f"{at}: {wanted} expected, {promised} promised"
        if promised.get("pattern", "") != (getattr(kind, "pattern", None) or ""):
            yield f"{at}: another pattern"
        if isinstance(kind, msgspec.inspect.DateTimeType) and kind.tz is not True:
            yield f"{at}: an instant without a zone would pass"


def _field_differences(
    kind: msgspec.inspect.StructType, promised: dict[str, Any], at: str, whole: bool
) -> Iterator[str]:
    properties = promised["properties"]
    for one in kind.fields:
        name = one.encode_name
        if name not in properties:
            yield f"{at}.{name}: not in the contract"
            continue
        if one.required != (name in promised.get("required", [])):
            yield f"{at}.{name}: needed by one side only"
        yield from _differences(one.type, properties[name], f"{at}.{name}", whole)
    missing = set(properties) - {one.encode_name for one in kind.fields}
    if whole and missing:
        yield f"{at}: {sorted(missing)} never read"


@pytest.mark.parametrize("name", LISTS)
def test_that_every_field_of_a_list_is_in_the_contract_with_its_type(name: str) -> None:
    found = msgspec.inspect.type_info(LISTS[name])
    assert list(_differences(found, SCHEMAS[name], name, whole=False)) == []


@pytest.mark.parametrize("name", PAGES)
def test_that_pages_are_read_as_the_contract_says(name: str) -> None:
    found = msgspec.inspect.type_info(PAGES[name])
    assert list(_differences(found, SCHEMAS[name], name, whole=False)) == []


@pytest.mark.parametrize("name", ALL_FIELDS)
def test_that_details_check_every_field_of_the_contract(name: str) -> None:
    found = msgspec.inspect.type_info(ALL_FIELDS[name])
    assert list(_differences(found, SCHEMAS[name], name, whole=True)) == []


def test_that_every_data_class_answers_with_the_schema_it_is_checked_by() -> None:
    for data_class, template in {**CONTRACT_DETAILS, **ACCOUNT_DETAILS}.items():
        owner = "ContractOid" if data_class in CONTRACT_DETAILS else "AccountOid"
        operation = SPEC["paths"][template.replace("{oid}", f"{{{owner}}}")]["get"]
        schema = operation["responses"]["200"]["content"]["application/json"]["schema"]["$ref"]
        assert schema.rpartition("/")[2] == DETAIL_SCHEMAS[data_class][0]


QUESTIONS: dict[str, Callable[[AspireClient], object]] = {
    "instance": lambda client: client.instance(),
    "settings": lambda client: client.settings(),
    "contracts": lambda client: client.contracts(contract_id="1"),
    "contracts_of": lambda client: client.contracts_of(account_oid=1),
    "accounts": lambda client: client.accounts(text="a", account_id="1", account_oid=1),
    "contacts_of": lambda client: client.contacts_of(account_oid=1),
    "private_labels": lambda client: client.private_labels(),
    "account_page": lambda client: client.account_page(changed_since=datetime.now(UTC), cursor="c"),
    "contact_page": lambda client: client.contact_page(changed_since=datetime.now(UTC), cursor="c"),
    "contract_page": lambda client: client.contract_page(changed_since=datetime.now(UTC), cursor="c"),
    **{
        name: lambda client, name=name: client.detail(contract_oid=1, data_class=name)
        for name in CONTRACT_DETAILS
    },
    **{
        name: lambda client, name=name: client.account_detail(account_oid=1, data_class=name)
        for name in ACCOUNT_DETAILS
    },
}


@pytest.mark.parametrize("name", QUESTIONS)
def test_that_every_question_is_one_the_contract_answers(
    server: ScriptedServer, client: AspireClient, name: str
) -> None:
    server.script.append(error(403, "PermissionDenied"))
    with pytest.raises(portal_admin.errors.AspireDenied):
        QUESTIONS[name](client)
    for asked in server.asked:
        target = urlsplit(asked.target)
        operation, shared = _operation(target.path, asked.method)
        named = {_parameter(one)["name"] for one in [*shared, *operation.get("parameters", [])]}
        assert set(parse_qs(target.query)) <= named
        for one in operation.get("parameters", []):
            parameter = _parameter(one)
            for given in parse_qs(target.query).get(parameter["name"], []):
                _fits(given, _resolved(parameter["schema"])[0])


def _operation(path: str, method: str) -> tuple[dict[str, Any], list[Any]]:
    for template, item in SPEC["paths"].items():
        if re.fullmatch(re.sub(r"\{\w+\}", r"\\d+", template), path) and method.lower() in item:
            return item[method.lower()], item.get("parameters", [])
    raise AssertionError(f"{method} {path} is not in the contract")


def _parameter(one: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = SPEC["components"]["parameters"][one["$ref"].rpartition("/")[2]]
    return found


def _fits(given: str, schema: dict[str, Any]) -> None:
    if schema["type"] == "integer":
        assert schema["minimum"] <= int(given) <= schema["maximum"]
    if schema.get("format") == "date-time":
        assert datetime.fromisoformat(given).tzinfo is not None
    assert re.search(schema.get("pattern", ""), given)


def test_that_every_code_that_means_something_to_us_is_in_the_contract() -> None:
    text = str(SPEC["components"]["responses"])
    assert failures.PASSWORD_CHANGE in text
    assert failures.NOT_FOUND in text


def test_that_no_credential_field_but_the_two_is_sent(server: ScriptedServer, client: AspireClient) -> None:
    client.sign_in()
    (asked,) = server.asked
    assert set(msgspec.json.decode(asked.body)) == set(SCHEMAS["Credentials"]["required"])
