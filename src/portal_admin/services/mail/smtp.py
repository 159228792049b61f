"""Hands mails to the mail server; the only user of smtplib."""

from __future__ import annotations

import logging
import smtplib
import socket
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from email.message import EmailMessage
from threading import Timer
from types import TracebackType
from typing import Self

import truststore

from portal_admin.domain.mail_server import (
    BROKE_OFF,
    BUSY,
    NO_CONTENT,
    NO_LETTERS,
    NO_RECIPIENT,
    NO_SENDER,
    Answer,
    Fate,
    MailServer,
    Security,
)
from portal_admin.domain.redaction import redacted
from portal_admin.errors import MailServerUnusable

log = logging.getLogger(__name__)

SECONDS_TO_ANSWER = 20.0
SECONDS_FOR_A_MAIL = 120.0
# Many servers end a connection after some hundred mails.
MAILS_A_CONNECTION = 50
# Not the mail's fault: sign-in needed or refused (RFC 4954), or the server is about to stop (RFC 5321).
SIGN_IN_CODES = (454, 530, 534, 535, 538)
CLOSING = 421
# Quoted-printable text is cut anywhere, also within a link; so it looks in the text of an error.
SOFT_BREAK = r"=\n"


ANONYMOUS = "[127.0.0.1]"
FAILURES = (smtplib.SMTPException, OSError, UnicodeError)
# The first that fits wins.
REASONS: tuple[tuple[type[BaseException], str], ...] = (
    (
        ssl.SSLCertVerificationError,
        "The certificate of the mail server {host} was not accepted, so nothing was sent. Check the setting mail.host, "
        "or have the certificate put in order.",
    ),
    (
        ssl.SSLError,
        "The mail server {host} does not speak TLS as expected at port {port}. Check mail.port and mail.security.",
    ),
    (
        smtplib.SMTPAuthenticationError,
        "The mail server {host} does not accept the sign-in. Check mail.user, then run `portal-admin mail set-password`.",
    ),
    (
        UnicodeError,
        "The name of the mail server {host}, its user or its password has letters that cannot be used there.",
    ),
    (TimeoutError, "The mail server {host} did not answer in time at port {port}."),
    (
        socket.gaierror,
        "There is no host {host}, or names cannot be looked up now. Check the network and the setting mail.host.",
    ),
    (smtplib.SMTPServerDisconnected, "The mail server {host} broke off the connection at port {port}."),
    (smtplib.SMTPException, "The mail server {host} refused the connection. Ask who runs it."),
    (
        OSError,
        "The mail server {host} cannot be reached at port {port}. Check the network, mail.host and mail.port.",
    ),
)


