// LineOutlet: writes utterances to a format of lines as they come, in the order of their starts.
internal import Records
internal import Transcripts

/// Puts captions in order within a window, so that memory does not grow with the file.
struct LineOutlet {
    /// The captions that are kept to be put in order.
    static let window = 4096
    private static let chunk = 64 << 10

    private let format: DocumentFormat
    private let write: ([UInt8]) throws -> Void
    private var held: [Caption] = []
    private var first = 0
    private var number = 0
    private var lastStart = -Double.infinity
    private var bytes: [UInt8] = []
    private var hasHead = false

    init(_ format: DocumentFormat, _ write: @escaping ([UInt8]) throws -> Void) {
        self.format = format
        self.write = write
    }

    /// Adds an utterance.
    ///
    /// - Throws: `Failure` for a caption that comes too late to be put in order.
    mutating func add(_ spoken: Spoken, _ facts: Facts, line: Int) throws {
        try writeHead(facts)
        let segment = spoken.segment
        let caption = Caption(
            start: segment.start, end: segment.end, speaker: segment.speaker.map(Speaker.title),
            text: segment.text)
        guard format == .srt || format == .vtt else { return try emit(caption) }
        guard caption.start >= lastStart else {
            throw Failure(
                .item, .input,
                "line \(line): its caption begins before one that stands \(LineOutlet.window) "
                    + "captions earlier",
                remedy: "convert it with --to json first, which puts all captions in order")
        }
        var place = held.count
        while place > first,
            (held[place - 1].start, held[place - 1].end) > (caption.start, caption.end)
        {
            place -= 1
        }
        held.insert(caption, at: place)
        if held.count - first > LineOutlet.window { try emitFirst() }
    }

    /// Writes what is kept.
    mutating func finish(_ facts: Facts) throws {
        try writeHead(facts)
        while first < held.count { try emitFirst() }
        try write(bytes)
    }

    private mutating func emitFirst() throws {
        let caption = held[first]
        first += 1
        lastStart = caption.start
        if first == LineOutlet.window {
            held.removeFirst(first)
            first = 0
        }
        try emit(caption)
    }

    private mutating func emit(_ caption: Caption) throws {
        number += 1
        let text =
            switch format {
            case .srt: SubRip.cue(number, caption)
            case .vtt: WebVTT.cue(caption)
            case .md: MarkdownPage.paragraph(caption)
            default: Speaker.prefix(caption.speaker) + caption.line + "\n"
            }
        bytes += text.utf8
        guard bytes.count >= LineOutlet.chunk else { return }
        try write(bytes)
        bytes.removeAll(keepingCapacity: true)
    }

    private mutating func writeHead(_ facts: Facts) throws {
        guard !hasHead else { return }
        hasHead = true
        switch format {
        case .vtt: bytes += WebVTT.header.utf8
        case .md:
            bytes +=
                MarkdownPage.head(
                    id: facts.id, seconds: facts.seconds, language: facts.language,
                    engine: facts.engine, model: facts.model
                ).utf8
        default: break
        }
    }
}
