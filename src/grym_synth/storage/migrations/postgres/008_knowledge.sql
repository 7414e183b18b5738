-- The words of the passages that are searched: stemmed as on SQLite, none left out, a title and a heading before a text.
CREATE TEXT SEARCH DICTIONARY grym_stem (TEMPLATE = snowball, Language = 'porter');
CREATE TEXT SEARCH CONFIGURATION grym (COPY = simple);
ALTER TEXT SEARCH CONFIGURATION grym
    ALTER MAPPING FOR asciiword, asciihword, hword_asciipart, word, hword, hword_part WITH grym_stem;
CREATE TABLE knowledge_words (
    passage BIGINT PRIMARY KEY,
    words TSVECTOR NOT NULL
);
CREATE INDEX knowledge_words_by_word ON knowledge_words USING gin (words)
