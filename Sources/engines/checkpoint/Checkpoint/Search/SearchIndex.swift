// SearchIndex: keeps the index of the words in step with the transcripts of the stored records.
package import Records

/// Puts transcripts into the index of the search and takes them out, in the transaction of the record.
///
/// The index has no copy of the text. So what is taken out has to be the very text that was put in:
/// that of the record which was stored until now.
package final class SearchIndex {
    private let checkpoint: Checkpoint
    private let isIndexed: Statement
    private let note: Statement
    private let forget: Statement
    private let addWords: Statement
    private let removeWords: Statement
    private let addTrigrams: Statement
    private let removeTrigrams: Statement
    private let addParty: Statement
    private let removeParty: Statement

    /// Prepares the statements.
    ///
    /// - Throws: `Failure` of scope `stop`.
    package init(_ checkpoint: Checkpoint) throws(Failure) {
        self.checkpoint = checkpoint
        let database = checkpoint.database
        isIndexed = try Statement(database, "SELECT 1 FROM main.spoken WHERE call = ?1")
        note = try Statement(
            database,
            """
            INSERT INTO main.spoken(call, start)
            SELECT number, unixepoch(start_time) FROM main.calls WHERE number = ?1
            """)
        forget = try Statement(database, "DELETE FROM main.spoken WHERE call = ?1")
        addWords = try Statement(
            database,
            """
            INSERT INTO main.words(rowid, agent, customer, other)
            VALUES (:call, :agent, :customer, :other)
            """)
        removeWords = try Statement(
            database,
            """
            INSERT INTO main.words(words, rowid, agent, customer, other)
            VALUES ('delete', :call, :agent, :customer, :other)
            """)
        addTrigrams = try Statement(
            database, "INSERT INTO main.trigrams(rowid, text) VALUES (?1, ?2)")
        removeTrigrams = try Statement(
            database, "INSERT INTO main.trigrams(trigrams, rowid, text) VALUES ('delete', ?1, ?2)")
        addParty = try Statement(
            database, "INSERT INTO main.parties(key, call) VALUES (?1, ?2) ON CONFLICT DO NOTHING")
        removeParty = try Statement(
            database, "DELETE FROM main.parties WHERE key = ?1 AND call = ?2")
    }

    /// Follows a change of a stored record; inside a transaction, after the change.
    ///
    /// - Parameters:
    ///   - call: The call's number.
    ///   - old: The record until now; `nil` for a new one.
    ///   - new: The record from now on; `nil` for one that was erased.
    /// - Throws: `Failure` of scope `stop`.
    package func follow(_ call: Int64, from old: Record?, to new: Record?) throws(Failure) {
        if let old, let new, old.raw("transcript") == new.raw("transcript"),
            Party.keys(of: old) == Party.keys(of: new)
        {
            return
        }
        let after = new.map { SpokenText(of: $0) }
        if let old, old.has("transcript"), try isIndexed(call) {
            try remove(call, SpokenText(of: old))
            for key in Party.keys(of: old) { try removeParty.run(key, call) }
        }
        guard let new, let after, !after.isEmpty else { return }
        try add(call, after)
        for key in Party.keys(of: new) { try addParty.run(key, call) }
    }

    /// Puts the transcript of a stored record into the index, unless it stands there.
    package func add(_ call: Int64, _ record: Record) throws(Failure) {
        if try isIndexed(call) { return }
        try follow(call, from: nil, to: record)
    }

    private func isIndexed(_ call: Int64) throws(Failure) -> Bool {
        try isIndexed.bind(call)
        return try isIndexed.first { _ throws(Failure) in true } ?? false
    }

    private func add(_ call: Int64, _ text: SpokenText) throws(Failure) {
        try note.run(call)
        try bind(addWords, call, text)
        try addWords.run()
        try addTrigrams.run(call, SearchIndex.joined(text))
    }

    private func remove(_ call: Int64, _ text: SpokenText) throws(Failure) {
        try forget.run(call)
        try bind(removeWords, call, text)
        try removeWords.run()
        try removeTrigrams.run(call, SearchIndex.joined(text))
    }

    private func bind(
        _ statement: borrowing Statement, _ call: Int64, _ text: SpokenText
    ) throws(Failure) {
        try statement.bind([
            ":call": call, ":agent": text.string(of: .agent),
            ":customer": text.string(of: .customer), ":other": text.string(of: .other),
        ])
    }

    /// All that was said, a side after the other.
    private static func joined(_ text: SpokenText) -> String {
        String(decoding: Array(text.texts.joined(separator: "\n".utf8)), as: UTF8.self)
    }
}

extension SpokenText {
    /// The text of one side.
    package func string(of side: Side) -> String {
        String(decoding: text(of: side), as: UTF8.self)
    }
}

/// The parties of a call as keys of the search.
package enum Party {
    /// The digits of a number that count: a country's code is written at times and at times not.
    private static let significant = 10

    /// The key of a phone number however it is written; `nil` for one with less than three digits.
    package static func phone(_ text: String) -> String? {
        let digits = text.unicodeScalars.filter { ("0"..."9").contains($0) }
        guard digits.count >= 3 else { return nil }
        return "p" + String(String.UnicodeScalarView(digits.suffix(significant)))
    }

    /// The key of an extension; `nil` for an empty one.
    package static func `extension`(_ text: String) -> String? {
        text.isEmpty ? nil : "x" + text
    }

    /// The keys of both ends of a call.
    package static func keys(of record: Record) -> Set<String> {
        var keys: Set<String> = []
        for end in ["from", "to"] {
            if let key = record.string(end, "phone").flatMap(phone) { keys.insert(key) }
            if let key = record.string(end, "extension").flatMap(`extension`) { keys.insert(key) }
        }
        return keys
    }
}
