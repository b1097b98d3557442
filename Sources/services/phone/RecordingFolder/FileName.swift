// FileName: the name of a file in a folder, and what its ending tells.

/// The name of a file, taken apart.
struct FileName {
    /// The path relative to the folder.
    let path: [UInt8]
    /// The name without directories.
    let base: [UInt8]
    /// The ending in lower case, without its point; empty where there is none.
    let ending: String
    /// The MIME type that the ending stands for; `nil` for what is no recording.
    let type: String?

    init(_ path: String) {
        let bytes = Array(path.utf8)
        self.path = bytes
        base = bytes.lastIndex(of: UInt8(ascii: "/")).map { Array(bytes[($0 + 1)...]) } ?? bytes
        ending = FileName.ending(base[...])
        type = FileName.types[ending]
    }

    var isRecording: Bool { type != nil }

    /// The bytes of the ending with its point.
    var endingLength: Int { ending.isEmpty ? 0 : ending.utf8.count + 1 }

    /// The name without directories and without the endings of recordings: `x.wav.mp3` is `x`.
    var stem: ArraySlice<UInt8> {
        var stem = base[...]
        while true {
            let ending = FileName.ending(stem)
            guard FileName.types[ending] != nil else { return stem }
            stem.removeLast(ending.utf8.count + 1)
        }
    }

    /// The same name without the ` (1)` that browsers and file managers give a copy; `nil` when it has
    /// none.
    ///
    /// The numbers of recorders stand in brackets without a space before them.
    var original: FileName? {
        let stem = path.dropLast(endingLength)
        let plain = stem.dropLast(FileName.lengthOfCopyMark(stem))
        guard plain.count < stem.count else { return nil }
        return FileName(String(decoding: plain + path[stem.endIndex...], as: UTF8.self))
    }

    /// The length of the mark of a copy at the end of a name without its ending; 0 for none.
    static func lengthOfCopyMark(_ stem: ArraySlice<UInt8>) -> Int {
        guard stem.last == UInt8(ascii: ")"),
            let open = stem.suffix(4).lastIndex(of: UInt8(ascii: "(")), open > stem.startIndex + 1,
            stem[open - 1] == UInt8(ascii: " ")
        else { return 0 }
        let number = stem[(open + 1)...].dropLast()
        guard !number.isEmpty, number.allSatisfy(\.isDigit) else { return 0 }
        return stem.endIndex - open + 1
    }

    /// Endings are ASCII and short; anything else has none that matters.
    private static func ending(_ name: ArraySlice<UInt8>) -> String {
        guard let point = name.lastIndex(of: UInt8(ascii: ".")), point > name.startIndex,
            name.endIndex - point <= 9
        else { return "" }
        return String(
            decoding: name[(point + 1)...].map { $0.isLetter ? $0 | 0x20 : $0 }, as: UTF8.self)
    }

    /// The endings of recordings, and their types.
    static let types = [
        "wav": "audio/wav", "wav49": "audio/wav", "w64": "audio/x-w64", "mp3": "audio/mpeg",
        "ogg": "audio/ogg", "oga": "audio/ogg", "opus": "audio/ogg", "flac": "audio/flac",
        "m4a": "audio/mp4", "mp4": "audio/mp4", "mov": "video/quicktime", "3gp": "audio/3gpp",
        "3g2": "audio/3gpp2", "aac": "audio/aac", "webm": "audio/webm", "mka": "audio/x-matroska",
        "gsm": "audio/gsm", "amr": "audio/amr", "awb": "audio/amr-wb",
        "aif": "audio/aiff", "aiff": "audio/aiff", "au": "audio/basic",
    ]
}
