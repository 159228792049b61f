"""One function for each thing a rep does; database sessions live and die here."""
