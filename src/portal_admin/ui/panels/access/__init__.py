"""What an end user sees and why, and linking accounts, as panels of several screens."""
