"""The pages of the window, in the order of the navigation."""

from __future__ import annotations

from typing import NamedTuple

from PySide6.QtCore import QCoreApplication


class PageSpec(NamedTuple):
    """One entry of the navigation; `factory` is `module:Class`, imported on a worker."""

    id: str
    title: str
    purpose: str
    icon: str
    factory: str
    needs_desk: bool = True


def keys_of(place: int) -> str:
    """The keys that open the page at a place from 0 in the navigation: there are ten digits, then come F6 and on."""
    return f"Ctrl+{(place + 1) % 10}" if place < 10 else f"F{place - 4}"


def pages() -> tuple[PageSpec, ...]:
    """Every page, its words in the language in use."""
    return (
        PageSpec(
            "start",
            QCoreApplication.translate("pages", "Start"),
            QCoreApplication.translate(
                "pages", "Where to begin, and whether the desk is connected and up to date."
            ),
            "home",
            "portal_admin.ui.start.page:StartPage",
        ),
        PageSpec(
            "customer_care",
            QCoreApplication.translate("pages", "Customer care"),
            QCoreApplication.translate(
                "pages",
                "Who is calling, what they see in their portal and why, and what can be done about it.",
            ),
            "phone",
            "portal_admin.ui.customer_care.page:CustomerCarePage",
        ),
        PageSpec(
            "end_users",
            QCoreApplication.translate("pages", "End users"),
            QCoreApplication.translate(
                "pages", "Find, create and change the people who sign in to the portal."
            ),
            "people",
            "portal_admin.ui.end_users.page:EndUsersPage",
        ),
        PageSpec(
            "account_access",
            QCoreApplication.translate("pages", "Account access"),
            QCoreApplication.translate(
                "pages", "Which accounts a person is linked to, which contracts that opens, and why."
            ),
            "link",
            "portal_admin.ui.account_access.page:AccountAccessPage",
        ),
        PageSpec(
            "field_reference",
            QCoreApplication.translate("pages", "Field reference"),
            QCoreApplication.translate(
                "pages", "Where each value on a portal screen comes from, and what it is right now."
            ),
            "book",
            "portal_admin.ui.field_reference.page:FieldReferencePage",
        ),
        PageSpec(
            "enrolment",
            QCoreApplication.translate("pages", "Enrolment"),
            QCoreApplication.translate(
                "pages",
                "Why somebody could not register: rehearse it, look at the attempts, and see who never can.",
            ),
            "check",
            "portal_admin.ui.enrolment.page:EnrolmentPage",
        ),
        PageSpec(
            "payments",
            QCoreApplication.translate("pages", "Payments"),
            QCoreApplication.translate(
                "pages",
                "Where a payment is on its way from the portal to the bank, and what an amount would pay.",
            ),
            "payments",
            "portal_admin.ui.payments.page:PaymentsPage",
        ),
        PageSpec(
            "requests",
            QCoreApplication.translate("pages", "Requests"),
            QCoreApplication.translate(
                "pages", "What people asked for in the portal, who works on it, and what is overdue."
            ),
            "requests",
            "portal_admin.ui.requests.page:RequestsPage",
        ),
        PageSpec(
            "imports",
            QCoreApplication.translate("pages", "Import"),
            QCoreApplication.translate(
                "pages", "Take over end users and links from a file, after a dry run that shows every row."
            ),
            "upload",
            "portal_admin.ui.imports.page:ImportsPage",
        ),
        PageSpec(
            "sites",
            QCoreApplication.translate("pages", "Sites"),
            QCoreApplication.translate(
                "pages", "The portal's sites and the private labels whose contracts they show."
            ),
            "sites",
            "portal_admin.ui.sites.page:SitesPage",
        ),
        PageSpec(
            "health",
            QCoreApplication.translate("pages", "Sync & health"),
            QCoreApplication.translate(
                "pages", "Whether the portal's data is fresh, mails leave, and this desk has all it needs."
            ),
            "health",
            "portal_admin.ui.health.page:HealthPage",
        ),
        PageSpec(
            "audit",
            QCoreApplication.translate("pages", "Audit"),
            QCoreApplication.translate(
                "pages", "Who did what, when and why, and proof that no line was changed afterwards."
            ),
            "history",
            "portal_admin.ui.audit.page:AuditPage",
        ),
        PageSpec(
            "operators",
            QCoreApplication.translate("pages", "Operators"),
            QCoreApplication.translate("pages", "Who works at the desks, and what each role may do."),
            "operators",
            "portal_admin.ui.operators.page:OperatorsPage",
        ),
        PageSpec(
            "connect",
            QCoreApplication.translate("pages", "Connect"),
            QCoreApplication.translate(
                "pages", "The portal database and the ASPIRE that this desk works with."
            ),
            "connect",
            "portal_admin.ui.connect.page:ConnectPage",
            needs_desk=False,
        ),
    )
