from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal_admin.domain import field_words
from portal_admin.domain.field_conditions import CONDITIONS
from portal_admin.domain.field_transforms import NotInThisForm, value_of
from portal_admin.domain.field_words import Manner
from portal_admin.domain.fields import (
    Catalogue,
    ContractFacts,
    Field,
    FieldNote,
    FieldRow,
    Provenance,
    Reading,
    Source,
    State,
    compare,
)

CHICAGO = Manner(ZoneInfo("America/Chicago"))
NOW = datetime(2026, 11, 21, 20, 0, tzinfo=UTC)
TODAY = date(2026, 11, 21)
QUARTER = timedelta(minutes=15)
FRESH = NOW - QUARTER
OLD = NOW - 2 * QUARTER - timedelta(seconds=1)

BALANCE = Field(
    key="contract.balance",
    screen="Contract detail",
    label="Remaining balance",
    aspire_screen="Contract Explorer › Financing › Remaining Balance",
    source=Source.ASPIRE,
    wording="Your remaining balance is {value}.",
    provenance=Provenance.INFERRED,
    record="Contract.RemainingBalance",
    data_class="contract",
    cadence_class="contract",
    transform="money",
)
INVOICES = [
    {
        "InvoiceNumber": "INV-2",
        "InvoiceDate": "2026-11-01",
        "DueDate": "2026-12-01",
        "Details": [
            {"TransactionCode": "RENT", "OriginalDueAmount": "1000.00", "CurrentDueAmount": "1000.00"}
        ],
    },
    {
        "InvoiceNumber": "INV-1",
        "InvoiceDate": "2026-10-01",
        "DueDate": "2026-11-01",
        "Details": [
            {"TransactionCode": "RENT", "OriginalDueAmount": "1000.00", "CurrentDueAmount": "75.10"},
            {"TransactionCode": "TAX", "OriginalDueAmount": "50.00", "CurrentDueAmount": "0.00"},
        ],
    },
    {
        "InvoiceNumber": "INV-0",
        "InvoiceDate": "2026-09-01",
        "DueDate": "2026-10-01",
        "Details": [{"TransactionCode": "RENT", "OriginalDueAmount": "1000.00", "CurrentDueAmount": "0.00"}],
    },
]
SCHEDULE = {
    "Lines": [
        {
            "Date": "2026-10-01",
            "Payment": "10.00",
            "Principal": "8.00",
            "Interest": "2.00",
            "Balance": "16.00",
        },
        {
            "Date": "2026-11-21",
            "Payment": "10.00",
            "Principal": "9.00",
            "Interest": "1.00",
            "Balance": "7.00",
        },
        {"Date": "2026-12-01", "Payment": "7.50", "Principal": "7.00", "Interest": "0.50", "Balance": "0.00"},
    ]
}


def entry(record: str, **given: str) -> Field:
    return replace(BALANCE, record=record, **{"transform": "text", **given})


@pytest.mark.parametrize(
    ("portal", "aspire", "state"),
    [
        (Reading("a", FRESH), Reading("a", NOW), State.EQUAL),
        (Reading(None, FRESH), Reading(None, NOW), State.EQUAL),
        (Reading("a", FRESH), Reading("A", NOW), State.DIFFERS),
        (Reading(None, FRESH), Reading("a", NOW), State.DIFFERS),
        (Reading("a", FRESH), Reading(found=False), State.DIFFERS),
        (Reading(Decimal("1.5"), FRESH), Reading(Decimal("1.50"), NOW), State.EQUAL),
        (Reading("a", NOW - 2 * QUARTER), Reading("a", NOW), State.EQUAL),
        (Reading("a", OLD), Reading("a", NOW), State.STALE),
        (Reading("a", None), Reading("a", NOW), State.STALE),
        (Reading("a", OLD), Reading("b", NOW), State.DIFFERS),
        (Reading(found=False), Reading("a", NOW), State.NOT_STORED),
        (Reading("a", FRESH), Reading(problem="ASPIRE did not answer."), State.NOT_READABLE),
        (Reading(found=False), Reading(problem="ASPIRE did not answer."), State.NOT_READABLE),
    ],
)
def test_that_two_readings_have_one_state(portal: Reading, aspire: Reading, state: State) -> None:
    assert compare(portal, aspire, now=NOW, cadence=QUARTER) is state


