"""Which keys and chords sound when."""
