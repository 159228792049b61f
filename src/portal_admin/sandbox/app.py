"""What the operations of openapi.yaml do on one world, signed in or not, with the faults that strike."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from portal_admin.sandbox import faults, pages, requests
from portal_admin.sandbox.faults import Fault, FaultList
from portal_admin.sandbox.portfolio import Portfolio, Record, iso
from portal_admin.sandbox.records import KINDS
from portal_admin.sandbox.refusals import Refusal
from portal_admin.sandbox.replies import Answer, FaultyResponse, json_response, pause
from portal_admin.sandbox.world import World
from portal_admin.sandbox.writes import Writes

USER = PASSWORD = "sandbox"  # noqa: S105
TOKEN_LIFE = timedelta(hours=1)


@dataclass(frozen=True)
class Call:
    """One request, read: its path's Oid, query, body and key, and the (list, Oid) pairs it may not read."""

    oid: int = 0
    query: dict[str, Any] = field(default_factory=dict)
    body: Any = None
    key: str | None = None
    denied: Collection[tuple[str, int]] = ()

    def may_read(self, kind: str) -> None:
        """Refuse when this login may not read the record that the path names."""
        if (kind, self.oid) in self.denied:
            raise Refusal("PermissionDenied", f"This login may not read {kind} {self.oid}")


@dataclass(frozen=True)
class Operation:
    """One operation of openapi.yaml."""

    id: str
    method: str
    path: str
    act: Callable[[Aspire, Call], Answer]
    query: tuple[str, ...] = ()
    body: type[msgspec.Struct] | None = None
    key: bool | None = None  # an Idempotency-Key is required (True), allowed (False) or unknown (None)
    open: bool = False  # needs no token


class Aspire:
    """One stand-in ASPIRE: a world, who is signed in, and the faults switched on."""

    def __init__(self, portfolio: Portfolio) -> None:
        self.world = World(portfolio)
        self.faults = FaultList()
        self.stopping = asyncio.Event()
        self._writes = Writes(self.world)
        self._tokens: dict[str, datetime] = {}

    def switch_on(self, wanted: list[Fault]) -> None:
        """Add faults; a restore happens at once, and once."""
        for fault in wanted:
            if fault.restore is not None:
                self.world.restore(fault.restore)
            else:
                self.faults.add(fault)

    # Operations

    def sign_in(self, call: Call) -> Answer:
        if (call.body.user_name, call.body.password) != (USER, PASSWORD):
            raise Refusal("SignInFailed", "Unknown user or wrong password")
        token = secrets.token_urlsafe(24)
        expires = self._tokens[token] = self.world.now() + TOKEN_LIFE
        return Answer({"Token": token, "ExpiresAt": iso(expires)})

    def instance(self, _call: Call) -> Answer:
        return Answer(self.world.instance())

    def read_settings(self, _call: Call) -> Answer:
        return Answer(self.world.settings)

    def private_labels(self, call: Call) -> Answer:
        return Answer(pages.label_page(self.world, self._query("PrivateLabels", call)))

    def contract(self, call: Call) -> Answer:
        return Answer(self._parent("Contracts", call))

    def amortization(self, call: Call) -> Answer:
        self._parent("Contracts", call)
        saved = self.world.settings.get("SaveCustomerAmortizationSchedule") is not False
        schedule = self.world.get("Amortization", call.oid) if saved else None
        return Answer(schedule or {"ContractOid": call.oid, "Lines": []})

    def create_alternate_eft(self, call: Call) -> Answer:
        call.may_read("Contracts")
        return Answer(self._writes.create_alternate_eft(call.oid, call.body, call.key or ""), 201)

    def cancel_alternate_eft(self, call: Call) -> Answer:
        return Answer(self._writes.cancel_alternate_eft(call.oid, call.key or ""))

    def create_comment(self, call: Call) -> Answer:
        call.may_read("Contracts")
        return Answer(self._writes.create_comment(call.oid, call.body, call.key), 201)

    def list_page(self, kind: str, call: Call) -> Answer:
        return Answer(pages.page(self.world, self._query(kind, call)))

    def children(self, kind: str, parent: str, call: Call) -> Answer:
        """All records of a contract or an account; invoices and payments newest first."""
        self._parent(parent, call)
        entries = self.world.related(kind, KINDS[parent].oid, call.oid)
        records = [entry.record or {} for entry in entries]
        newest = {"Invoices": "DueDate", "Payments": "PostDate"}.get(kind)
        if newest:
            records.sort(key=lambda record: str(record[newest]), reverse=True)
        return Answer({"Items": records})

    def _parent(self, kind: str, call: Call) -> Record:
        call.may_read(kind)
        record = self.world.get(kind, call.oid)
        if record is None:
            raise Refusal("NotFound", f"No record {call.oid} in {kind}")
        return record

    def _query(self, kind: str, call: Call) -> pages.Query:
        named = dict(call.query)
        return pages.Query(
            kind,
            limit=named.pop("limit", 100),
            cursor=named.pop("cursor", None),
            since=named.pop("changedSince", None),
            filters=named,
            denied=call.denied,
        )

    # Requests

    async def answer(self, operation: Operation, request: Request) -> Response:
        """Read the request, let the faults strike, do the work and reply."""
        struck = self.faults.take(operation.id, operation.method, request.url.path)
        try:
            if faults.HEADER in request.headers:
                struck.append(faults.from_header(request.headers[faults.HEADER]))
            content = await request.body()
            await self._pause(sum(fault.latency for fault in struck))
            if any(fault.drop == "before" for fault in struck):
                return FaultyResponse(Answer(None), struck, self.stopping)
            answer = self._done(operation, request, content, struck)
        except Refusal as refusal:
            answer = Answer(refusal.body(), refusal.status, refusal.headers)
        answer.headers["Aspire-Generation"] = str(self.world.generation)
        return FaultyResponse(answer, struck, self.stopping) if struck else json_response(answer)

    def _done(self, operation: Operation, request: Request, content: bytes, struck: list[Fault]) -> Answer:
        for fault in struck:
            if fault.restore is not None:
                self.world.restore(fault.restore)
            if fault.expire_token:
                self._tokens.pop(_token(request), None)
            refusal = faults.refusal_of(fault, operation.id)
            if refusal:
                raise refusal
        if not operation.open:
            self._check_token(_token(request))
        return operation.act(self, _read(operation, request, content, struck))

    def _check_token(self, token: str) -> None:
        if not token:
            raise Refusal("NotSignedIn", "Sign in with POST /session")
        if self._tokens.get(token, self.world.now()) <= self.world.now():
            raise Refusal("TokenExpired", "Sign in again")

    async def _pause(self, seconds: float) -> None:
        if seconds:
            await pause(self.stopping, seconds)


def _token(request: Request) -> str:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


def _read(operation: Operation, request: Request, content: bytes, struck: list[Fault]) -> Call:
    named = next(iter(request.path_params.items()), None)
    denials = [fault.deny.partition("/") for fault in struck if fault.deny]
    return Call(
        oid=requests.oid(named[1], named[0]) if named else 0,
        query=requests.query(request.query_params.multi_items(), operation.query),
        body=requests.body(content, request.headers, operation.body) if operation.body else None,
        key=None
        if operation.key is None
        else requests.idempotency_key(request.headers, required=operation.key),
        denied={(kind, int(oid)) for kind, _, oid in denials},
    )
