"""Requests to ASPIRE: one shared client, one budget, few retries, no redirects, bounded replies."""

from __future__ import annotations

import ipaddress
import logging
import ssl
from collections.abc import Mapping
from typing import Any

import httpx
import truststore

from portal_admin import __version__
from portal_admin.aspire.budget import Budget, Timing
from portal_admin.aspire.circuit import Circuit
from portal_admin.aspire.failures import (
    PASSING,
    Reply,
    from_bad_reply,
    from_request_error,
    may_pass,
    retry_after,
    unknown,
    was_sent,
)
from portal_admin.aspire.network import BudgetedTransport
from portal_admin.errors import AspireBusy, AspireReplyUnreadable, DeskError, InvalidInput

RETRIES = 3
BACKOFF = 0.25
BACKOFF_CAP = 4.0
CONNECTIONS = 16
LONGEST_WAIT = 3600.0
REPLY_LIMIT = 32 * 1024 * 1024

log = logging.getLogger(__name__)

# At their usual levels these write every address, with what was searched for, into the log.
for _name in ("httpx", "httpcore"):
    logging.getLogger(_name).setLevel(logging.WARNING)


def checked_address(url: str) -> str:
    """ASPIRE's base address without a trailing slash; only https may leave this machine (InvalidInput otherwise)."""
    try:
        found = httpx.URL(url.strip())
    except httpx.InvalidURL as error:
        raise _bad_address("is not a web address") from error
    if found.scheme not in ("http", "https") or not found.host:
        raise _bad_address("must start with https:// and name a host")
    if found.userinfo or found.query or found.fragment:
        raise _bad_address("may hold a host, a port and a path only, no user, password or question mark")
    if found.scheme == "http" and not _is_loopback(found.host):
        raise _bad_address("must start with https://, because passwords and bank data travel over it")
    return str(found).rstrip("/")


def _bad_address(what: str) -> InvalidInput:
    return InvalidInput(f"The address of ASPIRE {what}.", field="aspire_url")


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host == "localhost"


class Transport:
    """Sends one request within the thread's budget and returns a whole reply, or raises one of our errors."""

    def __init__(self, url: str, *, budget: Budget, timing: Timing) -> None:
        self._url = checked_address(url)
        self._budget = budget
        self._timing = timing
        self._circuit = Circuit(timing.monotonic)
        context = truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        self._client = httpx.Client(
            transport=BudgetedTransport(budget, context=context, connections=CONNECTIONS),
            headers={"User-Agent": f"portal-admin/{__version__}", "Accept": "application/json"},
            follow_redirects=False,
            timeout=httpx.Timeout(None),
            trust_env=False,
        )

    def close(self) -> None:
        """Close all connections."""
        self._client.close()

    def get(self, path: str, *, token: str, params: Mapping[str, str | int] | None = None) -> Reply:
        """Read `path`; the reply is whole but of any status that repeating would not change."""
        return self._send("GET", path, params=params, headers={"Authorization": f"Bearer {token}"})

    def post(self, path: str, *, token: str, key: str, body: Mapping[str, Any] | None = None) -> Reply:
        """Write once, never again by itself; AspireOutcomeUnknown when it may have arrived and no answer came."""
        self._circuit.admit()
        headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": key}
        request = {"headers": headers} | ({} if body is None else {"json": body})
        try:
            reply = self._once("POST", path, request)
        except httpx.RequestError as error:
            self._circuit.failed()
            if was_sent(error):
                raise unknown() from error
            raise from_request_error(error, budget=self._budget.total()) from error
        except AspireReplyUnreadable as error:
            raise unknown() from error
        self._note(reply)
        return reply

    def sign_in(self, path: str, *, body: Mapping[str, str]) -> Reply:
        """Post a sign-in; it may be repeated, because another session harms nothing."""
        return self._send("POST", path, json=body)

    def _send(self, method: str, path: str, **request: Any) -> Reply:
        self._circuit.admit()
        for attempt in range(RETRIES + 1):
            wait = min(BACKOFF_CAP, BACKOFF * 2**attempt) * self._timing.jitter()
            try:
                reply = self._once(method, path, request)
            except httpx.RequestError as error:
                failure = from_request_error(error, budget=self._budget.total())
                failure.__cause__ = error
                lasting = not may_pass(error)
            else:
                if reply.status not in PASSING:
                    self._note(reply)
                    return reply
                failure = from_bad_reply(reply, record=False, now=self._timing.now())
                asked = retry_after(reply, self._timing.now())
                wait = wait if asked is None else asked
                lasting = False
            log.info("%s %s attempt %d: %s", method, path, attempt + 1, failure.kind)
            if lasting or wait >= self._budget.remaining():
                break
            if attempt < RETRIES:
                self._timing.sleep(wait)
        if not isinstance(failure, AspireBusy):
            self._circuit.failed()
        raise failure

    def _note(self, reply: Reply) -> None:
        if reply.status >= 500:
            self._circuit.failed()
        else:
            self._circuit.succeeded()

    def _once(self, method: str, path: str, request: dict[str, Any]) -> Reply:
        # The sockets keep the budget themselves; waiting for a free connection must keep it, too.
        wait = httpx.Timeout(None, pool=min(self._budget.remaining(), LONGEST_WAIT))
        asked = self._client.build_request(method, self._url + path, timeout=wait, **request)
        answer = self._client.send(asked, stream=True)
        try:
            headers = answer.headers
            return Reply(
                status=answer.status_code,
                body=self._body(answer),
                retry_after=headers.get("Retry-After"),
                generation=headers.get("Aspire-Generation"),
            )
        finally:
            answer.close()

    def _body(self, answer: httpx.Response) -> bytes:
        chunks = bytearray()
        for chunk in answer.iter_bytes():
            chunks += chunk
            if len(chunks) > REPLY_LIMIT:
                raise self._too_large()
        return bytes(chunks)

    @staticmethod
    def _too_large() -> DeskError:
        size = REPLY_LIMIT // (1024 * 1024)
        return AspireReplyUnreadable(f"ASPIRE's reply is larger than {size} MB and was not read.")
