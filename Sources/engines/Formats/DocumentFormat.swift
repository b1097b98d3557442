// DocumentFormat: the formats of transcripts that are read and written, and how each is known.
internal import System

/// A format of a transcript, of callpipe or of another program.
public enum DocumentFormat: String, CaseIterable, Sendable {
    /// callpipe's own, as callpipe-transcript(5) describes it.
    case json
    case txt, srt, vtt, md
    /// The output of whisper.cpp with `-oj` or `-ojf`.
    case whisper = "whisper.cpp"
    /// The output of WhisperX.
    case whisperx
    /// `verbose_json` of OpenAI and of the many servers like it.
    case openai
    /// The answer of Deepgram.
    case deepgram
    /// The container for conversations of the IETF's working group.
    case vcon

    /// The suffix of a file's name.
    public var suffix: String {
        switch self {
        case .json, .txt, .srt, .vtt, .md: rawValue
        case .whisper, .whisperx, .openai, .deepgram: "\(rawValue).json"
        case .vcon: "vcon.json"
        }
    }

    /// True for a format of lines, which is read and written as it goes; a format of JSON is in
    /// memory as a whole.
    public var isOfLines: Bool {
        switch self {
        case .txt, .srt, .vtt, .md: true
        case .json, .whisper, .whisperx, .openai, .deepgram, .vcon: false
        }
    }

    /// Finds the format by the beginning of a file.
    ///
    /// - Parameter head: The first bytes, all of them for a format of JSON.
    /// - Returns: The format; `nil` for bytes that are no transcript.
    static func detected(in head: ArraySlice<UInt8>) -> DocumentFormat? {
        let text = head.starts(with: ByteMarks.utf8) ? head.dropFirst(3) : head
        guard !text.contains(0), let first = text.first(where: { !ASCII.isSpace($0) }) else {
            return text.isEmpty ? .txt : nil
        }
        if text.starts(with: "WEBVTT".utf8) || text.starts(with: "WebVTT".utf8) { return .vtt }
        switch first {
        case UInt8(ascii: "{"): return ofJSON(text)
        case UInt8(ascii: "<"): return nil
        default: break
        }
        let lines = text.split(separator: UInt8(ascii: "\n"), maxSplits: 32).prefix(32)
        if lines.contains(where: { TimeLine($0) != nil }) { return .srt }
        if lines.contains(where: { MarkdownReader.isParagraph(String(decoding: $0, as: UTF8.self)) }
        ) {
            return .md
        }
        return .txt
    }

    /// The members at the top tell which program wrote an object.
    private static func ofJSON(_ text: ArraySlice<UInt8>) -> DocumentFormat? {
        let names = Set(topNames(text))
        if names.contains("vcon") || names.isSuperset(of: ["uuid", "created_at"]) { return .vcon }
        if names.contains("transcription") { return .whisper }
        if names.contains("results") { return .deepgram }
        if names.isSuperset(of: ["id", "engine", "segments"]) { return .json }
        if names.contains("word_segments") { return .whisperx }
        if names.contains("segments") || names.contains("text") {
            return names.isDisjoint(with: ["task", "duration", "words", "text"])
                ? .whisperx : .openai
        }
        return nil
    }

    /// The names of the members of the outermost object.
    ///
    /// whisper.cpp writes text that is no JSON, so that a parser would refuse the whole.
    private static func topNames(_ text: ArraySlice<UInt8>) -> [String] {
        var names: [String] = []
        var (depth, start, at) = (0, nil as Int?, text.startIndex)
        var last = ""
        while at < text.endIndex {
            let byte = text[at]
            if let begin = start {
                if byte == UInt8(ascii: "\\") {
                    at += 1
                } else if byte == UInt8(ascii: "\"") {
                    if depth == 1 { last = String(decoding: text[begin..<at], as: UTF8.self) }
                    start = nil
                }
            } else {
                switch byte {
                case UInt8(ascii: "\""): start = at + 1
                case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
                case UInt8(ascii: "}"), UInt8(ascii: "]"): depth -= 1
                case UInt8(ascii: ":") where depth == 1: names.append(last)
                default: break
                }
            }
            at += 1
        }
        return names
    }
}

/// The marks at the beginning of a text that tell its encoding.
enum ByteMarks {
    static let utf8: [UInt8] = [0xEF, 0xBB, 0xBF]
    private static let wide: [[UInt8]] = [[0xFF, 0xFE], [0xFE, 0xFF]]

    /// True for a text whose characters have two bytes or more.
    static func isWide(_ head: some Collection<UInt8>) -> Bool {
        wide.contains { head.starts(with: $0) }
    }
}
