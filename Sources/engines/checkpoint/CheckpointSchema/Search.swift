// Search: the tables by which a transcript is found again, by its words and by its parties.

extension Schema {
    /// The tables of the search.
    ///
    /// One row a call, with the call's number, in each of them. The index has no copy of the text:
    /// with a row a segment it would be twice as large. The text is in the record, which tells the
    /// second and the speaker of a hit.
    ///
    /// `spoken` says which calls stand in the index, numbered in the order in which their transcripts
    /// came, with their start in seconds since 1970, so that hits come in order of time without a look
    /// at their records.
    ///
    /// `unindexed` has a row while there may be calls up to that number whose transcripts are not in
    /// the index: those that an older version stored.
    package static let searchTables = """
        CREATE TABLE spoken(
          number INTEGER PRIMARY KEY AUTOINCREMENT, call INTEGER NOT NULL UNIQUE,
          start INTEGER) STRICT;
        CREATE INDEX spoken_start ON spoken(start);
        CREATE TRIGGER calls_spoken AFTER UPDATE OF start_time ON calls
          WHEN OLD.start_time IS NOT NEW.start_time BEGIN
          UPDATE spoken SET start = unixepoch(NEW.start_time) WHERE call = NEW.number;
        END;
        CREATE VIRTUAL TABLE words USING fts5(
          agent, customer, other, content = '', tokenize = 'unicode61 remove_diacritics 2');
        CREATE VIRTUAL TABLE trigrams USING fts5(
          text, content = '', detail = 'none', tokenize = 'trigram');
        CREATE TABLE parties(
          key TEXT NOT NULL, call INTEGER NOT NULL, PRIMARY KEY(key, call)) STRICT, WITHOUT ROWID;
        CREATE TABLE unindexed(up_to INTEGER) STRICT;
        INSERT INTO unindexed SELECT max(number) FROM calls HAVING max(number) > 0;
        CREATE TABLE searches(
          name TEXT PRIMARY KEY, question TEXT NOT NULL, seen INTEGER NOT NULL DEFAULT 0,
          asked_at TEXT) STRICT;
        """

    /// The words of both sides as one text: a column for each costs two bytes for nearly every word,
    /// a sixth of the index, and the record tells the side of a hit in any case.
    ///
    /// The index is to be made anew.
    package static let joinedWords = """
        DROP TABLE words;
        CREATE VIRTUAL TABLE words USING fts5(
          text, content = '', tokenize = 'unicode61 remove_diacritics 2');
        INSERT INTO trigrams(trigrams) VALUES ('delete-all');
        DELETE FROM spoken;
        DELETE FROM parties;
        INSERT INTO unindexed SELECT max(number) FROM calls HAVING max(number) > 0;
        """
}
