// RuleSet: the rules of a file, applied to a call.
internal import Crypto
internal import Patterns
public import Records

/// The rules of a file; one that is wrong is left out, and the others are applied.
public struct RuleSet: Sendable {
    /// Words that turn what follows into its opposite.
    private static let negations = [
        "not", "no", "never", "don't", "dont", "doesn't", "doesnt", "didn't", "didnt", "won't",
        "wont", "can't", "cant", "cannot", "isn't", "isnt", "wasn't", "wasnt", "haven't", "havent",
        "wouldn't", "wouldnt", "without", "nicht", "kein", "keine", "nie", "no", "nunca", "jamais",
        "pas", "non", "niet", "geen",
    ]
    /// The words before a phrase in which a negation counts.
    private static let reach = 3
    /// The places that one result shows.
    private static let mostEvidence = 10
    /// The characters of a quote.
    private static let longestQuote = 200

    private let rules: [Rule]
    private let vocabulary: Vocabulary
    private let negations: Set<Int32>
    private let key: String
    /// The rules that begin with a word, by the number of the word.
    private let phrases: PhraseIndex
    /// The reasons for which lines are not applied, each a failure of kind `configuration`.
    public let refused: [Failure]

    /// Reads the rules.
    ///
    /// - Parameters:
    ///   - file: The bytes of the file, a rule a line.
    ///   - path: Its name, for messages.
    /// - Throws: `Failure` of scope `stop`, kind `configuration`, when no line is a rule.
    public init(_ file: [UInt8], from path: String) throws(Failure) {
        var (rules, refused, vocabulary) = ([Rule](), [Failure](), Vocabulary())
        for (number, line) in file.split(separator: 0x0A, omittingEmptySubsequences: false)
            .enumerated() where line.contains(where: { $0 > 0x20 })
        {
            do throws(Rule.Fault) {
                let rule = try Rule(Array(line), &vocabulary)
                if rules.contains(where: { $0.name == rule.name }) {
                    throw Rule.Fault(rule: rule.name, reason: "there is another of that name")
                }
                rules.append(rule)
            } catch {
                let name = error.rule.map { "the rule \($0)" } ?? "the rule"
                refused.append(
                    Failure(
                        .stop, .configuration,
                        "use \(name) in line \(number + 1) of \(path): \(error.reason)",
                        remedy: "correct the line; the other rules are applied"))
            }
        }
        guard !rules.isEmpty else {
            throw refused.first
                ?? Failure(
                    .stop, .configuration, "read the rules in \(path): there is none",
                    remedy: "write a rule a line, as call-rules(1) shows")
        }
        negations = Set(RuleSet.negations.flatMap { vocabulary.learn($0) })
        phrases = PhraseIndex(rules)
        (self.rules, self.refused, self.vocabulary) = (rules, refused, vocabulary)
        key = Digest.sha256(file)
    }

    /// The result for a record: its member `rules`.
    ///
    /// - Parameter record: A record with a transcript.
    /// - Returns: The member, as callpipe-record(5) describes it.
    public func result(for record: Record) -> JSON {
        let speech = Speech(
            SpokenText(of: record), announced: RuleSet.announced(in: record), vocabulary)
        let seconds = RuleSet.seconds(of: record, speech)
        let found = phrases.findings(in: speech, longestQuote: RuleSet.longestQuote) { row, at in
            row[max(0, at - RuleSet.reach)..<at].contains { negations.contains($0.number) }
        }
        var score = Score()
        let results = rules.enumerated().map { index, rule in
            let outcome = outcome(of: rule, found[index] ?? [], speech, seconds, record)
            score.add(rule, outcome.verdict)
            return json(rule, outcome, speech.text)
        }
        return .object(
            [.init("key", .string(key))] + score.members + [.init("results", .array(results))])
    }

    /// The segments that call-measure(1) found to be announcements.
    private static func announced(in record: Record) -> Set<Int> {
        let segments = record.raw(at: ["measures", "announcements", "segments"])
        return Set(segments.flatMap { JSON.raw($0).decoded(as: [Int].self) } ?? [])
    }

    /// The length of the recording, else the end of the last utterance.
    private static func seconds(of record: Record, _ speech: Speech) -> Double {
        let audio = record.raw(at: ["audio", "seconds"]).flatMap {
            Double(String(decoding: $0, as: UTF8.self))
        }
        return audio ?? record.number("duration")
            ?? speech.text.utterances.compactMap(\.end).max() ?? 0
    }

    // MARK: One rule

    private func outcome(
        of rule: Rule, _ found: [PhraseIndex.Hit], _ speech: Speech, _ seconds: Double,
        _ record: Record
    ) -> Outcome {
        if case .measure(let path, let over, let under) = rule.subject {
            return measure(record, path, over, under)
        }
        if seconds < rule.leastSeconds {
            return Outcome(.notApplicable, "the call is shorter than \(rule.leastSeconds.plain) s")
        }
        if let by = rule.by, by != .announcement, speech.rows[by] == nil {
            return Outcome(.notApplicable, "nothing is known to be said by the \(by.rawValue)")
        }
        if speech.rows.isEmpty { return Outcome(.notApplicable, "nothing is said") }
        var findings: [Finding]
        if case .pattern(let pattern) = rule.subject {
            do throws(PatternProblem) {
                findings = try matches(pattern, by: rule.by, speech)
            } catch {
                return Outcome(.notApplicable, "the pattern \(error.reason)")
            }
        } else {
            findings = found.filter { rule.countsNegated || !$0.isNegated }.map(\.finding)
        }
        findings = findings.filter { rule.by == nil || $0.speaker == rule.by }
        let inTime = findings.filter { RuleSet.isInTime($0, rule, seconds) }
        return Outcome(of: rule, inTime, late: findings)
    }

