"""Files of sound: refused with a reason, or decoded block by block."""
