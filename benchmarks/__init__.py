"""Measurements, each beside a reference that does the same work in the same run."""
