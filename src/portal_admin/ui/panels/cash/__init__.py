"""What an amount would pay on a contract, wherever somebody asks it."""
