// Access: the table of the tokens with which programs ask the web service.

extension Schema {
    /// The tokens: their names, what they allow, and the SHA-256 of each, never the token.
    ///
    /// A name belongs to one token at a time, and is free again when that one is revoked.
    package static let accessTables = """
        CREATE TABLE tokens(
          number INTEGER PRIMARY KEY, name TEXT NOT NULL, scope TEXT NOT NULL,
          hash TEXT NOT NULL UNIQUE, made_at TEXT NOT NULL, expires_at TEXT NOT NULL,
          revoked_at TEXT, CHECK (scope IN ('read', 'operate', 'admin'))) STRICT;
        CREATE UNIQUE INDEX tokens_name ON tokens(name) WHERE revoked_at IS NULL;

        """
}
