// VConReader: the transcripts in a vCon, of callpipe or of another program.
internal import FoundationEssentials
internal import Records
internal import SpeechReplies

/// Reads a vCon of the versions 0.0.1 to 0.5.0, or without a version.
enum VConReader {
    static func read(
        _ bytes: [UInt8], id: String, _ remarks: inout Remarks
    ) throws(Failure) -> Document {
        guard let container = JSON.raw(bytes).decoded(as: Container.self),
            let members = JSON.members(of: bytes)
        else {
            throw Failure(
                .item, .input, "it is not whole, or not a vCon",
                remedy: "name its format with --from, or make it again")
        }
        let critical = (container.critical ?? []) + (container.must_support ?? [])
        if let unknown = critical.first(where: { !VCon.extensions.contains($0) }) {
            throw Failure(
                .item, .input,
                "it needs the extension \"\(unknown.prefix(40))\", which is not known here",
                remedy: "convert it with a program that knows it")
        }
        let transcripts = try transcripts(container, members, &remarks)
        guard !transcripts.isEmpty else {
            throw Failure(
                .item, .input, "the vCon has no transcript that can be read",
                remedy: "look at the types of its member analysis")
        }
        return joined(transcripts, id: container.uuid ?? id)
    }

    /// The transcripts with the start of their dialogs.
    private static func transcripts(
        _ container: Container, _ members: [JSON.Member], _ remarks: inout Remarks
    ) throws(Failure) -> [(start: Timestamp?, document: Document)] {
        var found: [(start: Timestamp?, document: Document)] = []
        let analyses = members.last { $0.name == "analysis" }.flatMap {
            JSON.elements(of: $0.value.bytes)
        }
        for text in analyses ?? [] {
            guard let analysis = text.decoded(as: Analysis.self),
                VCon.transcripts.contains(analysis.type ?? ""),
                let body = analysis.body(in: text)
            else { continue }
            var document: Document
            if let transcription = JSON.raw(body).decoded(as: Transcription.self),
                transcription.transcript != nil
            {
                document = transcription.document
            } else if let format = DocumentFormat.detected(in: body[...]), !format.isOfLines {
                document = try DocumentReader.read(body, as: format, id: "", &remarks)
            } else {
                remarks.add("transcripts of a form that is not known, and that are left out")
                continue
            }
            if let vendor = analysis.vendor, vendor != VCon.unknown {
                document.facts.engine = vendor
            }
            document.facts.model = analysis.product ?? document.facts.model
            let start = analysis.dialog?.first.flatMap { index in
                container.dialog.flatMap { $0.indices.contains(index) ? $0[index].start : nil }
            }
            found.append((start.flatMap { Timestamp($0) }, document))
        }
        return found
    }

    /// One transcript of all, on the timeline that begins with the first dialog.
    private static func joined(
        _ transcripts: [(start: Timestamp?, document: Document)], id: String
    ) -> Document {
        let first = transcripts.compactMap(\.start).min()
        var facts = transcripts[0].document.facts
        facts.id = id
        if transcripts.count > 1 { facts.seconds = nil }
        var spoken: [Spoken] = []
        for (start, document) in transcripts {
            var offset = 0.0
            if let start, let first { offset = start.seconds - first.seconds }
            spoken += document.spoken.map { $0.later(by: offset) }
        }
        return Document(facts, spoken)
    }

    private struct Container: Decodable {
        let uuid: String?
        let critical: [String]?
        /// The name of `critical` before 0.4.
        let must_support: [String]?
        let dialog: [Dialog]?
    }

    private struct Dialog: Decodable {
        let start: String?
    }

    private struct Analysis: Decodable {
        let type: String?
        let vendor: String?
        let product: String?
        let encoding: String?
        let dialog: Indices?

        /// The bytes of the member `body`, which is a value, or a text in an encoding.
        func body(in text: JSON) -> [UInt8]? {
            let members = JSON.members(of: text.bytes) ?? []
            guard let body = members.last(where: { $0.name == "body" })?.value else { return nil }
            guard let text = body.decoded(as: String.self) else { return body.bytes }
            return encoding == "base64url" ? Analysis.decoded(text) : Array(text.utf8)
        }

        private static func decoded(_ text: String) -> [UInt8]? {
            var plain = text.replacing("-", with: "+").replacing("_", with: "/")
            plain += String(repeating: "=", count: (4 - plain.utf8.count % 4) % 4)
            return Data(base64Encoded: plain).map { Array($0) }
        }
    }

    /// An index, or a list of them.
    private struct Indices: Decodable {
        let first: Int?

        init(from decoder: any Decoder) throws {
            let value = try decoder.singleValueContainer()
            first = (try? value.decode(Int.self)) ?? (try? value.decode([Int].self))?.first
        }
    }

    /// The body of draft-howe-vcon-wtf-extension.
    private struct Transcription: Decodable {
        struct Whole: Decodable {
            let language: String?
            let duration: LenientNumber?
        }

        struct Segment: Decodable {
            let start: LenientNumber?
            let end: LenientNumber?
            let text: String?
            let confidence: LenientNumber?
            let speaker: LenientText?
            let channel: LenientNumber?
            let words: [Int]?
        }

        struct Word: Decodable {
            let start: LenientNumber?
            let end: LenientNumber?
            let text: String?
            let confidence: LenientNumber?
        }

        let transcript: Whole?
        let segments: [Segment]?
        let words: [Word]?

        var document: Document {
            var facts = Facts(id: "")
            facts.language = transcript?.language
            facts.seconds = transcript?.duration?.value
            let words = (words ?? []).map {
                Transcript.Word(
                    $0.text ?? "", start: $0.start?.value, end: $0.end?.value,
                    confidence: $0.confidence?.value)
            }
            let spoken = (segments ?? []).map { segment in
                let start = max(0, segment.start?.value ?? 0)
                return Spoken(
                    Transcript.Segment(
                        start: start, end: max(start, segment.end?.value ?? start),
                        channel: max(0, Int(exactly: segment.channel?.value ?? 0) ?? 0),
                        speaker: segment.speaker?.text, text: segment.text ?? "",
                        confidence: segment.confidence?.value),
                    words: (segment.words ?? []).compactMap {
                        words.indices.contains($0) ? words[$0] : nil
                    })
            }
            return Document(facts, spoken)
        }
    }
}

extension Spoken {
    /// The utterance on a timeline that began so many seconds earlier.
    public func later(by seconds: Double) -> Spoken {
        var later = self
        later.segment.start += seconds
        later.segment.end += seconds
        later.words = words.map { word in
            var word = word
            word.start = word.start.map { $0 + seconds }
            word.end = word.end.map { $0 + seconds }
            return word
        }
        return later
    }
}
