"""Payments of portal users: listed, followed to the bank and back, submitted for a caller, and cancelled."""
