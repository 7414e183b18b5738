"""Single-purpose scripts, each runs alone; the hub launches them as processes and never imports them."""
