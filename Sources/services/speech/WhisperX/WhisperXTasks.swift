// WhisperXTasks: whisperX-FastAPI, which accepts a file now and is asked for the words later.
internal import HTTP
internal import Records
internal import Speech
internal import SpeechReplies
internal import SpeechService

/// `POST /speech-to-text` for each channel, and `GET /task/{identifier}` until it is done.
final class WhisperXTasks: SubmittingEngine {
    var name: String { WhisperX.name }
    var model: Model { service.model }
    var settings: String { service.settings }

    private let service: WhisperXService
    private let poll: WhisperXPoll

    init(_ service: WhisperXService) {
        self.service = service
        poll = WhisperXPoll(service)
    }

    /// The state of one piece.
    private struct Outcome {
        /// The task's id, while the task may still end well.
        var id: String?
        var result: Result<TranscriptJSON, Failure>

        init(id: String? = nil, result: Result<TranscriptJSON, Failure>) {
            self.id = id
            self.result = result
        }
    }

    func transcribe(_ sound: Sound) async throws -> Transcription {
        let (pieces, all) = try await service.pieces(of: sound)
        let known = TaskIDs(sound.task, count: all.count)
        let seconds = all.reduce(0) { $0 + $1.seconds }
        let outcomes = await forEach(all) { [self] index, piece in
            await hear(piece, of: sound, known[index], seconds: seconds)
        }
        try Task.checkCancellation()
        let failures = outcomes.compactMap { outcome in
            if case .failure(let failure) = outcome.result { failure } else { nil }
        }
        let ids = TaskIDs(outcomes.map(\.id))
        if let failure = TaskIDs.worst(failures) { throw ids.left(with: failure) }
        let heard = try zip(all, outcomes).map { ($0, try $1.result.get()) }
        return try service.transcription(
            of: sound, pieces, heard, request: outcomes.compactMap(\.id).first)
    }

    func submit(_ sound: Sound) async throws -> String {
        let (_, all) = try await service.pieces(of: sound)
        let known = TaskIDs(sound.task, count: all.count)
        let outcomes = await forEach(all) { [self] index, piece in
            if let id = known[index] { return Result<String, Failure>.success(id) }
            do throws(Failure) {
                return .success(try await submit(piece, of: sound))
            } catch {
                return .failure(error)
            }
        }
        try Task.checkCancellation()
        let failures = outcomes.compactMap { outcome in
            if case .failure(let failure) = outcome { failure } else { nil }
        }
        let ids = TaskIDs(outcomes.map { try? $0.get() })
        if let failure = TaskIDs.worst(failures) { throw ids.left(with: failure) }
        return ids.text
    }

    /// Works on all pieces at once, because the service has a queue.
    private func forEach<Value: Sendable>(
        _ pieces: [Piece], _ work: @escaping @Sendable (Int, Piece) async -> Value
    ) async -> [Value] {
        await withTaskGroup(of: (Int, Value).self) { group in
            for (index, piece) in pieces.enumerated() {
                group.addTask { (index, await work(index, piece)) }
            }
            var values: [(Int, Value)] = []
            for await value in group { values.append(value) }
            return values.sorted { $0.0 < $1.0 }.map(\.1)
        }
    }

    // MARK: One piece

    /// Submits the piece unless an earlier run did, and submits it again when the service has lost
    /// the task, or when the task of an earlier run failed.
    private func hear(
        _ piece: Piece, of sound: Sound, _ known: String?, seconds: Double
    ) async -> Outcome {
        var id = known
        var submissions = 0
        while true {
            do throws(Failure) {
                let current: String
                if let id {
                    current = id
                } else {
                    current = try await submit(piece, of: sound)
                    submissions += 1
                }
                id = current
                switch await poll.wait(for: current, soundOfSeconds: seconds) {
                case .done(let reply):
                    sound.meter.add(piece.seconds)
                    return Outcome(id: current, result: .success(reply))
                case .left(var failure):
                    // The next record would get the same answer. A task that was submitted just now
                    // has to get onto its record first.
                    if submissions == 0, [.auth, .permission].contains(failure.kind) {
                        failure.scope = .stop
                    }
                    return Outcome(id: current, result: .failure(failure))
                case .lost(let failure):
                    guard submissions < 2 else { return Outcome(result: .failure(failure)) }
                case .failed(let failure):
                    guard submissions < 1 else { return Outcome(result: .failure(failure)) }
                }
                id = nil
            } catch {
                return Outcome(id: id, result: .failure(error))
            }
        }
    }

    private func submit(_ piece: Piece, of sound: Sound) async throws(Failure) -> String {
        let request = service.request(
            "/speech-to-text", items(of: sound), "file", piece)
        let response = try await service.client.send(request)
        guard response.isSuccess else {
            throw WhisperXRefusal(response, service.dialect).failure
        }
        let json = service.json(response)
        guard let id = try json.decode(Queued.self).identifier, TaskIDs.isID(id) else {
            throw json.unusable("JSON without \"identifier\"")
        }
        return id
    }

    private func items(of sound: Sound) -> [(String, String)] {
        let configuration = service.configuration
        // Its own defaults are the smallest model, and a graphics card that few machines have.
        var items = [
            ("model", service.model.name), ("device", configuration.device),
            ("compute_type", service.computeType), ("language", configuration.language),
            ("task", "transcribe"),
        ]
        // It always tells voices apart; where a channel is one party there is one voice.
        if !service.isDiarized(sound) { items += [("min_speakers", "1"), ("max_speakers", "1")] }
        if let prompt = sound.prompt { items.append(("initial_prompt", prompt)) }
        return items
    }

    private struct Queued: Decodable { let identifier: String? }
}
