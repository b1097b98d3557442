// Answers: the calls that were found, as objects for programs and as lines for people.
import Checkpoint
import CheckpointSearch
import Filter
import Records

/// The keys by which calls are counted.
enum SearchKey: String, CaseIterable {
    case day, speaker, `extension`
}

/// Writes what a search finds.
struct Answers {
    /// The most calls on a terminal, unless --limit says another number.
    private static let shown = 10

    let options: Options<ToolOptions>
    let report: Report

    /// Writes the calls, up to the limit.
    func write(_ search: Search, after seen: Int64) throws {
        let limit = options.limit ?? (report.isForPeople && !options.records ? Answers.shown : .max)
        var (written, hasMore) = (0, false)
        try search.forEach(options.order, after: seen) { answer in
            try report.check()
            if written == limit {
                hasMore = true
                return false
            }
            written += 1
            if options.records {
                try report.write(records: answer.record.bytes + [UInt8(ascii: "\n")])
            } else if report.isForPeople {
                for line in lines(answer) { try report.write(line) }
            } else {
                try report.write(json(answer))
            }
            return true
        }
        if hasMore, options.limit == nil {
            options.observer(.note("there are more: --limit N shows N of them"))
        }
    }

    /// Writes the number of calls, or of the calls of each group.
    func writeCounts(_ search: Search, after seen: Int64) throws {
        guard let key = options.by else {
            var count = 0
            try search.forEachStart(after: seen) { _ in count += 1 }
            return try report.write(
                [JSON.members(["count": .int(count)])], as: [Column("count", nil, .right)])
        }
        var counts: [String: Int] = [:]
        if key == .day {
            try search.forEachStart(after: seen) { start in
                let day = start.map { Timestamp(seconds: Double($0)).text.prefix(10) }
                counts[day.map(String.init) ?? "", default: 0] += 1
            }
        } else {
            try search.forEach(.time, after: seen) { answer in
                for group in groups(of: answer, key) { counts[group, default: 0] += 1 }
                return true
            }
        }
        let rows = counts.sorted { $0.key < $1.key }.map { group, count in
            JSON.members([
                key.rawValue: group.isEmpty ? .null : .string(group), "count": .int(count),
            ])
        }
        try report.write(rows, as: [Column(key.rawValue), Column("count", nil, .right)])
    }

    /// The groups that a call counts in: a speaker of whom a hit is, or an extension of the call.
    private func groups(of answer: Search.Answer, _ key: SearchKey) -> Set<String> {
        if key == .speaker { return Set(answer.hits.map { $0.utterance.speaker ?? "" }) }
        let ends = ["from", "to"].compactMap { answer.record.string($0, "extension") }
        return ends.isEmpty ? [""] : Set(ends)
    }

    // For programs.

    private func json(_ answer: Search.Answer) -> JSON {
        let record = answer.record
        func raw(_ name: String) -> JSON? { record.raw(name).map { .raw(Array($0)) } }
        let first = answer.hits.first
        return .members([
            "id": .string(record.id), "start": raw("start"), "duration": raw("duration"),
            "direction": raw("direction"), "from": raw("from"), "to": raw("to"),
            "offset": .number(first?.utterance.start), "segment": .whole(first?.utterance.segment),
            "speaker": .text(first?.utterance.speaker), "text": .text(first?.text),
            "hits": .array(answer.hits.map { json($0, in: answer) }),
        ])
    }

    private func json(_ hit: SearchHit, in answer: Search.Answer) -> JSON {
        let context = options.context
        return .members([
            "offset": .number(hit.utterance.start), "end": .number(hit.utterance.end),
            "segment": .whole(hit.utterance.segment), "speaker": .text(hit.utterance.speaker),
            "text": .string(hit.text),
            "marks": .array(hit.parts.filter(\.isMark).map { .string($0.text) }),
            "before": context == 0 ? nil : .array(neighbours(of: hit, in: answer, -context ... -1)),
            "after": context == 0 ? nil : .array(neighbours(of: hit, in: answer, 1...context)),
        ])
    }

    private func neighbours(
        of hit: SearchHit, in answer: Search.Answer, _ steps: ClosedRange<Int>
    ) -> [JSON] {
        utterances(around: hit, in: answer, steps).map { utterance in
            .members([
                "offset": .number(utterance.start), "speaker": .text(utterance.speaker),
                "text": .string(answer.spoken.text(of: utterance)),
            ])
        }
    }

    private func utterances(
        around hit: SearchHit, in answer: Search.Answer, _ steps: ClosedRange<Int>
    ) -> [SpokenText.Utterance] {
        let all = answer.spoken.utterances
        guard let at = all.firstIndex(where: { $0.segment == hit.utterance.segment }) else {
            return []
        }
        return steps.map { at + $0 }.filter(all.indices.contains).map { all[$0] }
    }

    // For people.

    private func lines(_ answer: Search.Answer) -> [MarkedLine] {
        let record = answer.record
        var head = MarkedLine()
        let start = record.string("start").map { $0.prefix(16).replacing("T", with: " ") } ?? "?"
        head.add(start + "  " + party(record, "from") + " -> " + party(record, "to"))
        head.add("  " + record.id)
        var lines = [head]
        let all = answer.spoken.utterances
        let hits = Dictionary(
            answer.hits.map { ($0.utterance.segment, $0) }, uniquingKeysWith: { first, _ in first })
        let wanted = Set(all.indices.filter { hits[all[$0].segment] != nil })
        let context = options.context
        for (at, utterance) in all.enumerated()
        where !wanted.isDisjoint(with: (at - context)...(at + context)) {
            let parts = hits[utterance.segment]?.parts
            let plain = [(text: answer.spoken.text(of: utterance), isMark: false)]
            lines.append(line(utterance, parts ?? plain))
        }
        return lines
    }

    private func line(
        _ utterance: SpokenText.Utterance, _ parts: [(text: String, isMark: Bool)]
    ) -> MarkedLine {
        var line = MarkedLine()
        let clock = utterance.start.map(Answers.clock) ?? "?"
        line.add(String(repeating: " ", count: max(0, 8 - clock.count)) + clock + "  ")
        line.add((utterance.speaker ?? "?") + ": ")
        for part in parts { line.add(part.text, isMarked: part.isMark) }
        return line
    }

    /// A phone number, a name or an extension of one end.
    private func party(_ record: Record, _ end: String) -> String {
        for member in ["phone", "name", "extension"] {
            if let text = record.string(end, member), !text.isEmpty { return text }
        }
        return "?"
    }

    /// Seconds as a place on a clock, such as 1:05 or 1:02:03.
    private static func clock(_ seconds: Double) -> String {
        // A record may hold any number.
        let whole = Int(min(max(seconds, 0), 1e9))
        func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
        let rest = "\(two(whole % 60))"
        return whole < 3600
            ? "\(whole / 60):\(rest)" : "\(whole / 3600):\(two(whole / 60 % 60)):\(rest)"
    }
}
