"""Rule F: what became of a payment, step by step, each with its proof (`why-is-the-payment-status-not-updating`).

Paid means sent to the bank, not collected; only batches tell Canceled from Paid; what could not be read leaves the
steps that need it unknown, and never makes a no of them.
"""

from __future__ import annotations

from dataclasses import dataclass

from portal_admin.domain import payment_words
from portal_admin.domain.payment_advice import Advice, advice
from portal_admin.domain.payment_banking import batch_posted, picked, sent_to_bank
from portal_admin.domain.payment_cancelling import cancel
from portal_admin.domain.payment_facts import PaymentFacts
from portal_admin.domain.payment_posting import applied, contract_posted, returned
from portal_admin.domain.payment_sending import alternate_eft, requested, sent
from portal_admin.domain.payment_status import status_from
from portal_admin.domain.payment_steps import Step, StepKind
from portal_admin.domain.payments import PaymentStatus


@dataclass(frozen=True, slots=True)
class Timeline:
    """The steps in their order; `status` is what the portal shows, `proven` what it should show by the evidence.

    `status_words` say what that means, `phone` is the sentence for the caller.
    """

    status: PaymentStatus
    proven: PaymentStatus
    status_words: str
    phone: str
    steps: tuple[Step, ...]
    advice: tuple[Advice, ...]

    def step(self, kind: StepKind) -> Step:
        """The step of that kind; a KeyError for a cancellation that nobody asked for."""
        for step in self.steps:
            if step.kind is kind:
                return step
        raise KeyError(kind)


def timeline(facts: PaymentFacts) -> Timeline:
    """Judge every step on its own evidence, and on the step before it where it has none."""
    entry = alternate_eft(facts)
    picking = picked(facts, entry)
    posting = batch_posted(facts, picking)
    to_bank = sent_to_bank(facts, posting)
    posted = contract_posted(facts, to_bank)
    cancelling = cancel(facts)
    steps = (
        requested(facts),
        sent(facts),
        entry,
        *((cancelling,) if cancelling else ()),
        picking,
        posting,
        to_bank,
        posted,
        applied(facts, posted),
        returned(facts, to_bank),
    )
    by_kind = {step.kind: step for step in steps}
    proven = status_from(facts)
    return Timeline(
        facts.payment.status,
        proven,
        payment_words.status_words(by_kind, proven),
        payment_words.phone_sentence(facts, by_kind, proven),
        steps,
        advice(facts, by_kind, proven),
    )
