"""What the people of the demonstration asked for in the portal, and what the desk has done about it so far."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

from portal_admin.cli.demo_diary import Dated
from portal_admin.domain.service_requests import RequestKind, RequestStatus
from portal_admin.sandbox import cases
from portal_admin.sandbox.cases import Case
from portal_admin.services.desk import Desk
from portal_admin.services.requests import hand_over, work
from portal_admin.services.requests.arrive import arrive

CASEY, MORGAN = "casey", "morgan"
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
OLDEST = 9 * DAY
QUOTE, ADDRESS, INSURANCE, DOCUMENT, QUESTION = RequestKind
WORK, WAIT = RequestStatus.IN_PROGRESS, RequestStatus.WAITING
DONE, DECLINED = RequestStatus.DONE, RequestStatus.DECLINED
# Something done at a desk, for the request of that number.
Deed = Callable[[Desk, str], object]


@dataclass(frozen=True)
class Asked:
    """A request so long ago, and what was done about it: by whom, how long after, and the deed."""

    case: Case
    kind: RequestKind
    subject: str
    message: str
    ago: timedelta
    done: tuple[tuple[str, timedelta, Deed], ...] = ()
    names_contract: bool = True


def _status(to: RequestStatus, reply: str = "") -> Deed:
    return lambda desk, number: work.set_status(desk, number=number, to=to, reply=reply)


def _assign(to: str) -> Deed:
    return lambda desk, number: work.assign(desk, number=number, to=to)


def _note(note: str, *, for_caller: bool = False) -> Deed:
    return lambda desk, number: work.add_note(desk, number=number, note=note, for_caller=for_caller)


def _hand_over(desk: Desk, number: str) -> object:
    return hand_over.hand_over(desk, number=number)


ASKED = (
    Asked(
        cases.PLAIN,
        QUOTE,
        "Payoff by the end of the month",
        "Hello, we want to pay off the trailer lease early.\nPlease send me the payoff amount good through the 30th.",
        5 * HOUR,
    ),
    Asked(
        cases.GUARANTOR,
        QUOTE,
        "What would it cost to end the orchard loan?",
        "My daughter and I are thinking of paying the loan off after the harvest. What would be due today?",
        5 * DAY,
        ((CASEY, HOUR, _assign(CASEY)),),
    ),
    Asked(
        cases.LOOK_ALIKE,
        ADDRESS,
        "New billing address",
        "We moved. Please send invoices to 2200 Commerce Pkwy, Suite 14, Lincoln, NE 68508 from now on.",
        2 * DAY + 3 * HOUR,
        (
            (CASEY, 2 * HOUR, _status(WORK)),
            (CASEY, 2 * HOUR, _note("Two accounts are called Prairie Hauling: make sure which one moved.")),
        ),
    ),
    Asked(
        cases.OPERATING_LEASE,
        INSURANCE,
        "Certificate of insurance",
        "Our broker renewed the policy last week. Where do I send the certificate?",
        4 * DAY,
        (
            (MORGAN, 3 * HOUR, _status(WORK)),
            (
                MORGAN,
                4 * HOUR,
                _status(WAIT, "Please attach the certificate to an answer to this message. Thank you."),
            ),
        ),
    ),
    Asked(
        cases.UNMAPPED_LABEL,
        QUESTION,
        "Where are the dental chairs?",
        "I see one lease in the portal, but not the one for the chairs (LG-21-0008). Is it paid?",
        6 * HOUR,
        names_contract=False,
    ),
    Asked(
        cases.CLOSED,
        DOCUMENT,
        "Title release for the mower",
        "The mower lease is paid off. Our accountant needs the letter that says so.",
        6 * DAY,
        (
            (CASEY, DAY, _status(WORK)),
            (
                CASEY,
                2 * DAY,
                _status(DONE, "The paid-in-full letter was mailed to your billing address today."),
            ),
        ),
    ),
    Asked(
        cases.CHANGED_BALANCE,
        QUESTION,
        "Balance after last payment",
        "The balance in the portal looks lower than on my statement. Which one is right?",
        26 * HOUR,
        (
            (CASEY, HOUR, _status(WORK)),
            (CASEY, 2 * HOUR, _note("We compare both with ASPIRE and write tomorrow.", for_caller=True)),
            (CASEY, 26 * HOUR, _hand_over),
        ),
    ),
    Asked(
        cases.OTHER_SITE,
        ADDRESS,
        "Dock address",
        "Please note our new dock: Pier 7, Unit 3, Gloucester, MA 01930. Only for the boat, not for invoices.",
        3 * DAY,
        ((MORGAN, 4 * HOUR, _status(WORK)),),
        names_contract=False,
    ),
    Asked(
        cases.PLAIN,
        DOCUMENT,
        "Copy of the signed lease",
        "Our auditor asks for a copy of the signed lease with all schedules.",
        9 * DAY,
        (
            (MORGAN, 2 * HOUR, _status(WORK)),
            (MORGAN, DAY, _status(DONE, "You find the copy under Documents in the portal.")),
        ),
    ),
    Asked(
        cases.GUARANTOR,
        QUESTION,
        "Can my son see the loan too?",
        "He helps me with the books. Can you give him my password?",
        8 * DAY,
        (
            (CASEY, HOUR, _status(WORK)),
            (
                CASEY,
                2 * HOUR,
                _status(
                    DECLINED, "Nobody can be given a password. With your consent he gets a login of his own."
                ),
            ),
        ),
    ),
    Asked(
        cases.OPERATING_LEASE,
        QUOTE,
        "Buy-out of the equipment",
        "What would we pay to keep the equipment when the lease ends?",
        20 * HOUR,
    ),
    Asked(
        cases.CLOSED,
        INSURANCE,
        "Insurance after pay-off",
        "Do we still have to name you on the policy now that the mower is ours?",
        3 * HOUR,
    ),
)


def requests_and_deeds(desk: Desk) -> Iterator[Dated]:
    """Write the requests as the portal does, and say what colleagues did about each, and when.

    The portal has to be older than `OLDEST`, and ASPIRE at hand, because one request is handed over.
    """
    for asked in sorted(ASKED, key=lambda one: one.ago, reverse=True):
        case, began = asked.case, desk.clock() - asked.ago
        number = arrive(
            desk,
            site=case.site,
            email=case.email,
            kind=asked.kind,
            subject=asked.subject,
            message=asked.message,
            requested_at=began,
            contract_id=case.contract if asked.names_contract else None,
        )
        for operator, after, deed in asked.done:
            yield Dated(began + after, operator, partial(_about, deed, number))


def _about(deed: Deed, number: str, desk: Desk) -> object:
    return deed(desk, number)
