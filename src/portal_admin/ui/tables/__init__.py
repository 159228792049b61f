"""Tables: a paged one for a million rows, a plain one for short lists."""
