"""Delivers the registration and reset mails that wait in the outbox."""
