"""The arithmetic of music: what follows from notes, names and numbers without listening to anything.

Pitches and their spelling (`pitch`), keys and the Camelot wheel (`keys`), scales, chords and durations; `solve` reads a
question in words and answers it with one or more findings, or with nothing when it is not one it can compute. Octaves
are scientific (C4 is MIDI 60, A4 is MIDI 69), beats are quarter notes, and nothing here depends on numpy.
"""
