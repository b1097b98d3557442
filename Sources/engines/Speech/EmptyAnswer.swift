// EmptyAnswer: the rule for an answer without a word.
package import Records

/// Decides if an answer without a word is an answer.
///
/// A program or service that is out of order gives no word either, and an empty transcript would
/// count as done for good.
package enum EmptyAnswer {
    /// Speech of fewer seconds may be a cough.
    private static let loud = 5.0

    /// Refuses an answer without a word for a sound that is loud for more than five seconds.
    ///
    /// - Parameters:
    ///   - title: The program or service, for the message.
    ///   - speech: The seconds of the sound that are loud.
    /// - Throws: `Failure` of scope `temporary`, kind `bad_response`.
    package static func check(_ title: String, speech: Double) throws(Failure) {
        guard speech > loud else { return }
        throw Failure(
            .temporary, .badResponse,
            "read the answer of \(title): it has no word for \(Int(speech)) s of sound",
            remedy: "listen to the file of audio.path;"
                + " if there is no speech in it, run again with --accept-empty")
    }
}

extension String {
    /// True when the text says anything: a letter, a digit, or a note that stands for music.
    ///
    /// Dots say nothing, and neither does whisper.cpp's word for silence.
    package var hasWord: Bool {
        replacing("[BLANK_AUDIO]", with: "").contains {
            $0.isLetter || $0.isNumber || "♩♪♫♬🎵🎶".contains($0)
        }
    }
}
