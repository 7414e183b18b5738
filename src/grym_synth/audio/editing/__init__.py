"""Changing sound: what was asked, as values; streams of blocks through pure operations; files written whole."""
