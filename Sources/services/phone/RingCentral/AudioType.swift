// AudioType: the media types that recordings come in, and what their files are called.

/// A kind of audio file.
///
/// Which kind an account gets is a setting of the account; the files of the official archiver are
/// called .mp3 whatever they are, which is a mistake to learn from.
enum AudioType: String, CaseIterable {
    case mp3, wav, ogg, m4a

    /// Reads a `Content-Type`, with or without parameters.
    init?(contentType: String?) {
        guard let type = contentType?.prefix(while: { $0 != ";" }).lowercased() else { return nil }
        switch type.split(separator: " ").joined() {
        case "audio/mpeg", "audio/mp3", "audio/x-mpeg", "audio/mpeg3": self = .mp3
        case "audio/wav", "audio/x-wav", "audio/wave", "audio/vnd.wave": self = .wav
        case "audio/ogg", "application/ogg", "audio/opus": self = .ogg
        case "audio/mp4", "audio/m4a", "audio/x-m4a": self = .m4a
        default: return nil
        }
    }

    /// The type's usual name.
    var contentType: String {
        switch self {
        case .mp3: "audio/mpeg"
        case .wav: "audio/wav"
        case .ogg: "audio/ogg"
        case .m4a: "audio/mp4"
        }
    }
}
