// WhisperXRequests: whisper-asr-webservice, whose answer to a file is the words.
internal import HTTP
internal import Records
internal import Speech
internal import SpeechReplies
internal import SpeechService
internal import System

/// `POST /asr` for each channel.
final class WhisperXRequests: Engine {
    var name: String { WhisperX.name }
    var model: Model { service.model }
    var settings: String { service.settings }

    private let service: WhisperXService
    /// The service has one model and one lock; a request that waits for the lock uses up the time
    /// for its own sound.
    private let slot = Slots(1)

    init(_ service: WhisperXService) { self.service = service }

    func transcribe(_ sound: Sound) async throws -> Transcription {
        let (pieces, all) = try await service.pieces(of: sound)
        var heard: [(Piece, TranscriptJSON)] = []
        var version: String?
        for piece in all {
            let response = try await ask(piece, of: sound)
            sound.meter.add(piece.seconds)
            heard.append((piece, try TranscriptJSON(service.json(response))))
            version = response.header("Asr-Engine").flatMap(ServiceID.plain) ?? version
        }
        return try service.transcription(of: sound, pieces, heard, version: version)
    }

    private func ask(_ piece: Piece, of sound: Sound) async throws -> Response {
        var request = service.request("/asr", items(of: sound), "audio_file", piece)
        request.isWorthAnother = { $0.status == 500 ? false : nil }
        let response = try await slot.use { [client = service.client, request] in
            let first = try await client.send(request)
            // The first request in a language fails while the service fetches its aligner.
            return first.status == 500 ? try await client.send(request) : first
        }
        guard response.isSuccess else {
            throw WhisperXRefusal(response, service.dialect).failure
        }
        return response
    }

    private func items(of sound: Sound) -> [(String, String)] {
        let configuration = service.configuration
        var items = [
            ("output", "json"), ("task", "transcribe"), ("encode", "true"),
            ("word_timestamps", "true"), ("vad_filter", "true"),
        ]
        if configuration.language != "auto" { items.append(("language", configuration.language)) }
        if let prompt = sound.prompt { items.append(("initial_prompt", prompt)) }
        // Only the engine WhisperX uses it; the others ignore it.
        if service.isDiarized(sound) { items.append(("diarize", "true")) }
        return items
    }
}