    private static func isInTime(_ finding: Finding, _ rule: Rule, _ seconds: Double) -> Bool {
        guard let within = rule.within else { return true }
        guard let start = finding.start else { return false }
        return within > 0 ? start <= within : start >= seconds + within
    }

    private func measure(
        _ record: Record, _ path: [String], _ over: Double?, _ under: Double?
    ) -> Outcome {
        guard
            let value = record.raw(at: path).flatMap({
                Double(String(decoding: $0, as: UTF8.self))
            })
        else {
            let reason =
                record.has("measures") ? "the record has no such measure" : "run call-measure"
            return Outcome(.notApplicable, reason)
        }
        let isBroken = over.map { value > $0 } ?? false || under.map { value < $0 } ?? false
        var outcome = Outcome(isBroken ? .failed : .passed)
        outcome.value = value
        return outcome
    }

    private func matches(
        _ pattern: Pattern, by: Speaker?, _ speech: Speech
    ) throws(PatternProblem) -> [Finding] {
        var findings: [Finding] = []
        for speaker in Speaker.allCases where by == nil || by == speaker {
            let (bytes, ends) = speech.joined(speaker)
            guard !bytes.isEmpty else { continue }
            for match in try pattern.matches(in: bytes.span) where !match.range.isEmpty {
                let first = ends.first { match.range.lowerBound < $0.end } ?? ends[0]
                let last = ends.first { match.range.upperBound <= $0.end } ?? first
                let quote = String(decoding: bytes[match.range], as: UTF8.self)
                findings.append(
                    Finding(
                        speaker: speaker, first: first.index, last: last.index,
                        quote: String(
                            quote.replacing("\n", with: " ").prefix(RuleSet.longestQuote)),
                        start: speech.text.utterances[first.index].start))
            }
        }
        return findings.sorted { ($0.start ?? 0) < ($1.start ?? 0) }
    }

    // MARK: JSON

    private func json(_ rule: Rule, _ outcome: Outcome, _ text: SpokenText) -> JSON {
        let points = rule.weight.flatMap { weight -> JSON? in
            switch outcome.verdict {
            case .passed: .double(weight)
            case .failed: .double(0)
            default: nil
            }
        }
        let evidence = outcome.findings.prefix(RuleSet.mostEvidence).map { finding in
            let (first, last) = (text.utterances[finding.first], text.utterances[finding.last])
            return JSON.members([
                "quote": .string(finding.quote), "start": .number(first.start),
                "end": .number(last.end), "speaker": .text(first.speaker),
                "segment": .whole(first.segment),
            ])
        }
        return .members([
            "rule": .string(rule.name), "kind": .string(rule.kind.rawValue),
            "result": .string(outcome.verdict.rawValue), "weight": .number(rule.weight),
            "points": points, "reason": .text(outcome.reason), "value": .number(outcome.value),
            "evidence": evidence.isEmpty ? nil : .array(Array(evidence)),
        ])
    }
}

/// The outcome of a rule.
struct Outcome {
    /// The word in `result`.
    enum Verdict: String {
        case passed, failed, alert, clear
        case notApplicable = "not_applicable"
    }

    let verdict: Verdict
    var reason: String?
    var value: Double?
    var findings: [Finding] = []

    init(_ verdict: Verdict, _ reason: String? = nil) {
        self.verdict = verdict
        self.reason = reason
    }

    /// Judges what was found.
    ///
    /// - Parameters:
    ///   - rule: A rule about words.
    ///   - findings: The places that count.
    ///   - all: Those that are too late as well.
    init(of rule: Rule, _ findings: [Finding], late all: [Finding]) {
        self.findings = findings
        switch rule.kind {
        case .require where findings.isEmpty:
            verdict = .failed
            reason = all.isEmpty ? "it is not said" : "it is not said in time"
            self.findings = all
        case .require: verdict = .passed
        case .forbid: verdict = findings.isEmpty ? .passed : .failed
        default: verdict = findings.isEmpty ? .clear : .alert
        }
    }
}

/// The sum of the weights.
private struct Score {
    private var points = 0.0
    private var most = 0.0
    private var isFailed = false

    mutating func add(_ rule: Rule, _ verdict: Outcome.Verdict) {
        if verdict == .failed, rule.isCritical { isFailed = true }
        guard let weight = rule.weight, verdict == .passed || verdict == .failed else { return }
        most += weight
        if verdict == .passed { points += weight }
    }

    var members: [JSON.Member] {
        let score = isFailed ? 0 : most > 0 ? (points / most * 1000).rounded() / 10 : nil
        return [
            .init("score", score.map { .double($0) } ?? .null), .init("points", .double(points)),
            .init("of", .double(most)), .init("failed", .bool(isFailed)),
        ]
    }
}

extension Double {
    /// A whole number without its ".0".
    fileprivate var plain: String { JSON.double(self).text }
}
