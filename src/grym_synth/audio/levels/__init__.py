"""How large the samples are: facts, loudness, true peak."""
