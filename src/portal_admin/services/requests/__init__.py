"""The queue of service requests: list, show, work on, and hand over to ASPIRE."""
