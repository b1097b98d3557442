// WhisperXTasks: whisperX-FastAPI, which takes a file now and is asked for the words later.
internal import HTTP
internal import Records
internal import Speech

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

    /// How far one piece has got.
    private struct Outcome {
        /// What the service calls it, as long as it is worth asking after.
        var number: String?
        var result: Result<WhisperXReply, Failure>

        init(number: String? = nil, result: Result<WhisperXReply, Failure>) {
            self.number = number
            self.result = result
        }
    }

    func transcribe(_ sound: Sound) async throws -> Transcription {
        let (pieces, all) = try await service.pieces(of: sound)
        let known = TaskNumbers(sound.task, count: all.count)
        let seconds = all.reduce(0) { $0 + $1.seconds }
        let outcomes = await forEach(all) { [self] index, piece in
            await hear(piece, of: sound, known[index], seconds: seconds)
        }
        try Task.checkCancellation()
        let failures = outcomes.compactMap { outcome in
            if case .failure(let failure) = outcome.result { failure } else { nil }
        }
        let numbers = TaskNumbers(outcomes.map(\.number))
        if let failure = TaskNumbers.worst(failures) { throw numbers.left(with: failure) }
        let heard = try zip(all, outcomes).map { ($0, try $1.result.get()) }
        return try service.transcription(
            of: sound, pieces, heard, request: outcomes.compactMap(\.number).first)
    }

    func submit(_ sound: Sound) async throws -> String {
        let (_, all) = try await service.pieces(of: sound)
        let known = TaskNumbers(sound.task, count: all.count)
        let outcomes = await forEach(all) { [self] index, piece in
            if let number = known[index] { return Result<String, Failure>.success(number) }
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
        let numbers = TaskNumbers(outcomes.map { try? $0.get() })
        if let failure = TaskNumbers.worst(failures) { throw numbers.left(with: failure) }
        return numbers.text
    }

    /// What comes of each piece, all at once: the service has a queue.
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

    /// Submits it unless that was done, and again where the service has forgotten it, or where the
    /// attempt of an earlier run failed.
    private func hear(
        _ piece: Piece, of sound: Sound, _ known: String?, seconds: Double
    ) async -> Outcome {
        var number = known
        var submissions = 0
        while true {
            do throws(Failure) {
                let current: String
                if let number {
                    current = number
                } else {
                    current = try await submit(piece, of: sound)
                    submissions += 1
                }
                number = current
                switch await poll.wait(for: current, soundOfSeconds: seconds) {
                case .done(let reply):
                    sound.meter.add(piece.seconds)
                    return Outcome(number: current, result: .success(reply))
                case .left(var failure):
                    // The next record would be told the same. What was submitted just now has to
                    // get onto its record first.
                    if submissions == 0, [.auth, .permission].contains(failure.kind) {
                        failure.scope = .stop
                    }
                    return Outcome(number: current, result: .failure(failure))
                case .lost(let failure):
                    guard submissions < 2 else { return Outcome(result: .failure(failure)) }
                case .failed(let failure):
                    guard submissions < 1 else { return Outcome(result: .failure(failure)) }
                }
                number = nil
            } catch {
                return Outcome(number: number, result: .failure(error))
            }
        }
    }

    private func submit(_ piece: Piece, of sound: Sound) async throws(Failure) -> String {
        let form = service.form("file", piece)
        let request = Request(
            .post, service.base + "/speech-to-text" + query(hasVoices: service.isDiarized(sound)),
            headers: [form.header], body: form.body,
            timeout: Deadline.forSound(ofSeconds: piece.seconds))
        let response = try await service.client.send(request)
        guard response.isSuccess else {
            throw WhisperXRefusal(response, service.dialect).failure
        }
        let queued = try ReplyJSON.decode(Queued.self, response, of: service.title)
        guard let number = queued.identifier, TaskNumbers.isNumber(number) else {
            throw ReplyJSON.unusable("JSON without \"identifier\"", service.title, response)
        }
        return number
    }

    private func query(hasVoices: Bool) -> String {
        let configuration = service.configuration
        // What it takes by itself is the smallest model, on a graphics card that few have.
        var items = [
            ("model", service.model.name), ("device", configuration.device),
            ("compute_type", service.computeType), ("language", configuration.language),
            ("task", "transcribe"),
        ]
        // It always tells voices apart; where a channel is one party it needs not look for more.
        if !hasVoices { items += [("min_speakers", "1"), ("max_speakers", "1")] }
        if let prompt = configuration.prompt { items.append(("initial_prompt", prompt)) }
        return service.query(items)
    }

    private struct Queued: Decodable { let identifier: String? }
}
