"""Paths: the operations of openapi.yaml, and `/_sandbox` by which a test changes data and switches faults on."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import msgspec
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from portal_admin.sandbox import faults
from portal_admin.sandbox.app import Aspire, Call, Operation
from portal_admin.sandbox.portfolio import MalformedPortfolio
from portal_admin.sandbox.records import KINDS
from portal_admin.sandbox.refusals import Refusal
from portal_admin.sandbox.replies import Answer, json_response
from portal_admin.sandbox.requests import Credentials, NewAlternateEft, NewComment, oid

PAGING = ("limit", "cursor")
FILTERS = (*PAGING, "changedSince", "accountId", "accountOid", "text")


def _list(kind: str) -> Callable[[Aspire, Call], Answer]:
    return lambda aspire, call: aspire.list_page(kind, call)


def _of(parent: str, kind: str) -> Callable[[Aspire, Call], Answer]:
    return lambda aspire, call: aspire.children(kind, parent, call)


OPERATIONS = (
    Operation("signIn", "POST", "/session", Aspire.sign_in, body=Credentials, open=True),
    Operation("getInstance", "GET", "/instance", Aspire.instance),
    Operation("getSettings", "GET", "/settings", Aspire.read_settings),
    Operation("listAccounts", "GET", "/accounts", _list("Accounts"), query=(*FILTERS, "contractId")),
    Operation("listContacts", "GET", "/contacts", _list("Contacts"), query=FILTERS),
    Operation("listContracts", "GET", "/contracts", _list("Contracts"), query=(*FILTERS, "contractId")),
    Operation("listPrivateLabels", "GET", "/private-labels", Aspire.private_labels, query=PAGING),
    Operation("listEftBatches", "GET", "/eft-batches", _list("EftBatches"), query=(*PAGING, "changedSince")),
    Operation("getContract", "GET", "/contracts/{ContractOid}", Aspire.contract),
    Operation("getInvoices", "GET", "/contracts/{ContractOid}/invoices", _of("Contracts", "Invoices")),
    Operation("getEquipment", "GET", "/contracts/{ContractOid}/equipment", _of("Contracts", "Equipment")),
    Operation("getPayments", "GET", "/contracts/{ContractOid}/payments", _of("Contracts", "Payments")),
    Operation("getAmortization", "GET", "/contracts/{ContractOid}/amortization", Aspire.amortization),
    Operation(
        "getAlternateEfts",
        "GET",
        "/contracts/{ContractOid}/alternate-efts",
        _of("Contracts", "AlternateEfts"),
    ),
    Operation("getComments", "GET", "/contracts/{ContractOid}/comments", _of("Contracts", "Comments")),
    Operation(
        "getBankAccounts", "GET", "/accounts/{AccountOid}/bank-accounts", _of("Accounts", "BankAccounts")
    ),
    Operation("getCreditLines", "GET", "/accounts/{AccountOid}/credit-lines", _of("Accounts", "CreditLines")),
    Operation(
        "createAlternateEft",
        "POST",
        "/contracts/{ContractOid}/alternate-efts",
        Aspire.create_alternate_eft,
        body=NewAlternateEft,
        key=True,
    ),
    Operation(
        "cancelAlternateEft",
        "POST",
        "/alternate-efts/{AlternateEftOid}/cancel",
        Aspire.cancel_alternate_eft,
        key=True,
    ),
    Operation(
        "createComment",
        "POST",
        "/contracts/{ContractOid}/comments",
        Aspire.create_comment,
        body=NewComment,
        key=False,
    ),
)

Endpoint = Callable[[Request], Awaitable[Response]]


def build(aspire: Aspire) -> Starlette:
    """The application over one ASPIRE."""
    control = Control(aspire)
    routes = [*_routes(aspire), *control.routes()]
    return Starlette(routes=routes, exception_handlers={HTTPException: _plain_error, Refusal: _refused})


def _routes(aspire: Aspire) -> list[Route]:
    by_path: dict[str, dict[str, Operation]] = {}
    for operation in OPERATIONS:
        by_path.setdefault(operation.path, {})[operation.method] = operation
    return [Route(path, _endpoint(aspire, methods), methods=[*methods]) for path, methods in by_path.items()]


def _endpoint(aspire: Aspire, methods: dict[str, Operation]) -> Endpoint:
    async def endpoint(request: Request) -> Response:
        return await aspire.answer(methods.get(request.method) or methods["GET"], request)

    return endpoint


async def _plain_error(_request: Request, problem: Exception) -> Response:
    status = problem.status_code if isinstance(problem, HTTPException) else 500
    headers = dict(problem.headers or {}) if isinstance(problem, HTTPException) else {}
    code = "NotFound" if status == 404 else "MethodNotAllowed"
    return json_response(Answer(Refusal(code, "No such path or method").body(), status, headers))


async def _refused(_request: Request, problem: Exception) -> Response:
    refusal = problem if isinstance(problem, Refusal) else Refusal("InternalError", "Something failed")
    return json_response(Answer(refusal.body(), refusal.status, dict(refusal.headers)))


class Control:
    """`/_sandbox`: needs no sign-in and is no part of ASPIRE."""

    def __init__(self, aspire: Aspire) -> None:
        self._aspire = aspire

    def routes(self) -> list[Route]:
        """
        GET, PUT, PATCH, DELETE /_sandbox/records/{List}/{Oid} (PUT replaces, PATCH changes fields); GET, PUT, DELETE
        /_sandbox/faults; PATCH /_sandbox/instance (Now, Generation, Version, Capabilities); PUT /_sandbox/settings.
        """
        record = "/_sandbox/records/{kind}/{oid}"
        return [
            Route(record, self._record, methods=["GET", "PUT", "PATCH", "DELETE"]),
            Route("/_sandbox/faults", self._faults, methods=["GET", "PUT", "DELETE"]),
            Route("/_sandbox/instance", self._instance, methods=["PATCH"]),
            Route("/_sandbox/settings", self._settings, methods=["PUT"]),
        ]

    async def _record(self, request: Request) -> Response:
        world = self._aspire.world
        kind, key = request.path_params["kind"], oid(request.path_params["oid"], "Oid")
        if kind not in KINDS:
            raise Refusal("NotFound", f"No list {kind}; there are {', '.join(KINDS)}")
        record = world.get(kind, key)
        if request.method == "PUT":
            content = {**await _json_object(request), KINDS[kind].oid: key}
            return _changed(lambda: world.put(kind, content))
        if record is None:
            raise Refusal("NotFound", f"No record {key} in {kind}")
        if request.method == "PATCH":
            fields = await _json_object(request)
            return _changed(lambda: world.patch(kind, key, fields))
        if request.method == "DELETE":
            world.delete(kind, key)
            return Response(status_code=204)
        return json_response(Answer(record))

    async def _faults(self, request: Request) -> Response:
        switched = self._aspire.faults
        if request.method == "PUT":
            wanted = faults.from_json(await _json(request))
            switched.clear()
            self._aspire.switch_on(wanted)
        elif request.method == "DELETE":
            switched.clear()
        return json_response(Answer(switched.active()))

    async def _instance(self, request: Request) -> Response:
        fields = await _json_object(request)
        return _changed(lambda: self._aspire.world.set_instance(fields))

    async def _settings(self, request: Request) -> Response:
        settings = await _json_object(request)
        return _changed(lambda: self._aspire.world.set_settings(settings))


def _changed(change: Callable[[], Any]) -> Response:
    try:
        return json_response(Answer(change()))
    except MalformedPortfolio as problem:
        raise Refusal("InvalidRequest", problem.message) from problem


async def _json(request: Request) -> Any:
    try:
        return msgspec.json.decode(await request.body())
    except (msgspec.DecodeError, UnicodeDecodeError) as problem:
        raise Refusal("InvalidRequest", f"The body is not JSON: {problem}") from problem


async def _json_object(request: Request) -> dict[str, Any]:
    content = await _json(request)
    if not isinstance(content, dict):
        raise Refusal("InvalidRequest", "The body must be a JSON object")
    return content
