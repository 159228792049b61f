"""What several screens show: they import from here, never from each other."""
