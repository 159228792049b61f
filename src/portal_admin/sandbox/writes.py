"""What may be written: a one-time debit, its cancellation, and a comment, each done once for its Idempotency-Key."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import msgspec

from portal_admin.sandbox.portfolio import Record, iso
from portal_admin.sandbox.refusals import Refusal
from portal_admin.sandbox.requests import NewAlternateEft, NewComment
from portal_admin.sandbox.world import World

OPERATOR = "SANDBOX"


@dataclass(frozen=True, slots=True)
class Done:
    """A request that was done, and the record it made or changed."""

    request: tuple[Any, ...]
    kind: str
    oid: int


class Writes:
    """Writes on one world, remembering which keys were used."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._done: dict[str, Done] = {}

    def create_alternate_eft(self, contract_oid: int, asked: NewAlternateEft, key: str) -> Record:
        """The Alternate EFT that this request makes, or made before."""

        def make() -> tuple[str, int]:
            contract = _existing(self._world, "Contracts", contract_oid)
            if not contract["IsBooked"]:
                raise Refusal("ContractNotBooked", f"Contract {contract_oid} is not booked")
            bank_account = self._world.get("BankAccounts", asked.bank_account_oid)
            parties = [role["AccountOid"] for role in contract["Roles"]]
            if not bank_account or not bank_account["IsActive"] or bank_account["AccountOid"] not in parties:
                raise Refusal(
                    "BankAccountNotUsable", f"Bank account {asked.bank_account_oid} is not a party's"
                )
            return self._new(
                "AlternateEfts",
                "AlternateEftOid",
                {
                    "ContractOid": contract_oid,
                    **msgspec.to_builtins(asked),
                    "Payments": 1,
                    "PaymentsProcessed": 0,
                },
            )

        return self._once(key, ("create", contract_oid, msgspec.to_builtins(asked)), make)

    def cancel_alternate_eft(self, oid: int, key: str) -> Record:
        """The cancelled Alternate EFT; too late once it is processed or in a posted batch."""

        def cancel() -> tuple[str, int]:
            eft = _existing(self._world, "AlternateEfts", oid)
            if eft["Payments"] == 0 or self._posted(oid):
                raise Refusal("AlreadyProcessed", f"Alternate EFT {oid} can no longer be cancelled")
            changed = {"Payments": 0, "PaymentsProcessed": 1, "LastChangeOperator": OPERATOR}
            self._world.patch("AlternateEfts", oid, changed)
            return "AlternateEfts", oid

        return self._once(key, ("cancel", oid), cancel)

    def create_comment(self, contract_oid: int, asked: NewComment, key: str | None) -> Record:
        """The comment that this request makes, or made before with the same key."""

        def make() -> tuple[str, int]:
            _existing(self._world, "Contracts", contract_oid)
            return self._new(
                "Comments", "CommentOid", {"ContractOid": contract_oid, **msgspec.to_builtins(asked)}
            )

        if key is None:
            return _existing(self._world, *make())
        return self._once(key, ("comment", contract_oid, msgspec.to_builtins(asked)), make)

    def _once(self, key: str, request: tuple[Any, ...], act: Callable[[], tuple[str, int]]) -> Record:
        done = self._done.get(key)
        if done and done.request != request:
            raise Refusal("IdempotencyKeyReused", "This key came with another request before")
        if not done or self._world.get(done.kind, done.oid) is None:
            done = self._done[key] = Done(request, *act())
        return _existing(self._world, done.kind, done.oid)

    def _new(self, kind: str, key: str, fields: Record) -> tuple[str, int]:
        oid = self._world.new_oid(kind)
        made = {"CreateDateTime": iso(self._world.now()), "LastChangeOperator": OPERATOR}
        self._world.put(kind, {key: oid, **fields, **made})
        return kind, oid

    def _posted(self, oid: int) -> bool:
        batches = (entry.record or {} for entry in self._world.scan("EftBatches"))
        return any(batch["IsPosted"] and oid in batch["AlternateEftOids"] for batch in batches)


def _existing(world: World, kind: str, oid: int) -> Record:
    record = world.get(kind, oid)
    if record is None:
        raise Refusal("NotFound", f"No record {oid} in {kind}")
    return record
