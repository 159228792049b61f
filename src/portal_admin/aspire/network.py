"""Sockets that obey the look-up's budget at every single read, so that a dripping server cannot stretch it."""

from __future__ import annotations

import ssl
from collections.abc import Iterable
from typing import Any

import httpcore
import httpx

from portal_admin.aspire.budget import Budget

# A connection that does not come about is given up early enough for one more try.
CONNECT_SHARE = 0.5


class _BudgetedStream(httpcore.NetworkStream):
    def __init__(self, stream: httpcore.NetworkStream, budget: Budget) -> None:
        self._stream = stream
        self._budget = budget

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ARG002
        return self._stream.read(max_bytes, _left(self._budget, httpcore.ReadTimeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ARG002
        self._stream.write(buffer, _left(self._budget, httpcore.WriteTimeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ARG002
    ) -> httpcore.NetworkStream:
        left = _left(self._budget, httpcore.ConnectTimeout)
        return _BudgetedStream(self._stream.start_tls(ssl_context, server_hostname, left), self._budget)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


class _BudgetedBackend(httpcore.NetworkBackend):
    def __init__(self, budget: Budget) -> None:
        self._backend = httpcore.SyncBackend()
        self._budget = budget

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ARG002
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        left = _left(self._budget, httpcore.ConnectTimeout) * CONNECT_SHARE
        stream = self._backend.connect_tcp(host, port, left, local_address, socket_options)
        return _BudgetedStream(stream, self._budget)


def _left(budget: Budget, exhausted: type[httpcore.TimeoutException]) -> float:
    left = budget.remaining()
    if left <= 0:
        raise exhausted("the budget of the look-up is used up")
    return left


class BudgetedTransport(httpx.HTTPTransport):
    """httpx's transport on budgeted sockets; httpx's own timeouts count each read anew, so they bound nothing."""

    def __init__(self, budget: Budget, *, context: ssl.SSLContext, connections: int) -> None:
        super().__init__(verify=context, trust_env=False)
        self._pool = httpcore.ConnectionPool(
            ssl_context=context,
            max_connections=connections,
            max_keepalive_connections=connections,
            keepalive_expiry=30.0,
            network_backend=_BudgetedBackend(budget),
        )
