"""Which private labels a site takes, as panels of several screens."""
