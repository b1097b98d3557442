// DocumentReader: the formats of JSON, read as a whole.
internal import FoundationEssentials
internal import Records
internal import Speech
internal import SpeechReplies
internal import Transcripts

/// Reads a document of JSON.
enum DocumentReader {
    /// Reads a document.
    ///
    /// - Parameters:
    ///   - bytes: The document.
    ///   - format: Its format, which is not one of lines.
    ///   - id: The name to use where it has none.
    ///   - remarks: Gets what was mended.
    /// - Returns: The transcript.
    /// - Throws: `Failure` of scope `item`.
    static func read(
        _ bytes: [UInt8], as format: DocumentFormat, id: String, _ remarks: inout Remarks
    ) throws(Failure) -> Document {
        switch format {
        case .json: try own(bytes)
        case .whisper: try whisper(bytes, id, &remarks)
        case .deepgram: try deepgram(bytes, id)
        case .vcon: try VConReader.read(bytes, id: id, &remarks)
        default: try transcript(bytes, id, as: format)
        }
    }

    private static func own(_ bytes: [UInt8]) throws(Failure) -> Document {
        guard let kept = KeptTranscript(bytes) else {
            throw Failure(
                .item, .input,
                "it is not whole, or not a transcript as callpipe-transcript(5) says",
                remedy: "name its format with --from, or make it again")
        }
        var facts = Facts(id: kept.id)
        (facts.language, facts.seconds, facts.engine) = (kept.language, kept.duration, kept.engine)
        (facts.model, facts.key, facts.provenance) = (kept.model, kept.key, kept.provenance)
        return Document(facts, zip(kept.spoken, kept.words).map { Spoken($0, words: $1) })
    }

    private static func whisper(
        _ bytes: [UInt8], _ id: String, _ remarks: inout Remarks
    ) throws(Failure) -> Document {
        guard let heard = WhisperJSON(bytes, channel: 0, keepsTags: true) else {
            throw Failure(
                .item, .input, "it is not whole, or not the output of whisper.cpp with -oj or -ojf",
                remedy: "name its format with --from, or make it again")
        }
        if heard.halfCharacters > 0 {
            remarks.add(
                "characters that whisper.cpp cut in half, and that are left out",
                count: heard.halfCharacters)
        }
        var facts = Facts(id: id)
        (facts.engine, facts.language, facts.model) = ("whisper.cpp", heard.language, heard.model)
        return Document(facts, heard.utterances.map(Spoken.init))
    }

    private static func deepgram(_ bytes: [UInt8], _ id: String) throws(Failure) -> Document {
        let reply = try reading { () throws(Failure) in
            try DeepgramJSON(ReplyJSON(bytes, of: "it"), channels: nil)
        }
        var facts = Facts(id: id)
        (facts.engine, facts.language, facts.model) = ("deepgram", reply.language, reply.model)
        facts.seconds = reply.seconds
        return Document(facts, reply.utterances.map(Spoken.init))
    }

    private static func transcript(
        _ bytes: [UInt8], _ id: String, as format: DocumentFormat
    ) throws(Failure) -> Document {
        let reply = try reading { () throws(Failure) in
            try TranscriptJSON(ReplyJSON(bytes, of: "it"))
        }
        var facts = Facts(id: id)
        (facts.engine, facts.language) = (format.rawValue, reply.language)
        facts.seconds = reply.seconds
        var spoken = reply.utterances.map(Spoken.init)
        if spoken.isEmpty, !reply.text.isEmpty {
            spoken = [
                Spoken(
                    Transcript.Segment(
                        start: 0, end: reply.seconds ?? 0, channel: 0, text: reply.text))
            ]
        }
        return Document(facts, spoken)
    }

    /// Turns the failure of an answer into that of a file.
    private static func reading<Value>(
        _ body: () throws(Failure) -> Value
    ) throws(Failure) -> Value {
        do {
            return try body()
        } catch {
            let reason = error.message.split(separator: ": ", maxSplits: 1).last.map(String.init)
            throw Failure(
                .item, .input, reason ?? error.message,
                remedy: "name its format with --from, or make it again")
        }
    }
}

extension Spoken {
    /// An utterance as the engines' readers have it.
    init(_ utterance: Utterance) {
        self.init(
            Transcript.Segment(
                start: utterance.start, end: utterance.end, channel: max(0, utterance.channel),
                speaker: utterance.speaker, text: utterance.text,
                confidence: utterance.confidence),
            words: utterance.words)
    }
}
