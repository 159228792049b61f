"""The caller's page."""
