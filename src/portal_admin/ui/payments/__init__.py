"""Payments: their way, and what an amount would pay."""
