"""ASPIRE over HTTP: the only place that knows its wire format."""