class Courier:
    """One connection after another to a mail server, each kept for some mails; `budget` seconds bound each mail."""

    def __init__(
        self,
        server: MailServer,
        *,
        password: Callable[[], str | None],
        timeout: float = SECONDS_TO_ANSWER,
        budget: float = SECONDS_FOR_A_MAIL,
    ) -> None:
        self._server = server
        self._password = password
        self._timeout = timeout
        self._budget = budget
        self._smtp: smtplib.SMTP | None = None
        self._carried = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def connect(self) -> None:
        """Be signed in to the server; MailServerUnusable says what stands in the way."""
        if self._smtp is not None and self._carried < MAILS_A_CONNECTION:
            return
        self.close()
        password = self._password() if self._server.user else None
        if self._server.user and not password:
            raise MailServerUnusable(
                "There is no password for the mail server: run `portal-admin mail set-password`, or set "
                "PORTAL_ADMIN_SMTP_PASSWORD."
            )
        try:
            smtp = self._open()
        except FAILURES as problem:
            raise self._unusable(problem) from problem
        try:
            with _bounded(smtp, self._budget):
                self._introduce(smtp, password)
        except FAILURES as problem:
            smtp.close()
            raise self._unusable(problem) from problem
        except BaseException:
            smtp.close()
            raise
        self._smtp, self._carried = smtp, 0

    def hand_over(self, mail: EmailMessage, *, sender: str, recipient: str) -> Answer:
        """Hand one mail to the server that `connect` reached; MailServerUnusable when the fault is not the mail's."""
        smtp = self._smtp
        if smtp is None:
            raise MailServerUnusable(f"The connection to the mail server {self._server.host} was lost.")
        self._carried += 1
        try:
            with _bounded(smtp, self._budget):
                smtp.send_message(mail, from_addr=sender, to_addrs=[recipient])
        except FAILURES as problem:
            return self._judge(problem)
        return Answer(Fate.ACCEPTED)

    def close(self) -> None:
        """End the connection, politely where that is possible."""
        smtp, self._smtp = self._smtp, None
        if smtp is not None:
            with suppress(smtplib.SMTPException, OSError), _bounded(smtp, self._timeout):
                smtp.quit()
            smtp.close()

    def _open(self) -> smtplib.SMTP:
        server = self._server
        context = truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        if server.security is Security.TLS:
            return smtplib.SMTP_SSL(
                server.host, server.port, ANONYMOUS, timeout=self._timeout, context=context
            )
        return smtplib.SMTP(server.host, server.port, ANONYMOUS, timeout=self._timeout)

    def _introduce(self, smtp: smtplib.SMTP, password: str | None) -> None:
        smtp.local_hostname = _own_name(smtp)
        smtp.ehlo_or_helo_if_needed()
        if self._server.security is Security.STARTTLS:
            if not smtp.has_extn("starttls"):
                raise MailServerUnusable(
                    f"The mail server {self._server.host} offers no STARTTLS, so nothing was sent. Ask who runs it, or "
                    "set mail.security to tls if it encrypts from the first byte."
                )
            smtp.starttls(context=truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT))
            smtp.ehlo_or_helo_if_needed()
        if self._server.user and password:
            if not smtp.has_extn("auth"):
                raise MailServerUnusable(
                    f"The mail server {self._server.host} offers no sign-in. Clear the setting mail.user if it needs none."
                )
            smtp.login(self._server.user, password)

    def _unusable(self, problem: Exception) -> MailServerUnusable:
        causes = (problem, problem.__context__)
        words = next(
            words for kind, words in REASONS if any(isinstance(cause, kind) for cause in causes)
        ).format(host=self._server.host, port=self._server.port)
        found = MailServerUnusable(words)
        _note("mail server", problem, found.correlation_id)
        return found

    def _judge(self, problem: Exception) -> Answer:
        _note("a mail was not accepted", problem)
        if isinstance(problem, smtplib.SMTPNotSupportedError | UnicodeError):
            return Answer(Fate.NEVER, NO_LETTERS)
        code = _code(problem)
        if code is None or code == CLOSING:
            return self._lose()
        if code in SIGN_IN_CODES:
            raise self._unusable(smtplib.SMTPAuthenticationError(code, b""))
        if isinstance(problem, smtplib.SMTPSenderRefused):
            # The site's address is at fault: once it is put right, the same mail can go.
            return Answer(Fate.LATER, NO_SENDER)
        if code < 500:
            return Answer(Fate.LATER, BUSY)
        refused = isinstance(problem, smtplib.SMTPRecipientsRefused)
        return Answer(Fate.NEVER, NO_RECIPIENT if refused else NO_CONTENT)

    def _lose(self) -> Answer:
        smtp, self._smtp = self._smtp, None
        if smtp is not None:
            smtp.close()
        return Answer(Fate.LATER, BROKE_OFF, lost=True)


def _note(what: str, problem: Exception, correlation_id: str | None = None) -> None:
    """Log a failure without secrets: some servers quote what they were sent, be it a password or a mail with its link."""
    told = type(problem).__name__
    if not isinstance(problem, smtplib.SMTPAuthenticationError | UnicodeError):
        whole = str(problem).replace(SOFT_BREAK, "")
        told = f"{told} {redacted(whole)}"
    log.warning("%s: %s", what, told, extra={"correlation_id": correlation_id})


def _code(problem: Exception) -> int | None:
    """The server's answer, None when there was none."""
    if isinstance(problem, smtplib.SMTPRecipientsRefused):
        return next((int(code) for code, _ in problem.recipients.values()), None)
    if isinstance(problem, smtplib.SMTPResponseException) and problem.smtp_code > 0:
        return int(problem.smtp_code)
    return None


def _own_name(smtp: smtplib.SMTP) -> str:
    """This machine as an address literal (RFC 5321): to look up its name could take many seconds."""
    if smtp.sock is None:
        return ANONYMOUS
    own: str = smtp.sock.getsockname()[0]
    return f"[IPv6:{own}]" if ":" in own else f"[{own}]"


@contextmanager
def _bounded(smtp: smtplib.SMTP, seconds: float) -> Iterator[None]:
    """Cuts the connection after that time: smtplib's own timeout starts anew with each byte."""

    def cut() -> None:
        if smtp.sock is not None:
            with suppress(OSError):
                # Past TLS, whose own shutdown is not meant to be called while another thread reads.
                socket.socket.shutdown(smtp.sock, socket.SHUT_RDWR)

    timer = Timer(seconds, cut)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        timer.join()
