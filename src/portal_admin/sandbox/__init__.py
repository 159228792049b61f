"""A stand-in ASPIRE: a real HTTP server with a generated portfolio and faults that can be switched on."""
