"""The questions that the desk asks ASPIRE; every answer is a domain record, every failure one of errors.Aspire*."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, TypeVar

from portal_admin.aspire import parsing
from portal_admin.aspire.auth import SignIn
from portal_admin.aspire.budget import Budget, Timing, utc_now
from portal_admin.aspire.failures import Reply, from_reply, from_write, unknown
from portal_admin.aspire.parsing import ListOf
from portal_admin.aspire.transport import Transport
from portal_admin.domain.records import (
    Account,
    AlternateEft,
    Comment,
    Contact,
    Contract,
    EftBatch,
    Instance,
    Page,
    Removed,
)
from portal_admin.errors import AspireDenied, AspireReplyUnreadable, InvalidInput

LOOK_UP_BUDGET = 8.0
# A sync page may wait as long as ASPIRE asks for, up to a minute, and still has a look-up's time to be read in.
SYNC_BUDGET = 60.0 + LOOK_UP_BUDGET
PAGE_SIZE = 1000
ID_LENGTH = 64
TEXT_LENGTH = 200

CONTRACT_DETAILS = {
    "contract": "/contracts/{oid}",
    "invoices": "/contracts/{oid}/invoices",
    "payments": "/contracts/{oid}/payments",
    "alternate_efts": "/contracts/{oid}/alternate-efts",
    "equipment": "/contracts/{oid}/equipment",
    "amortization": "/contracts/{oid}/amortization",
}
COMMENTS = "/contracts/{oid}/comments"
ACCOUNT_DETAILS = {
    "bank_accounts": "/accounts/{oid}/bank-accounts",
    "credit_lines": "/accounts/{oid}/credit-lines",
}

Written = TypeVar("Written")
Params = Mapping[str, str | int | None]


class AspireClient:
    """One ASPIRE database as one login sees it; safe to share between threads, but not to be built on the UI thread.

    `budget` is the total of one look-up in seconds, retries and waiting included; `sync_budget` that of one page.
    """

    def __init__(
        self,
        url: str,
        *,
        user: str,
        password: Callable[[], str | None],
        budget: float = LOOK_UP_BUDGET,
        sync_budget: float = SYNC_BUDGET,
        clock: Callable[[], datetime] = utc_now,
        timing: Timing | None = None,
    ) -> None:
        timing = timing or Timing(now=clock)
        self._seconds = budget
        self._sync_seconds = sync_budget
        self._budget = Budget(timing.monotonic)
        self._timing = timing
        self._transport = Transport(url, budget=self._budget, timing=timing)
        self._auth = SignIn(self._transport, user=user, password=password, budget=self._budget, timing=timing)

    def close(self) -> None:
        """Close all connections; the client cannot be used afterwards."""
        self._transport.close()

    def within(self, seconds: float) -> AbstractContextManager[None]:
        """One budget for all calls that this thread makes inside; an outer one that ends sooner still rules."""
        return self._budget.within(seconds)

    def look_up(self) -> AbstractContextManager[None]:
        """One look-up's budget for all calls that this thread makes inside."""
        return self._budget.within(self._seconds)

    def remaining(self) -> float:
        """Seconds that this thread's look-up still has; infinite outside of one."""
        return self._budget.remaining()

    def patiently(self) -> AbstractContextManager[None]:
        """The budget of a sync page, for a call that a sync makes."""
        return self._budget.within(self._sync_seconds)

    def sign_in(self) -> datetime:
        """Sign in now and return when the session ends (UTC)."""
        with self._budget.at_least_one(self._seconds):
            return self._auth.sign_in()

    def instance(self) -> Instance:
        """Which ASPIRE database this is, its clock and what it can do."""
        return parsing.decode_instance(self._get("/instance").body)

    def settings(self) -> dict[str, Any]:
        """Global settings and JobStream tasks, in ASPIRE's own names."""
        return parsing.decode_settings(self._get("/settings").body)

    def contracts(self, *, contract_id: str) -> tuple[Contract, ...]:
        """Every contract with this visible number; none is a fact."""
        return (
            self._all("/contracts", parsing.CONTRACTS, {"contractId": contract_id})
            if _is_id(contract_id)
            else ()
        )

    def contracts_of(self, *, account_oid: int) -> tuple[Contract, ...]:
        """Every contract on which the account has a role."""
        return self._all("/contracts", parsing.CONTRACTS, {"accountOid": account_oid})

    def accounts(
        self,
        *,
        text: str | None = None,
        account_id: str | None = None,
        account_oid: int | None = None,
        limit: int = 50,
    ) -> tuple[Account, ...]:
        """The first `limit` accounts that meet all that is given; blank text is none given.

        AspireDenied when there are some, but this login may read none of them.
        """
        found = self.account_search(text=text, account_id=account_id, account_oid=account_oid, limit=limit)
        return _present(found)

    def account_search(
        self,
        *,
        text: str | None = None,
        account_id: str | None = None,
        account_oid: int | None = None,
        limit: int = 50,
    ) -> Page[Account]:
        """The same with the number of those that fit, but are withheld from this login."""
        if account_id is not None and not _is_id(account_id):
            return Page((), None)
        text = (text or "").strip() or None
        if text is not None and len(text) > TEXT_LENGTH:
            raise InvalidInput(f"ASPIRE searches for at most {TEXT_LENGTH} characters.", field="text")
        params: Params = {"text": text, "accountId": account_id, "accountOid": account_oid, "limit": limit}
        page = self._page("/accounts", parsing.ACCOUNTS, params)
        if page.withheld and not _present(page):
            raise AspireDenied(
                "The ASPIRE login may not read the accounts that fit. Ask for the right in ASPIRE."
            )
        return page

    def contacts_of(self, *, account_oid: int) -> tuple[Contact, ...]:
        """Every contact of the account."""
        return self._all("/contacts", parsing.CONTACTS, {"accountOid": account_oid})

    def contact_search(self, *, text: str) -> Page[Contact]:
        """The first contacts in whose name or email the text occurs, and how many are withheld from this login."""
        return self._page("/contacts", parsing.CONTACTS, {"text": text, "limit": PAGE_SIZE})

    def private_labels(self) -> tuple[str, ...]:
        """Every private label that contracts may carry."""
        return self._all("/private-labels", parsing.PRIVATE_LABELS, {})

    def account_page(self, *, changed_since: datetime | None, cursor: str | None) -> Page[Account]:
        """One sync page of accounts; `changed_since` None lists all of them, without the removed ones."""
        return self._sync_page("/accounts", parsing.ACCOUNTS, changed_since, cursor)

    def contact_page(self, *, changed_since: datetime | None, cursor: str | None) -> Page[Contact]:
        """One sync page of contacts."""
        return self._sync_page("/contacts", parsing.CONTACTS, changed_since, cursor)

    def contract_page(self, *, changed_since: datetime | None, cursor: str | None) -> Page[Contract]:
        """One sync page of contracts with their roles."""
        return self._sync_page("/contracts", parsing.CONTRACTS, changed_since, cursor)

    def detail(self, *, contract_oid: int, data_class: str) -> Any:
        """What hangs on one contract, in ASPIRE's own names; AspireRecordMissing when there is no such contract."""
        path = CONTRACT_DETAILS[data_class].format(oid=int(contract_oid))
        return parsing.decode_detail(self._get(path, record=True).body, data_class)

    def account_detail(self, *, account_oid: int, data_class: str) -> Any:
        """What hangs on one account, in ASPIRE's own names; AspireRecordMissing when there is no such account."""
        path = ACCOUNT_DETAILS[data_class].format(oid=int(account_oid))
        return parsing.decode_detail(self._get(path, record=True).body, data_class)

    def alternate_efts(self, *, contract_oid: int) -> tuple[AlternateEft, ...]:
        """Every Alternate EFT entry of the contract."""
        path = CONTRACT_DETAILS["alternate_efts"].format(oid=int(contract_oid))
        return parsing.decode_alternate_efts(self._get(path, record=True).body)

    def eft_batches(self, *, changed_since: datetime | None = None) -> tuple[EftBatch, ...]:
        """Every EFT Generation batch, or those that changed since then."""
        since = None if changed_since is None else _instant(changed_since)
        return self._all("/eft-batches", parsing.EFT_BATCHES, {"changedSince": since})

    def comments(self, *, contract_oid: int) -> tuple[Comment, ...]:
        """The comments that the portal put on the contract, oldest first."""
        path = COMMENTS.format(oid=int(contract_oid))
        return parsing.decode_comments(self._get(path, record=True).body)

    def create_alternate_eft(
        self,
        *,
        contract_oid: int,
        amount: Decimal,
        start_date: date,
        bank_account_oid: int,
        reference: str,
        key: str,
    ) -> AlternateEft:
        """Ask for a one-time debit; `key` was stored before. AspireOutcomeUnknown when it may have been done."""
        path = CONTRACT_DETAILS["alternate_efts"].format(oid=int(contract_oid))
        body = {
            "Amount": f"{amount:.2f}",
            "StartDate": start_date.isoformat(),
            "BankAccountOid": bank_account_oid,
            "ReferenceNumber": reference,
            "SecCode": "WEB",
        }
        return self._write(path, parsing.decode_alternate_eft, key=key, body=body)

    def cancel_alternate_eft(self, *, oid: int, key: str) -> AlternateEft:
        """Ask to cancel a debit that no posted batch holds; AspireOutcomeUnknown when it may have been done."""
        return self._write(f"/alternate-efts/{int(oid)}/cancel", parsing.decode_alternate_eft, key=key)

    def create_comment(
        self, *, contract_oid: int, text: str, subject: str, reference: str, requested_by: str, key: str
    ) -> Comment:
        """Put a comment on the contract; AspireOutcomeUnknown when it may have been done."""
        body = {
            "Text": text,
            "Subject": subject,
            "ReferenceNumber": reference,
            "RequestedBy": requested_by,
        }
        return self._write(COMMENTS.format(oid=int(contract_oid)), parsing.decode_comment, key=key, body=body)

    def _write(
        self,
        path: str,
        decode: Callable[[bytes], Written],
        *,
        key: str,
        body: Mapping[str, Any] | None = None,
    ) -> Written:
        with self._budget.at_least_one(self._seconds):
            token = self._auth.token()
            reply = self._transport.post(path, token=token, key=key, body=body)
            if reply.status == 401:  # nothing was done, so it may be sent once more
                token = self._auth.token(rejected=token)
                reply = self._transport.post(path, token=token, key=key, body=body)
        failure = from_write(reply, now=self._timing.now())
        if failure is not None:
            raise failure
        try:
            return decode(reply.body)
        except AspireReplyUnreadable as problem:
            raise unknown() from problem

    def _sync_page(
        self, path: str, of: ListOf[parsing.Row], changed_since: datetime | None, cursor: str | None
    ) -> Page[parsing.Row]:
        since = None if changed_since is None else _instant(changed_since)
        with self.patiently():
            return self._page(path, of, {"changedSince": since, "cursor": cursor, "limit": PAGE_SIZE})

    def _all(self, path: str, of: ListOf[parsing.Row], params: Params) -> tuple[parsing.Row, ...]:
        found: list[parsing.Row] = []
        cursor: str | None = None
        with self._budget.at_least_one(self._seconds):
            while True:
                page = self._page(path, of, {**params, "limit": PAGE_SIZE, "cursor": cursor})
                found += _present(page)
                cursor = page.next_cursor
                if cursor is None:
                    return tuple(found)

    def _page(self, path: str, of: ListOf[parsing.Row], params: Params) -> Page[parsing.Row]:
        page = parsing.decode_page(self._get(path, params), of)
        if page.next_cursor is not None and page.next_cursor == params.get("cursor"):
            raise AspireReplyUnreadable(
                "ASPIRE's reply does not follow the contract at $.NextCursor: it never moves on."
            )
        return page

    def _get(self, path: str, params: Params | None = None, *, record: bool = False) -> Reply:
        given = {name: value for name, value in (params or {}).items() if value is not None}
        with self._budget.at_least_one(self._seconds):
            token = self._auth.token()
            reply = self._transport.get(path, token=token, params=given)
            if reply.status == 401:
                token = self._auth.token(rejected=token)
                reply = self._transport.get(path, token=token, params=given)
        failure = from_reply(reply, record=record, now=self._timing.now())
        if failure is not None:
            raise failure
        return reply


def _present(page: Page[parsing.Row]) -> tuple[parsing.Row, ...]:
    return tuple(item for item in page.items if not isinstance(item, Removed))


def _is_id(typed: str) -> bool:
    """Whether ASPIRE could hold such a visible id at all; it refuses the question otherwise."""
    return bool(typed.strip()) and len(typed) <= ID_LENGTH


def _instant(when: datetime) -> str:
    return when.astimezone(UTC).isoformat().replace("+00:00", "Z")
