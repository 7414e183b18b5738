"""Outside words to Request, Answer to outside words."""
