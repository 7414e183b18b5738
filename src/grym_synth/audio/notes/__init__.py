"""Melody, notes of several voices, MIDI."""
