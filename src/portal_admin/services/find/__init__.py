"""The one box: people, contacts, accounts, contracts and payments, by whatever somebody types."""

from portal_admin.services.find.box import search
from portal_admin.services.find.hits import Found, Group, Hit, Kind

__all__ = ("Found", "Group", "Hit", "Kind", "search")
