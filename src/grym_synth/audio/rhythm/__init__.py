"""When things happen: onsets, tempo, beats, bars."""
