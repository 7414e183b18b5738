"""Which frequencies there are: partials, balance, hum, resonances."""
