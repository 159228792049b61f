"""The queue of service requests."""
