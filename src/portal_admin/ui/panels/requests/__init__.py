"""What several screens show of service requests."""
