"""Connecting the desk: profile, database, ASPIRE and the first site."""
