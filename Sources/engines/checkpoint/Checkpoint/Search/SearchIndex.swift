// SearchIndex: keeps the index of the words in step with the transcripts of the stored records.
package import Records

/// Puts transcripts into the index of the search and takes them out, in the transaction of the record.
///
/// The index has no copy of the text. So what is taken out has to be the very text that was put in:
/// that of the record which was stored until now.
///
/// The changes of a transaction are kept until its commit, and made after all others. FTS5 writes
/// what it has collected to the disk whenever a statement begins that could be undone alone, as one
/// with triggers is; with the changes between such statements, the work was 2.5 times as much.
package final class SearchIndex {
    private struct Change {
        let call: Int64
        let old: SpokenText?
        let new: SpokenText?
        let gone: Set<String>
        let come: Set<String>
        /// The number of the transcript in the order in which they came; `nil` for the next one.
        let number: Int64?
        /// True when the call stands in the index until now.
        var isIndexed = false
    }

    private let checkpoint: Checkpoint
    private let isIndexed: Statement
    private let start: Statement
    private let note: Statement
    private let forget: Statement
    private let addWords: Statement
    private let removeWords: Statement
    private let addTrigrams: Statement
    private let removeTrigrams: Statement
    private let addParty: Statement
    private let removeParty: Statement
    /// The changes of the transaction of this number.
    private var changes: [Change] = []
    private var transaction = -1

    /// Prepares the statements.
    ///
    /// - Throws: `Failure` of scope `stop`.
    package init(_ checkpoint: Checkpoint) throws(Failure) {
        self.checkpoint = checkpoint
        let database = checkpoint.database
        isIndexed = try Statement(database, "SELECT 1 FROM main.spoken WHERE call = ?1")
        start = try Statement(
            database, "SELECT unixepoch(start_time) FROM main.calls WHERE number = ?1")
        note = try Statement(
            database, "INSERT INTO main.spoken(call, start, number) VALUES (?1, ?2, ?3)")
        forget = try Statement(database, "DELETE FROM main.spoken WHERE call = ?1")
        addWords = try Statement(
            database, "INSERT INTO main.words(rowid, text) VALUES (?1, ?2)")
        removeWords = try Statement(
            database, "INSERT INTO main.words(words, rowid, text) VALUES ('delete', ?1, ?2)")
        addTrigrams = try Statement(
            database, "INSERT INTO main.trigrams(rowid, text) VALUES (?1, ?2)")
        removeTrigrams = try Statement(
            database, "INSERT INTO main.trigrams(trigrams, rowid, text) VALUES ('delete', ?1, ?2)")
        addParty = try Statement(
            database, "INSERT INTO main.parties(key, call) VALUES (?1, ?2) ON CONFLICT DO NOTHING")
        removeParty = try Statement(
            database, "DELETE FROM main.parties WHERE key = ?1 AND call = ?2")
        checkpoint.beforeCommit { [weak self] () throws(Failure) in try self?.write() }
    }

    /// Follows a change of a stored record; inside a transaction, after the change.
    ///
    /// - Parameters:
    ///   - call: The call's number.
    ///   - old: The record until now; `nil` for a new one.
    ///   - new: The record from now on; `nil` for one that was erased.
    package func follow(_ call: Int64, from old: Record?, to new: Record?) {
        follow(call, from: old, to: new, as: nil)
    }

    private func follow(_ call: Int64, from old: Record?, to new: Record?, as number: Int64?) {
        let gone = old.map(Party.keys) ?? []
        let come = new.map(Party.keys) ?? []
        if let old, let new, old.raw("transcript") == new.raw("transcript"), gone == come { return }
        if transaction != checkpoint.transactions {
            // The transaction of what is kept was undone.
            changes.removeAll()
            transaction = checkpoint.transactions
        }
        changes.append(
            Change(
                call: call, old: SearchIndex.spoken(old), new: SearchIndex.spoken(new), gone: gone,
                come: come, number: number))
    }

    /// The words of a record; `nil` when there are none.
    private static func spoken(_ record: Record?) -> SpokenText? {
        guard let record else { return nil }
        let text = SpokenText(of: record)
        return text.isEmpty ? nil : text
    }

    /// Puts the transcript of a stored record into the index, unless it stands there.
    ///
    /// - Parameters:
    ///   - call: The call's number.
    ///   - record: Its record.
    ///   - number: The number that the transcript had in the index before; `nil` for none.
    /// - Throws: `Failure` of scope `stop`.
    package func add(_ call: Int64, _ record: Record, as number: Int64? = nil) throws(Failure) {
        if try !isIndexed(call) { follow(call, from: nil, to: record, as: number) }
    }

    private func isIndexed(_ call: Int64) throws(Failure) -> Bool {
        try isIndexed.bind(call)
        return try isIndexed.first { _ throws(Failure) in true } ?? false
    }

    /// Makes the changes of the transaction.
    private func write() throws(Failure) {
        defer { changes.removeAll() }
        guard transaction == checkpoint.transactions else { return }
        for index in changes.indices { try writeRow(&changes[index]) }
        for change in changes {
            if change.isIndexed, let old = change.old {
                try removeWords.run(change.call, old.joined(by: SpokenText.boundary))
            }
            if let new = change.new {
                try addWords.run(change.call, new.joined(by: SpokenText.boundary))
            }
        }
        for change in changes {
            if change.isIndexed, let old = change.old {
                try removeTrigrams.run(change.call, old.joined())
            }
            if let new = change.new { try addTrigrams.run(change.call, new.joined()) }
        }
    }

    private func writeRow(_ change: inout Change) throws(Failure) {
        let call = change.call
        if change.old != nil { change.isIndexed = try isIndexed(call) }
        if change.isIndexed {
            try forget.run(call)
            for key in change.gone { try removeParty.run(key, call) }
        }
        guard change.new != nil else { return }
        try start.bind(call)
        let time = try start.first { row throws(Failure) in try row.whole(0) }
        try note.run(call, time ?? nil, change.number)
        for key in change.come { try addParty.run(key, call) }
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