@given(st.text() | st.decimals(allow_nan=False) | st.dates() | st.none(), st.booleans())
def test_that_a_reading_that_failed_is_never_equal_or_different(value: object, found: bool) -> None:
    unread = Reading(found=found, problem="no answer")
    assert compare(Reading(value, FRESH), unread, now=NOW, cadence=QUARTER) is State.NOT_READABLE  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("record", "given", "value"),
    [
        ("InvoiceHeader.InvoiceNumber", {}, ("INV-2", "INV-1", "INV-0")),
        ("InvoiceHeader.InvoiceNumber", {"select": "open"}, ("INV-1", "INV-2")),
        ("InvoiceHeader.InvoiceNumber", {"select": "oldest_open"}, "INV-1"),
        ("InvoiceHeader.InvoiceNumber", {"select": "latest_invoice"}, "INV-2"),
        ("InvoiceHeader.InvoiceNumber", {"select": "open", "transform": "count"}, 2),
        ("InvoiceHeader.DueDate", {"select": "open", "transform": "earliest"}, date(2026, 11, 1)),
        (
            "InvoiceHeader.Details.CurrentDueAmount",
            {"select": "open", "transform": "sum"},
            Decimal("1075.10"),
        ),
        (
            "InvoiceHeader.Details.CurrentDueAmount",
            {"select": "past_due", "transform": "sum"},
            Decimal("75.10"),
        ),
        ("InvoiceHeader.Details.TransactionCode", {"select": "open"}, ("RENT", "TAX", "RENT")),
    ],
)
def test_that_open_charges_are_what_is_still_due(record: str, given: dict[str, str], value: object) -> None:
    assert value_of(entry(record, **given), INVOICES, today=TODAY) == value


@pytest.mark.parametrize(
    ("record", "select", "transform", "value"),
    [
        ("AmortizationSchedule.Lines.Date", "all", "count", 3),
        ("AmortizationSchedule.Lines.Date", "next_line", "date", date(2026, 11, 21)),
        ("AmortizationSchedule.Lines.Principal", "next_line", "money", Decimal("9.00")),
        ("AmortizationSchedule.Lines.Balance", "last_line", "money", Decimal("0.00")),
        ("AmortizationSchedule.Lines.Interest", "all", "sum", Decimal("3.50")),
    ],
)
def test_that_the_next_line_of_a_schedule_is_the_first_not_yet_past(
    record: str, select: str, transform: str, value: object
) -> None:
    assert value_of(entry(record, select=select, transform=transform), SCHEDULE, today=TODAY) == value


@pytest.mark.parametrize(
    ("transform", "stored", "value"),
    [
        ("text", "0012-0045", "0012-0045"),
        ("label", "  ", None),
        ("label", " EASTERN ", "EASTERN"),
        ("money", "18240.10", Decimal("18240.10")),
        ("percent", "7.2500", "7.25 %"),
        ("percent", "10.0000", "10 %"),
        ("whole", 36, 36),
        ("date", "2026-12-01", date(2026, 12, 1)),
        ("instant", "2026-03-01T15:00:00Z", datetime(2026, 3, 1, 15, tzinfo=UTC)),
        ("yes_no", True, "Yes"),
        ("area", True, "Closed"),
        ("area", False, "Open"),
        ("contract_type", "OperatingLease", "Operating lease"),
        ("contract_type", "Rental", "Rental"),
        ("cash_method", "PriorityPost", "Priority Post"),
        ("eft_status", 1, "Scheduled"),
        ("eft_status", 0, "Processed or canceled"),
        ("return_reason", "R01", "R01, insufficient funds"),
        ("last_four", "6789", "•••• 6789"),
        ("last_four", "000123456789", "•••• 6789"),
        ("last_four", "", "••••"),
        ("text", None, None),
    ],
)
def test_that_each_transform_gives_the_form_the_portal_shows(
    transform: str, stored: object, value: object
) -> None:
    found = value_of(entry("Contract.X", transform=transform), {"X": stored}, today=TODAY)
    assert found == value


@pytest.mark.parametrize(
    ("transform", "stored"),
    [
        ("money", "a lot"),
        ("money", "NaN"),
        ("date", "1 Dec"),
        ("instant", "2026-03-01T15:00:00"),
        ("yes_no", "maybe"),
    ],
)
def test_that_a_value_of_another_form_is_refused_and_never_shown_as_absent(
    transform: str, stored: str
) -> None:
    with pytest.raises(NotInThisForm):
        value_of(entry("Contract.X", transform=transform), {"X": stored}, today=TODAY)


def test_that_nothing_at_all_is_no_value_and_no_sum() -> None:
    assert value_of(entry("InvoiceHeader.InvoiceNumber"), [], today=TODAY) is None
    assert value_of(entry("Contract.BillToLocation.City"), {"BillToLocation": None}, today=TODAY) is None
    assert value_of(entry("CreditLine.Available", transform="sum"), [], today=TODAY) == 0


@pytest.mark.parametrize(
    ("condition", "facts", "holds"),
    [
        ("has_schedule", ContractFacts(contract_type="OperatingLease"), False),
        ("has_schedule", ContractFacts(contract_type="CapitalLease"), True),
        ("has_schedule", ContractFacts(), None),
        ("has_interest", ContractFacts(contract_type="OperatingLease"), False),
        ("payments_on", ContractFacts(payments_enabled=False), False),
        ("payments_on", ContractFacts(payments_enabled=None), None),
        ("open_only", ContractFacts(is_terminated=True), False),
        ("open_only", ContractFacts(is_terminated=False), True),
        ("closed_only", ContractFacts(is_terminated=False), False),
        ("closed_only", ContractFacts(), None),
    ],
)
def test_that_a_condition_decides_only_on_known_facts(
    condition: str, facts: ContractFacts, holds: bool | None
) -> None:
    assert CONDITIONS[condition].holds(facts) is holds


