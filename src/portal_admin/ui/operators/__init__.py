"""The Operators screen."""
