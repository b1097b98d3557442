// Announcements: texts that a machine says, so that a menu's voice is not taken for a party.

/// The words of announcements, compared without case and punctuation.
public struct Announcements: Sendable {
    private let texts: Set<[String]>

    /// Takes the announcements: the text of one utterance each.
    public init(_ texts: some Sequence<String>) {
        self.texts = Set(texts.map(Announcements.words).filter { !$0.isEmpty })
    }

    /// True for the text of an utterance that is an announcement.
    public func contain(_ text: String) -> Bool {
        !texts.isEmpty && texts.contains(Announcements.words(of: text))
    }

    /// The words of a text in lower case.
    static func words(of text: String) -> [String] {
        text.lowercased().split { !$0.isLetter && !$0.isNumber && $0 != "'" }.map(String.init)
    }
}
