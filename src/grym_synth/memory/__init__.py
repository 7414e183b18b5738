"""What we have heard, and how it is found again: the library as columns, neighbours, duplicates, patterns."""
