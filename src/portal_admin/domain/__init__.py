"""What the desk knows and the rules it applies: frozen records and pure functions, no input or output."""
