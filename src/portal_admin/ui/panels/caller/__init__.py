"""What the caller's page shows of a caller's contracts: the list, why each is seen or not, and its live facts."""
