// Spoken: what all formats tell: utterances with their words, and the facts about the whole.
public import Records

/// One utterance with its words, where they are known.
public struct Spoken: Sendable, Equatable {
    /// The utterance.
    public var segment: Transcript.Segment
    /// Its words.
    public var words: [Transcript.Word]

    /// Makes an utterance.
    public init(_ segment: Transcript.Segment, words: [Transcript.Word] = []) {
        self.segment = segment
        self.words = words
    }
}

/// The facts about a transcript as a whole, as far as its format or its record tells them.
public struct Facts: Sendable, Equatable {
    /// The record's id, or the name of the file.
    public var id: String
    /// The language's code.
    public var language: String?
    /// The length of the sound in seconds.
    public var seconds: Double?
    /// The engine; empty when it is not known.
    public var engine = ""
    /// The engine's model.
    public var model: String?
    /// callpipe's key of the transcript.
    public var key: String?
    /// callpipe's account of how the transcript was made.
    public var provenance: Transcript.Provenance?

    /// Knows the name only.
    public init(id: String) { self.id = id }
}

/// A whole transcript.
public struct Document: Sendable, Equatable {
    /// The facts about it.
    public var facts: Facts
    /// Its utterances by start.
    public var spoken: [Spoken]

    /// Makes a transcript.
    public init(_ facts: Facts, _ spoken: [Spoken]) {
        self.facts = facts
        self.spoken = spoken
    }
}

/// Something about an input that was mended, for the user to know.
public struct Remark: Sendable, Equatable {
    /// A plural, such as "captions that ended before they began".
    public let text: String
    /// How often it came about.
    public var count: Int
    /// The first line, from 1; `nil` where the input has no lines.
    public let line: Int?
}

/// The remarks about one input, each kind once.
struct Remarks {
    private(set) var all: [Remark] = []

    mutating func add(_ text: String, line: Int? = nil, count: Int = 1) {
        if let index = all.firstIndex(where: { $0.text == text }) {
            all[index].count += count
        } else {
            all.append(Remark(text: text, count: count, line: line))
        }
    }
}
