"""Portal Admin: the desk tool of a finance company for its ASPIRE Customer Portal."""

__version__ = "0.1.0"
