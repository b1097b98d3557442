// TranscriptFormat: the files in which a record's transcript lies on the disk.

/// A format of a transcript's file; the name is the suffix of the file.
public enum TranscriptFormat: String, CaseIterable, Sendable {
    /// All that is known, with words; the other files can be made of it.
    case json
    /// Plain text, one utterance a line.
    case txt
    /// Captions as WebVTT, with voices.
    case vtt
    /// Captions as SubRip, which more players read.
    case srt
    /// A page for people, as Markdown.
    case md

    /// The formats that are written when nothing else is asked for.
    public static let usual: [TranscriptFormat] = [.json, .txt, .vtt]

    /// Reads a list such as `txt,srt`.
    ///
    /// - Returns: The formats, of which JSON is always one; `nil` for a name that is no format.
    public static func list(_ text: String) -> [TranscriptFormat]? {
        var named: [TranscriptFormat] = []
        for name in text.split(separator: ",", omittingEmptySubsequences: false) {
            guard let format = TranscriptFormat(rawValue: String(name)) else { return nil }
            named.append(format)
        }
        return allCases.filter { $0 == .json || named.contains($0) }
    }

    /// The path of the file of this format, of the transcript whose JSON file has that path.
    ///
    /// - Returns: The path itself when it is not one of a JSON file.
    public func path(beside path: String) -> String {
        guard path.hasSuffix(".json") else { return path }
        return path.dropLast(TranscriptFormat.json.rawValue.count) + rawValue
    }

    /// The paths of all formats of the transcript whose JSON file has that path, JSON last.
    ///
    /// - Returns: The path alone when it is not one of a JSON file.
    public static func paths(beside path: String) -> [String] {
        guard path.hasSuffix(".json") else { return [path] }
        return allCases.filter { $0 != .json }.map { $0.path(beside: path) } + [path]
    }
}
