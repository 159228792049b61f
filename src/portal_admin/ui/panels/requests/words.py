"""How service requests are told."""

from __future__ import annotations

from datetime import datetime

from PySide6.QtCore import QCoreApplication

from portal_admin.domain.service_request_times import Urgency, urgency, urgency_words
from portal_admin.domain.service_requests import HandOver, RequestKind, RequestStatus, ServiceRequest
from portal_admin.ui.theme import Meaning


def tr(text: str) -> str:
    """In the language in use."""
    return QCoreApplication.translate("Requests", text)


def kind_words(kind: RequestKind) -> str:
    """What is asked for."""
    return {
        RequestKind.PAYOFF_QUOTE: tr("Payoff quote"),
        RequestKind.ADDRESS_CHANGE: tr("Address change"),
        RequestKind.INSURANCE: tr("Insurance"),
        RequestKind.DOCUMENT: tr("Document"),
        RequestKind.QUESTION: tr("Question"),
    }[kind]


def status_words(status: RequestStatus) -> str:
    """How far the desk is."""
    return {
        RequestStatus.NEW: tr("New"),
        RequestStatus.IN_PROGRESS: tr("In Progress"),
        RequestStatus.WAITING: tr("Waiting"),
        RequestStatus.DONE: tr("Done"),
        RequestStatus.DECLINED: tr("Declined"),
    }[status]


STATUS_MEANINGS = {
    RequestStatus.NEW: Meaning.ATTENTION,
    RequestStatus.IN_PROGRESS: Meaning.NEUTRAL,
    RequestStatus.WAITING: Meaning.NEUTRAL,
    RequestStatus.DONE: Meaning.GOOD,
    RequestStatus.DECLINED: Meaning.NEUTRAL,
}
# The mark that stands beside the words; what is on time needs none.
URGENCY_MARKS: dict[Urgency, tuple[Meaning, str]] = {
    Urgency.OVERDUE: (Meaning.BAD, "warning"),
    Urgency.SOON: (Meaning.ATTENTION, "clock"),
}
HAND_OVER_MEANINGS = {
    HandOver.SENT: Meaning.GOOD,
    HandOver.SENDING: Meaning.UNKNOWN,
    HandOver.UNKNOWN: Meaning.UNKNOWN,
    HandOver.REFUSED: Meaning.BAD,
}


def assignee_words(request: ServiceRequest) -> str:
    """Who has it."""
    return request.assigned_to or tr("nobody")


def due_words(request: ServiceRequest, now: datetime) -> str:
    """Where it stands against its due time, with a capital."""
    said = urgency_words(request, now)
    if urgency(request, now) is Urgency.CLOSED:
        said = tr("closed {after}").format(after=said)
    return said[:1].upper() + said[1:]