def test_that_every_word_must_be_found_in_portal_label_or_aspire_name() -> None:
    other = replace(
        BALANCE, key="a.b", screen="Assets", label="Serial", aspire_screen="", record="Equipment.SerialNumber"
    )
    catalogue = Catalogue((BALANCE, other))
    assert catalogue.find(text="BALANCE financing") == (BALANCE,)
    assert catalogue.find(text="equipment.serial") == (other,)
    assert catalogue.find(text="balance", screen="Assets") == ()
    assert catalogue.find() == (BALANCE, other)
    assert catalogue.screens == ("Contract detail", "Assets")


def row(state: State, portal: Reading | None, aspire: Reading | None, **given: object) -> FieldRow:
    return FieldRow(BALANCE, state, portal, aspire, **given)  # type: ignore[arg-type]


def test_that_a_difference_is_told_with_what_the_portal_still_shows() -> None:
    differing = row(
        State.DIFFERS,
        Reading(Decimal("18240.10"), FRESH),
        Reading(Decimal("17165.10"), NOW),
        next_update=NOW + QUARTER,
    )
    assert field_words.spoken(differing, manner=CHICAGO) == (
        "Your remaining balance is 17,165.10. "
        "Your portal still shows 18,240.10; its next update is due at 14:15."
    )


@pytest.mark.parametrize(
    ("due", "said"),
    [
        (NOW - QUARTER, "is due now"),
        (NOW + QUARTER, "is due at 14:15"),
        (NOW + timedelta(hours=14), "is due on 22 Nov 2026 at 04:00"),
    ],
)
def test_that_the_caller_hears_when_the_portal_catches_up(due: datetime, said: str) -> None:
    differing = row(State.DIFFERS, Reading(None, FRESH), Reading(Decimal(1), NOW), next_update=due)
    assert field_words.spoken(differing, manner=CHICAGO).endswith(f"nothing there; its next update {said}.")


def test_that_without_aspire_the_portals_value_is_told_with_its_time() -> None:
    alone = row(
        State.NOT_READABLE, Reading(Decimal("1.00"), FRESH), Reading(found=False, problem="no answer")
    )
    said = field_words.spoken(alone, manner=CHICAGO)
    assert said == "Your remaining balance is 1.00. That is as of 21 Nov 2026 13:45."


def test_that_nothing_readable_is_never_told_as_nothing() -> None:
    unread = row(State.NOT_READABLE, Reading(found=False), Reading(found=False, problem="no answer"))
    assert "cannot see" in field_words.spoken(unread, manner=Manner())


def test_that_other_peoples_registrations_are_not_read_out() -> None:
    users = replace(BALANCE, source=Source.PORTAL, record="end_user.email", wording="You sign in as {value}.")
    one, two = Reading("a@x.example"), Reading(("a@x.example", "b@x.example"))
    assert (
        field_words.spoken(FieldRow(users, State.NOT_COMPARED, one), manner=CHICAGO)
        == "You sign in as a@x.example."
    )
    assert "@" not in field_words.spoken(FieldRow(users, State.NOT_COMPARED, two), manner=CHICAGO)


def test_that_no_value_is_told_as_none_on_record() -> None:
    none = row(State.EQUAL, Reading(None, FRESH), Reading(None, NOW))
    assert field_words.spoken(none, manner=Manner()) == "We have nothing on record for that on this contract."


def test_that_long_lists_are_cut_when_read_aloud() -> None:
    numbers = Reading(("A", "B", "C", "D", "E"), NOW)
    said = field_words.spoken(row(State.EQUAL, numbers, numbers), manner=Manner())
    assert said == "Your remaining balance is A, B, C and 2 more."


def test_that_values_read_the_same_everywhere() -> None:
    shown = (Decimal("18240.1"), date(2026, 12, 1), None, "x")
    assert field_words.words(shown, manner=Manner()) == "18,240.10, 1 Dec 2026, —, x"
    assert field_words.plain(shown) == ["18240.1", "2026-12-01", None, "x"]
    assert field_words.plain(NOW) == "2026-11-21T20:00:00Z"


def test_that_provenance_claims_no_more_than_it_has() -> None:
    stated = replace(BALANCE, provenance=Provenance.ARTICLE, article="some-article")
    assert field_words.provenance(stated).endswith("The ASPIRE screen is inferred.")
    named = replace(stated, screen_provenance=Provenance.ARTICLE)
    assert field_words.provenance(named).endswith("The ASPIRE screen is named there.")
    assert "Inferred" in field_words.provenance(BALANCE)


def test_that_the_newest_verification_counts() -> None:
    newest = FieldNote("k", "", date(2026, 11, 20), NOW, "jdoe")
    notes = (FieldNote("k", "just a note", None, NOW, "x"), newest)
    assert field_words.verification(notes) == "Verified by this company on 20 Nov 2026 (jdoe)"
    assert field_words.verification(notes[:1]) is None
