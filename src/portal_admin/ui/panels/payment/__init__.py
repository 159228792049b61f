"""Payments as several screens show them: a caller's list, a timeline, submitting and cancelling."""
