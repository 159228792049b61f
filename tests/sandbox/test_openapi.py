"""`aspire/openapi.yaml` is sound, and the sandbox keeps it: tried by schemathesis over real HTTP."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.resources import files
from typing import Any

import httpx
import hypothesis
import jsonschema_rs
import msgspec
import pytest
import schemathesis
import yaml
from hypothesis import HealthCheck
from schemathesis.specs.openapi.checks import positive_data_acceptance

from portal_admin.sandbox import records, requests
from portal_admin.sandbox.portfolio import FilePortfolio
from portal_admin.sandbox.routes import OPERATIONS
from portal_admin.sandbox.server import PASSWORD, USER, Sandbox

DOCUMENT: dict[str, Any] = yaml.safe_load((files("portal_admin.aspire") / "openapi.yaml").read_text("utf-8"))
SCHEMAS: dict[str, Any] = DOCUMENT["components"]["schemas"]

# Structures that check what comes in, beside the schema they must agree with.
STRUCTURES = {
    "InvoiceHeader": records.Invoice,
    "AmortizationSchedule": records.Amortization,
    **{
        name: getattr(module, name)
        for module in (records, requests)
        for name in SCHEMAS
        if name not in ("Instance", "Record") and hasattr(getattr(module, name, None), "__struct_fields__")
    },
}

schema = schemathesis.openapi.from_dict(DOCUMENT)


@pytest.fixture(scope="module")
def running(small: FilePortfolio) -> Iterator[Sandbox]:
    with Sandbox(small) as box:
        yield box


@pytest.fixture(scope="module")
def token(running: Sandbox) -> str:
    reply = httpx.post(f"{running.url}/session", json={"UserName": USER, "Password": PASSWORD})
    return str(reply.json()["Token"])


@schema.parametrize()
@hypothesis.settings(
    max_examples=10, derandomize=True, database=None, suppress_health_check=[HealthCheck.too_slow]
)
def test_that_every_operation_keeps_the_contract(
    case: schemathesis.Case, running: Sandbox, token: str
) -> None:
    response = case.call(base_url=running.url, headers={"Authorization": f"Bearer {token}"})
    # A cursor is opaque: an invented one is rightly refused.
    invented = "cursor" in (case.query or {})
    case.validate_response(response, excluded_checks=[positive_data_acceptance] if invented else [])


def test_that_the_document_follows_openapi() -> None:
    schema.validate()


def _examples(part: Any, path: str = "") -> Iterator[tuple[str, dict[str, Any], Any]]:
    """(where, schema, example) for every example of schemas, parameters, headers and replies."""
    if isinstance(part, list):
        for place, item in enumerate(part):
            yield from _examples(item, f"{path}[{place}]")
    if not isinstance(part, dict):
        return
    if "schema" in part and "example" in part:
        yield path, part["schema"], part["example"]
    if "schema" in part and isinstance(part.get("examples"), dict):
        for name, example in part["examples"].items():
            yield f"{path}.{name}", part["schema"], example["value"]
    if isinstance(part.get("examples"), list):
        for example in part["examples"]:
            yield path, {name: value for name, value in part.items() if name != "examples"}, example
    for name, item in part.items():
        yield from _examples(item, f"{path}.{name}")


def test_that_every_example_fits_its_schema() -> None:
    examples = list(_examples(DOCUMENT))
    wrong = [
        (path, example)
        for path, wanted, example in examples
        if not jsonschema_rs.is_valid(
            {**wanted, "components": {"schemas": SCHEMAS}}, example, validate_formats=True
        )
    ]
    assert not wrong
    assert len(examples) > 100


def test_that_every_record_has_an_example() -> None:
    objects = {name for name, wanted in SCHEMAS.items() if wanted.get("type") == "object"}
    without = {name for name in objects if not SCHEMAS[name].get("examples")}
    # An Error's example stands with each reply that carries it.
    assert without == {"Error"}


@pytest.mark.parametrize("name", sorted(STRUCTURES))
def test_that_the_sandbox_checks_the_fields_that_the_contract_names(name: str) -> None:
    encoded = {field.encode_name for field in msgspec.structs.fields(STRUCTURES[name])}
    unsaid = {"LastChangeOperator", "LastChangeDateTime"}
    assert encoded - unsaid == set(SCHEMAS[name]["properties"]) - unsaid


def test_that_the_sandbox_serves_the_operations_of_the_contract() -> None:
    described = {
        (operation["operationId"], method.upper(), path)
        for path, methods in DOCUMENT["paths"].items()
        for method, operation in methods.items()
        if method != "parameters"
    }
    assert {(operation.id, operation.method, operation.path) for operation in OPERATIONS} == described
