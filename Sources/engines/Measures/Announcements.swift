// Announcements: texts that a machine says, so that a menu's voice is not taken for a party.
public import Records

/// The words of announcements, compared without case and punctuation.
public struct Announcements: Sendable {
    private var texts: Set<[String]>

    /// Takes the announcements: the text of one utterance each.
    public init(_ texts: some Sequence<String>) {
        self.texts = Set(texts.map(\.words).filter { !$0.isEmpty })
    }

    /// True when no text is an announcement.
    public var isEmpty: Bool { texts.isEmpty }

    /// Takes the announcements of another as well.
    public mutating func add(_ others: Announcements) { texts.formUnion(others.texts) }

    /// The numbers of the utterances that are announcements, and the other utterances.
    func divide(
        _ segments: [Transcript.Segment]
    ) -> (announced: [Int], spoken: [Transcript.Segment]) {
        if texts.isEmpty { return ([], segments) }
        let announced = segments.indices.filter { texts.contains(segments[$0].text.words) }
        let apart = Set(announced)
        return (announced, segments.indices.filter { !apart.contains($0) }.map { segments[$0] })
    }
}

/// Finds announcements: the same words at the start of many calls, said in the same time.
///
/// People say a greeting in the same words as well, but never in the same time: a machine's utterance
/// is as long in every call.
public struct AnnouncementFinder: Sendable {
    /// Announcements begin in the first so many seconds of a recording.
    private static let opening = 30.0
    /// An announcement has so many words at least.
    private static let fewestWords = 5
    /// The greatest spread of the lengths of one announcement, as a part of their mean.
    private static let spread = 0.04
    /// So many different texts are counted at most; then the rarest are forgotten.
    private static let room = 20_000

    private struct Lengths {
        var calls = 0
        var sum = 0.0
        var squares = 0.0

        mutating func add(_ seconds: Double) {
            calls += 1
            sum += seconds
            squares += seconds * seconds
        }

        var areSame: Bool {
            let mean = sum / Double(calls)
            let variance = max(0, squares / Double(calls) - mean * mean)
            return variance.squareRoot() <= AnnouncementFinder.spread * mean
        }
    }

    private var found: [String: Lengths] = [:]

    /// Has seen no call yet.
    public init() {}

    /// Notes the first utterances of a call.
    public mutating func add(_ transcript: Transcript) {
        var seen: Set<String> = []
        for segment in transcript.segments where segment.start < AnnouncementFinder.opening {
            let words = segment.text.words
            let text = words.joined(separator: " ")
            guard words.count >= AnnouncementFinder.fewestWords, seen.insert(text).inserted else {
                continue
            }
            found[text, default: Lengths()].add(segment.end - segment.start)
        }
        var rarest = 1
        while found.count > AnnouncementFinder.room {
            found = found.filter { $0.value.calls > rarest }
            rarest += 1
        }
    }

    /// The announcements that stand in so many calls.
    public func announcements(inAtLeast calls: Int) -> Announcements {
        Announcements(found.filter { $0.value.calls >= calls && $0.value.areSame }.keys)
    }
}

extension String {
    /// The words in lower case, without punctuation.
    package var words: [String] {
        var words: [String] = []
        var word: [UInt8] = []
        func end() {
            if !word.isEmpty { words.append(String(decoding: word, as: UTF8.self)) }
            word.removeAll(keepingCapacity: true)
        }
        for scalar in unicodeScalars {
            switch scalar {
            case "a"..."z", "0"..."9", "'": word.append(UInt8(scalar.value))
            case "A"..."Z": word.append(UInt8(scalar.value) | 0x20)
            case _ where scalar.isASCII: end()
            case _ where scalar.properties.isAlphabetic || scalar.properties.numericType != nil:
                word += Array(scalar.properties.lowercaseMapping.utf8)
            case _ where scalar.properties.generalCategory == .nonspacingMark && !word.isEmpty:
                word += Array(String(scalar).utf8)
            default: end()
            }
        }
        end()
        return words
    }
}
