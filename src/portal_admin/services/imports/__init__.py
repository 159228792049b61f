"""Bulk import of end users and links: read a file, rehearse it, run it, resume it, take it back."""
