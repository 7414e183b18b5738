"""What `check` reads a sentence by: its tokens, and what evidence must hold, a module for each kind of statement."""
