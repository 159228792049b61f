"""Every desk action without a window."""
