// WhisperXRequests: whisper-asr-webservice, whose answer to a file is the words.
internal import HTTP
internal import Records
internal import Speech
internal import System

/// `POST /asr` for each channel.
final class WhisperXRequests: Engine {
    var name: String { WhisperX.name }
    var model: Model { service.model }
    var settings: String { service.settings }

    private let service: WhisperXService
    /// It has one model and one lock; who waits for that uses up the time for its own sound.
    private let slot = Slots(1)

    init(_ service: WhisperXService) { self.service = service }

    func transcribe(_ sound: Sound) async throws -> Transcription {
        let (pieces, all) = try await service.pieces(of: sound)
        var heard: [(Piece, WhisperXReply)] = []
        var version: String?
        for piece in all {
            let response = try await ask(piece, hasVoices: service.isDiarized(sound))
            sound.meter.add(piece.seconds)
            heard.append((piece, try WhisperXReply(response, of: service.title)))
            version = response.header("Asr-Engine").flatMap(RequestNumber.plain) ?? version
        }
        return try service.transcription(of: sound, pieces, heard, version: version)
    }

    private func ask(_ piece: Piece, hasVoices: Bool) async throws -> Response {
        let form = service.form("audio_file", piece)
        var request = Request(
            .post, service.base + "/asr" + query(hasVoices: hasVoices), headers: [form.header],
            body: form.body, timeout: Deadline.forSound(ofSeconds: piece.seconds))
        request.isWorthAnother = { $0.status == 500 ? false : nil }
        let response = try await slot.use { [client = service.client, request] in
            let first = try await client.send(request)
            // The first request in a language fails while its aligner is being fetched.
            return first.status == 500 ? try await client.send(request) : first
        }
        guard response.isSuccess else {
            throw WhisperXRefusal(response, service.dialect).failure
        }
        return response
    }

    private func query(hasVoices: Bool) -> String {
        let configuration = service.configuration
        var items = [
            ("output", "json"), ("task", "transcribe"), ("encode", "true"),
            ("word_timestamps", "true"), ("vad_filter", "true"),
        ]
        if configuration.language != "auto" { items.append(("language", configuration.language)) }
        if let prompt = configuration.prompt { items.append(("initial_prompt", prompt)) }
        // Only WhisperX takes it, and one that cannot leaves it alone.
        if hasVoices { items.append(("diarize", "true")) }
        return service.query(items)
    }
}
