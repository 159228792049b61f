"""What is known of one end user and can be done, as panels of several screens."""
