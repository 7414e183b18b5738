"""Sentences as vectors: text to word pieces to a unit vector. Routing and searching share it."""
