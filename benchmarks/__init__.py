"""What is measured, and by which command; see README.md in this folder."""
