// Upkeep: the parts of state-search that answer, and those that keep the index whole.
import Checkpoint
import CheckpointSearch
import Filter
import Records

extension Report {
    /// Answers the question of the command line, or the saved one that it names.
    func answer(_ options: Options<ToolOptions>, in checkpoint: Checkpoint) throws {
        if options.question?.isOfParty == true, !options.count, options.by == nil,
            !options.records, !options.explain, options.saved == nil
        {
            return try writeHistory(options, in: checkpoint)
        }
        let saved = SavedSearches(checkpoint)
        if let name = options.saved, let question = options.question, !options.explain {
            try saved.keep(question, as: name)
        }
        let kept =
            options.explain && options.question != nil
            ? nil : try options.saved.map { try saved.find($0) }
        guard let question = kept?.question ?? options.question else { return }
        let search: Search
        do {
            search = try Search(question, in: checkpoint)
        } catch let error as SearchExpression.Malformed {
            throw UsageError(error.reason)
        }
        if options.explain { return try write(search.explanation) }
        if try !search.isComplete() {
            fail(
                Failure(
                    .item, .integrity,
                    "search all transcripts: those of before an upgrade are not in the index",
                    remedy: "run state-search --rebuild"))
        }
        let last = try saved.last()
        let answers = Answers(options: options, report: self)
        let seen = options.isNew ? kept?.seen ?? 0 : 0
        if options.count || options.by != nil {
            try answers.writeCounts(search, after: seen)
        } else {
            try answers.write(search, after: seen)
        }
        try flush()
        if let name = options.saved { try saved.note(name, answered: last) }
    }

    /// Lists the calls of a party in the order of time, and what became of each.
    func writeHistory(_ options: Options<ToolOptions>, in checkpoint: Checkpoint) throws {
        guard let question = options.question else { return }
        var rows: [JSON] = []
        var room = options.limit ?? .max
        try CallerHistory(question, in: checkpoint).forEach { record, stages in
            try check()
            func raw(_ name: String) -> JSON? {
                record.raw(name).flatMap { $0.elementsEqual("null".utf8) ? nil : .raw(Array($0)) }
            }
            rows.append(
                .members([
                    "id": .string(record.id), "start": raw("start"), "duration": raw("duration"),
                    "direction": raw("direction"), "result": raw("result"), "from": raw("from"),
                    "to": raw("to"), "has_transcript": .bool(record.has("transcript")),
                    "stages": .object(stages.map { .init($0.stage, .string($0.status)) }),
                ]))
            if !isForPeople { try write(rows.removeLast()) }
            room -= 1
            return room > 0
        }
        guard isForPeople else { return }
        try write(
            rows,
            as: [
                Column("start", shown: Column.time), Column("duration", "seconds", .right),
                Column("direction"), Column("result"), Column("id"),
                Column("has_transcript", "transcript"), Column("stages"),
            ])
    }

    /// Makes the index anew.
    func rebuild(_ checkpoint: Checkpoint, _ observer: Observer) throws {
        let count = try SearchUpkeep(checkpoint).rebuild { _ in try check() }
        observer(.note("\(count) transcripts are in the index"))
    }

    /// Compares the index with the transcripts; the exit status is 1 when they differ.
    func check(_ checkpoint: Checkpoint) throws {
        var differences: [JSON] = []
        let compared = try SearchUpkeep(checkpoint).check { difference in
            try check()
            fail()
            differences.append(
                .members(["id": .string(difference.id), "difference": .string(difference.what)]))
        }
        guard !differences.isEmpty else {
            return try write(
                [JSON.members(["transcripts": .int(compared), "differences": .int(0)])],
                as: [Column("transcripts", nil, .right), Column("differences", nil, .right)])
        }
        try write(differences, as: [Column("id"), Column("difference")])
    }
}
