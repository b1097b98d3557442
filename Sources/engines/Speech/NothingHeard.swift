// NothingHeard: whether an answer without a word is one.
package import Records

/// The rule of all programs and services for an answer without a word: one that is out of order
/// says "nothing" too, and an empty transcript would be called done for good.
package enum NothingHeard {
    /// Speech of fewer seconds may well be a cough.
    private static let loud = 5.0

    /// Refuses silence as an answer to sound.
    ///
    /// - Parameters:
    ///   - title: Who answered, for the message.
    ///   - speech: The seconds that were loud.
    /// - Throws: `Failure` of scope `temporary`, kind `bad_response`.
    package static func check(_ title: String, speech: Double) throws(Failure) {
        guard speech > loud else { return }
        throw Failure(
            .temporary, .badResponse,
            "read what \(title) answered: there is no word in \(Int(speech)) s of sound",
            remedy: "listen to the file of audio.path;"
                + " if nobody speaks in it, run again with --accept-empty")
    }
}

extension String {
    /// Whether anything is said in it: dots are not, nor whisper.cpp's word for silence, but the note
    /// that stands for music is.
    package var hasWord: Bool {
        replacing("[BLANK_AUDIO]", with: "").contains {
            $0.isLetter || $0.isNumber || "♩♪♫♬🎵🎶".contains($0)
        }
    }
}
