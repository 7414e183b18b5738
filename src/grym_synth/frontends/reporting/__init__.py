"""The report: one page that holds everything that was found, the sound, and what it takes to hear each finding."""
