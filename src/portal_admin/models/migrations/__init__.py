"""Alembic's revisions of the portal database."""
