"""Arrays in, numbers out: what can be measured in a recording.

One pass decodes a file in blocks (`files`) and feeds every meter that was asked for; meters keep little, so memory
hardly grows with the length. What they keep goes through pure functions on arrays. Nothing here knows of the hub.

Signals are float32, full scale at 1.0, shape (n, channels) in blocks and (n,) in mono; times are seconds.
"""
