"""Signed packs: what one person taught and read, for another to check against recordings of their own."""
