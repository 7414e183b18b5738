"""The form: sections by repetition."""
