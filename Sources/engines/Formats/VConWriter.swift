// VConWriter: a call as a vCon, the container for conversations of the IETF's working group.
internal import Crypto
internal import Records

/// The names that the drafts give, in one place.
///
/// The writer uses only what drafts 03, 04 and 05 of draft-ietf-vcon-vcon-core all allow: the member
/// `vcon`, with the version of the syntax, is deprecated and differs, so that it is left out. The core
/// defines no transcript; its form is that of draft-howe-vcon-wtf-extension-02.
enum VCon {
    /// The analysis, and the extension that defines it.
    static let transcription = "wtf_transcription"
    /// The names of analyses that hold a transcript.
    static let transcripts = [transcription, "transcript"]
    /// The vendor of an analysis by an engine that is not known.
    static let unknown = "unknown"
    /// The extensions that a reader knows; a document with another critical one is refused.
    static let extensions = [transcription]
}

/// Writes a call with its transcript, and its recording where that has an address.
struct VConWriter {
    private let document: Document
    private let call: CallFacts
    private let parties: [(name: String?, json: JSON)]

    init(_ document: Document, _ call: CallFacts) {
        self.document = document
        self.call = call
        parties = VConWriter.parties(document, call)
    }

    var json: JSON {
        var members = [
            JSON.Member("uuid", .string(uuid)), .init("created_at", .string(call.now.text)),
            .init("extensions", .array(VCon.extensions.map(JSON.string))),
            .init("parties", .array(parties.map(\.json))),
        ]
        let dialogs = call.recordings.compactMap(dialog)
        members.append(.init("dialog", .array(dialogs)))
        members.append(.init("analysis", .array([analysis(of: dialogs.count)])))
        return .object(members)
    }

    /// The two ends of the call, and the voices that are neither.
    private static func parties(
        _ document: Document, _ call: CallFacts
    ) -> [(name: String?, json: JSON)] {
        var parties: [(name: String?, json: JSON)] = []
        let sides: [String?] =
            switch call.isInbound {
            case true?: ["customer", "agent"]
            case false?: ["agent", "customer"]
            case nil: [nil, nil]
            }
        if call.from != nil || call.to != nil {
            for (party, side) in zip([call.from, call.to], sides) {
                parties.append((side, json(party, side)))
            }
        }
        for speaker in document.spoken.compactMap(\.segment.speaker)
        where !parties.contains(where: { $0.name == speaker }) {
            parties.append((speaker, .members(["name": .string(speaker)])))
        }
        return parties
    }

    private static func json(_ party: Party?, _ side: String?) -> JSON {
        .members(["tel": .text(party?.phone), "name": .text(party?.name ?? side)])
    }

    /// A recording by reference; the drafts have no other reference than an https address.
    private func dialog(_ audio: CallFacts.Audio) -> JSON? {
        guard audio.url.hasPrefix("https://"), let hash = Hexadecimal.bytes(audio.sha512) else {
            return nil
        }
        return .members([
            "type": .string("recording"), "start": .string(audio.start.text),
            "duration": .number(audio.seconds),
            "parties": .array(indices(ofChannels: audio.channels ?? 1)),
            "originator": call.from == nil ? nil : .int(0), "mediatype": .string(audio.type),
            "filename": .text(audio.name), "url": .string(audio.url),
            "content_hash": .string("sha512-" + Base64URL.encode(hash)),
        ])
    }

    /// The party on each channel, `null` for a channel without words; all parties for one channel.
    private func indices(ofChannels count: Int) -> [JSON] {
        guard count > 1 else { return parties.indices.map(JSON.int) }
        return (0..<count).map { channel in
            let name = document.spoken.first { $0.segment.channel == channel }?.segment.speaker
            return parties.firstIndex { $0.name != nil && $0.name == name }.map(JSON.int) ?? .null
        }
    }

    private func analysis(of dialogs: Int) -> JSON {
        let indices: JSON? =
            switch dialogs {
            case 0: nil
            case 1: .int(0)
            default: .array((0..<dialogs).map(JSON.int))
            }
        return .members([
            "type": .string(VCon.transcription), "dialog": indices,
            "vendor": .string(document.facts.engine.isEmpty ? VCon.unknown : document.facts.engine),
            "product": .text(document.facts.model), "mediatype": .string("application/json"),
            "encoding": .string("json"), "body": transcription,
        ])
    }

    /// The transcript as the extension has it; `channel` is ours.
    private var transcription: JSON {
        var words: [JSON] = []
        let segments = document.spoken.enumerated().map { index, spoken in
            let segment = spoken.segment
            let first = words.count
            for word in spoken.words {
                words.append(
                    .members([
                        "id": .int(words.count), "start": .number(word.start),
                        "end": .number(word.end), "text": .string(word.text),
                        "confidence": .number(word.confidence), "speaker": .text(segment.speaker),
                    ]))
            }
            return JSON.members([
                "id": .int(index), "start": .double(segment.start), "end": .double(segment.end),
                "text": .string(segment.text), "confidence": .number(segment.confidence),
                "speaker": .text(segment.speaker), "channel": .int(segment.channel),
                "words": spoken.words.isEmpty ? nil : .array((first..<words.count).map(JSON.int)),
            ])
        }
        let texts = document.spoken.map(\.segment.text)
        return .members([
            "transcript": .members([
                "text": .string(texts.joined(separator: "\n")),
                "language": .text(document.facts.language),
                "duration": .number(document.facts.seconds),
            ]), "segments": .array(segments), "words": words.isEmpty ? nil : .array(words),
            "metadata": .members([
                "created_at": .string(document.facts.provenance?.at ?? call.now.text),
                "processed_at": .string(call.now.text), "provider": .string(document.facts.engine),
                "model": .text(document.facts.model),
            ]),
        ])
    }

    /// A UUID of version 8 that is the same for the same words of the same recording.
    private var uuid: String {
        let words = document.spoken.map { "\($0.segment.start) \($0.segment.text)" }
        let text = ([document.facts.id] + words).joined(separator: "\n")
        var digits = Array(Digest.sha256(Array(text.utf8)).utf8.prefix(32))
        digits[12] = UInt8(ascii: "8")
        digits[16] = UInt8(ascii: "a")
        let parts = [0..<8, 8..<12, 12..<16, 16..<20, 20..<32]
        return parts.map { String(decoding: digits[$0], as: UTF8.self) }.joined(separator: "-")
    }
}
