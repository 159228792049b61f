"""What several screens show of enrolments."""
