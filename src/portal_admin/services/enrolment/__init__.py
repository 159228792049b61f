"""Self-enrollment: rehearsed for a caller, looked up afterwards, done, and whether the portfolio is ready for it."""
