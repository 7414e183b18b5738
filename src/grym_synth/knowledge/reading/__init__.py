"""A file of any kind becomes a document: title, text, sections and links. Only the read agent runs this."""
