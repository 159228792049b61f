"""When a service request may be handed over to ASPIRE, and what is known of one that was (docs/decisions/0014)."""

from __future__ import annotations

from datetime import datetime, timedelta

from portal_admin.domain.service_request_comment import LONGEST_ADDRESS, CommentDraft, comment_of
from portal_admin.domain.service_requests import SOURCE, HandOver, ServiceRequest
from portal_admin.errors import Refused

# Longer than any look-up lasts: who began to send longer ago than that was stopped on the way.
SENDING_LASTS = timedelta(minutes=1)
UNSETTLED = frozenset({HandOver.SENDING, HandOver.UNKNOWN})


def refusal(request: ServiceRequest) -> str | None:
    """Why a request cannot be handed over to ASPIRE; None when it can."""
    if request.contract_oid is None:
        return (
            "It names no contract, and ASPIRE keeps comments on contracts only. Answer the caller here, or ask "
            "for the contract and tell the back office."
        )
    if request.hand_over is HandOver.SENT:
        return f"It was handed over already: ASPIRE holds it as comment {request.comment_oid}."
    if not request.is_open:
        return f"It is {request.status.value}. Reopen it first."
    if len(request.email) > LONGEST_ADDRESS:
        return f"ASPIRE takes addresses of at most {LONGEST_ADDRESS} characters, and the user's is longer."
    return None


def require_comment(request: ServiceRequest) -> CommentDraft:
    """The comment exactly as ASPIRE would hold it; Refused says why there can be none."""
    reason = refusal(request)
    if reason is not None:
        raise Refused(
            f"{request.number} cannot be handed over. {reason}",
            rule="hand_over",
            source=SOURCE,
            title="This cannot be handed over",
        )
    return comment_of(request)


def require_nobody_sending(request: ServiceRequest, now: datetime) -> None:
    """Refused while this or another desk is at it."""
    if is_sending(request, now):
        raise Refused(
            f"{request.number} is being handed over at this moment, here or at another desk. Look again in a "
            "minute.",
            rule="handing_over",
            source=SOURCE,
            title="It is being handed over",
        )


def is_sending(request: ServiceRequest, now: datetime) -> bool:
    """Whether a desk may be sending it just now."""
    begun = request.handed_over_at
    return request.hand_over is HandOver.SENDING and begun is not None and now - begun < SENDING_LASTS


def needs_resolving(request: ServiceRequest, now: datetime) -> bool:
    """Whether nobody knows what became of a hand-over, and nobody is at it."""
    return request.hand_over in UNSETTLED and not is_sending(request, now)


def hand_over_words(request: ServiceRequest, now: datetime) -> str:
    """How far it got, for people."""
    if request.hand_over is None:
        return "not handed over"
    if request.hand_over is HandOver.SENT:
        return f"held as comment {request.comment_oid}"
    if request.hand_over is HandOver.REFUSED:
        return "refused by ASPIRE, nothing was done"
    return "being handed over" if is_sending(request, now) else "outcome unknown"
