"""Dates in words, in English whatever the machine's locale: Qt takes that over, and strftime follows it."""

from __future__ import annotations

from datetime import date

MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)


def day_words(value: date) -> str:
    """`1 Mar 2026`."""
    return f"{day_of_year(value)} {value.year}"


def day_of_year(value: date) -> str:
    """`1 Mar`, where the year is plain."""
    return f"{value.day} {MONTHS[value.month - 1][:3]}"


def long_day_words(value: date) -> str:
    """`1 March 2026`."""
    return f"{value.day} {MONTHS[value.month - 1]} {value.year}"
