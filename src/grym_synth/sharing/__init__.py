"""Signed packs: what one person taught, heard and read, for another to check, take in and take back."""
