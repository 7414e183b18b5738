"""Pictures of a recording, drawn with matplotlib: each module draws what one capability found."""
