// AudioFormat: the formats of audio files, their media types and the suffixes of their names.

/// The format of an audio file, which can hold data of several codecs.
///
/// The value is the suffix that callpipe gives such a file.
public enum AudioFormat: String, Sendable, CaseIterable {
    case mp3, wav, ogg, flac, m4a, amr, aac, gsm, aiff, au, w64, webm, mka
    /// The format could not be told.
    case unknown = "bin"

    /// Reads a `Content-Type`, with or without parameters; `nil` for one that is no audio's.
    ///
    /// The names are those of https://www.iana.org/assignments/media-types and the older ones that
    /// servers still use.
    public init?(contentType: String?) {
        guard let type = contentType?.prefix(while: { $0 != ";" }).lowercased() else { return nil }
        switch type.split(separator: " ").joined() {
        case "audio/mpeg", "audio/mp3", "audio/x-mpeg", "audio/mpeg3": self = .mp3
        case "audio/wav", "audio/x-wav", "audio/wave", "audio/vnd.wave": self = .wav
        case "audio/ogg", "application/ogg", "audio/opus", "audio/vorbis": self = .ogg
        case "audio/flac", "audio/x-flac": self = .flac
        case "audio/mp4", "audio/m4a", "audio/x-m4a", "audio/3gpp", "video/mp4", "video/3gpp":
            self = .m4a
        case "audio/amr", "audio/amr-wb": self = .amr
        case "audio/aac", "audio/x-aac", "audio/aacp": self = .aac
        case "audio/gsm", "audio/x-gsm": self = .gsm
        case "audio/aiff", "audio/x-aiff": self = .aiff
        case "audio/basic", "audio/x-au": self = .au
        case "audio/w64", "audio/x-w64": self = .w64
        case "audio/webm", "video/webm": self = .webm
        case "audio/matroska", "audio/x-matroska", "video/matroska", "video/x-matroska":
            self = .mka
        default: return nil
        }
    }

    /// Reads FFmpeg's name of a format, such as `mp3` or `mov`; `nil` for one that is not known.
    public init?(decodedAs name: String) {
        switch name {
        case "mov": self = .m4a
        case "matroska": self = .mka
        default:
            guard let format = Self(rawValue: name), format != .unknown else { return nil }
            self = format
        }
    }

    /// The format's usual media type.
    public var contentType: String {
        switch self {
        case .mp3: "audio/mpeg"
        case .m4a: "audio/mp4"
        case .au: "audio/basic"
        case .w64: "audio/x-w64"
        case .mka: "audio/matroska"
        case .unknown: "application/octet-stream"
        case .wav, .ogg, .flac, .amr, .aac, .gsm, .aiff, .webm: "audio/\(rawValue)"
        }
    }
}
