// PartyNames: the names of the parties, as the formats spell them before or in an utterance.
internal import Records
internal import Transcripts

/// The parties of a call, and how a name in a file is taken for one.
public struct PartyNames: Sendable {
    /// The party on each channel, from 0; empty when the user names none.
    private let names: [String]
    private let titles: [String: String]

    /// callpipe's own names for the two sides of a call.
    private static let usual = ["agent", "customer"]
    /// The longest name that is looked for before a colon, in bytes.
    private static let longest = 64

    /// Takes the parties that the user names, in the order of the channels.
    public init(_ names: [String] = []) {
        self.names = names
        let known = (PartyNames.usual + names).map { (Speaker.title($0), $0) }
        titles = Dictionary(known) { first, _ in first }
    }

    /// The party that a voice tag names: `Agent` is `agent`; another name stays as it is.
    func party(_ name: String) -> String { titles[name] ?? name }

    /// Splits `Agent: Hello.` into the party and the words.
    ///
    /// Only a name that is known, or spelled as programs number voices, is taken for a party: in
    /// `Well: maybe.` every word was said.
    func split(_ text: String) -> (speaker: String?, channel: Int?, text: String) {
        if text.hasPrefix("(speaker "), let end = text.firstIndex(of: ")") {
            let number = text[..<end].dropFirst("(speaker ".count)
            if number == "?" || Int(number) != nil {
                return (nil, Int(number), rest(text[end...].dropFirst()))
            }
        }
        guard let colon = text.utf8.prefix(PartyNames.longest).firstIndex(of: UInt8(ascii: ":"))
        else { return (nil, nil, text) }
        var name = text[..<colon]
        if name.hasPrefix("["), name.hasSuffix("]") { name = name.dropFirst().dropLast() }
        let after = text[colon...].dropFirst()
        guard after.isEmpty || after.hasPrefix(" ") else { return (nil, nil, text) }
        if let party = titles[String(name)] { return (party, nil, rest(after)) }
        guard PartyNames.isNumbered(name) else { return (nil, nil, text) }
        return (String(name), nil, rest(after))
    }

    /// The segment's speaker and channel, each from the other where only one is known.
    func complete(_ spoken: inout Spoken) {
        guard !names.isEmpty else { return }
        if let speaker = spoken.segment.speaker {
            if let channel = names.firstIndex(of: speaker) { spoken.segment.channel = channel }
        } else if names.indices.contains(spoken.segment.channel) {
            spoken.segment.speaker = names[spoken.segment.channel]
        }
    }

    private func rest(_ text: Substring) -> String { String(text.drop { $0 == " " }) }

    /// True for `SPEAKER_00` and `Speaker 1`.
    private static func isNumbered(_ name: Substring) -> Bool {
        for prefix in ["SPEAKER_", "Speaker "] where name.hasPrefix(prefix) {
            let number = name.dropFirst(prefix.count)
            return !number.isEmpty && number.allSatisfy { $0.isASCII && $0.isNumber }
        }
        return false
    }
}
