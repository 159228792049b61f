"""Enrolment: rehearsal, attempts and readiness."""
