"""What it sounds like: single hits, tags, vectors for similarity."""
