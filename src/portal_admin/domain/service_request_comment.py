"""The comment that a service request becomes in ASPIRE, character by character (docs/decisions/0014)."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC

from portal_admin.domain.records import Comment
from portal_admin.domain.service_requests import KINDS, ServiceRequest
from portal_admin.domain.text import TURNING, UNSHOWN_CATEGORIES, canonical_email

# What ASPIRE takes (aspire/openapi.yaml, NewComment).
LONGEST = 4000
LONGEST_ADDRESS = 254
CUT = "\n… the rest is in the portal under {number}."
LINE_ENDS = str.maketrans(
    {"\r": "\n", "\v": "\n", "\f": "\n", "\x85": "\n", "\u2028": "\n", "\u2029": "\n", "\t": " "}
)


@dataclass(frozen=True, slots=True)
class CommentDraft:
    """A comment as it is sent and as ASPIRE will hold it."""

    contract_oid: int
    subject: str
    text: str
    reference: str
    requested_by: str


def comment_of(request: ServiceRequest) -> CommentDraft:
    """The comment of a request on a contract.

    Only what never changes goes into it, so that sending it once more sends the same, which its key asks for.
    """
    if request.contract_oid is None:
        raise ValueError("a request without a contract has no comment")
    rule = KINDS[request.kind]
    asked = request.requested_at.astimezone(UTC)
    head = (
        f"{rule.words}: {_one_line(request.subject)}\n"
        f"From {_one_line(request.email)} in the Customer Portal, site {_one_line(request.site)}, "
        f"{asked:%Y-%m-%d %H:%M} UTC\n"
        f"{rule.task}\n\n"
    )
    message = shown(request.message).strip() or "(no message)"
    text = head + message
    if len(text) > LONGEST:
        cut = CUT.format(number=request.number)
        text = text[: LONGEST - len(cut)].rstrip() + cut
    return CommentDraft(request.contract_oid, rule.words, text, request.number, request.email)


def is_comment_of(comment: Comment, request: ServiceRequest) -> bool:
    """Whether ASPIRE's comment is this request's: the same number from another portal is not."""
    by = comment.requested_by
    return (
        comment.reference == request.number
        and comment.contract_oid == request.contract_oid
        and (by is None or canonical_email(by) == canonical_email(request.email))
    )


def found_among(comments: Iterable[Comment], request: ServiceRequest) -> Comment | None:
    """The request's comment, the oldest if there should be several."""
    mine = (comment for comment in comments if is_comment_of(comment, request))
    return min(mine, key=lambda comment: (comment.created_at, comment.oid), default=None)


def shown(text: str) -> str:
    """Text that harms nothing that shows it: one kind of line end, nothing that drives a terminal or turns a line."""
    lines = unicodedata.normalize("NFC", text.replace("\r\n", "\n")).translate(LINE_ENDS)
    return "".join(c if c == "\n" or not _harms(c) else "\N{REPLACEMENT CHARACTER}" for c in lines)


def _harms(character: str) -> bool:
    return (
        unicodedata.category(character) in UNSHOWN_CATEGORIES
        or unicodedata.bidirectional(character) in TURNING
    )


def _one_line(text: str) -> str:
    return " ".join(shown(text).split())
