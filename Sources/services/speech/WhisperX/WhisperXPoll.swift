// WhisperXPoll: the questions about a task of whisperX-FastAPI, at growing intervals.
internal import HTTP
internal import Records
internal import SpeechReplies
internal import SpeechService

/// Asks until a task is done, is lost, has failed, or its time is up.
struct WhisperXPoll: Sendable {
    /// The end of the questions.
    enum End: Sendable {
        case done(TranscriptJSON)
        /// The task may still be running.
        case left(Failure)
        /// The service has forgotten it.
        case lost(Failure)
        /// The service gave it up.
        case failed(Failure)
    }

    /// The meaning of one answer.
    private enum Answer {
        case end(End)
        case pending
        case odd(Failure)
    }

    private static let firstInterval = 1.0
    private static let longestInterval = 10.0
    /// The most answers in a row that say nothing about the task.
    private static let mostOddities = 3

    private let service: WhisperXService

    init(_ service: WhisperXService) { self.service = service }

    /// Waits for a task of a sound of so many seconds.
    func wait(for number: String, soundOfSeconds seconds: Double) async -> End {
        let limit =
            service.configuration.taskTimeout
            ?? RequestTimeout.forSound(ofSeconds: seconds) / .seconds(1)
        let began = ContinuousClock.now
        var waited = 0.0
        var interval = WhisperXPoll.firstInterval
        var oddities = 0
        while true {
            switch await ask(number) {
            case .end(let end): return end
            case .pending: oddities = 0
            case .odd(let failure):
                oddities += 1
                if oddities >= WhisperXPoll.mostOddities { return .left(failure) }
            }
            // Tests shorten the waits, and answers may be slow: the larger count decides.
            waited += interval
            guard max(waited, (ContinuousClock.now - began) / .seconds(1)) < limit else {
                return .left(
                    failure(
                        .timeout, "it is not done yet",
                        "run again, which goes on waiting; raise WHISPERX_TASK_TIMEOUT"))
            }
            do throws(Failure) {
                try await service.configuration.wait(interval)
            } catch {
                return .left(error)
            }
            interval = min(interval * 1.5, WhisperXPoll.longestInterval)
        }
    }

    private func ask(_ number: String) async -> Answer {
        var request = Request(
            .get, "\(service.base)/task/\(PercentEncoding.text(number))",
            headers: [Header("Accept", "application/json")])
        request.bearer = service.configuration.key
        do throws(Failure) {
            let response = try await service.client.send(request)
            guard response.isSuccess else { return answer(to: response) }
            let json = service.json(response)
            return try answer(json.decode(Task.self), json)
        } catch var failure where failure.kind == .badResponse {
            failure.scope = .temporary
            return .odd(failure)
        } catch var failure {
            // The task goes on, whatever keeps us from asking.
            failure.scope = .temporary
            return .end(.left(failure))
        }
    }

    private func answer(to response: Response) -> Answer {
        let refusal = WhisperXRefusal(response, service.dialect)
        if refusal.status == 404, refusal.isOfService {
            return .end(
                .lost(
                    failure(.server, "it has lost the task", "let it keep its database")))
        }
        var failure = refusal.failure
        failure.scope = .temporary
        return .odd(failure)
    }

    private func answer(_ task: Task, _ json: ReplyJSON) throws(Failure) -> Answer {
        switch task.status {
        case "queued", "processing", "pending": return .pending
        case "completed":
            guard let reply = task.result.flatMap({ TranscriptJSON($0) }) else {
                throw json.unusable("JSON without \"result\"")
            }
            return .end(.done(reply))
        case "failed":
            return .end(
                .failed(
                    failure(.engine, "it failed on the sound", "see its log, then run again")))
        default: throw json.unusable("of no known status")
        }
    }

    private func failure(_ kind: Failure.Kind, _ reason: String, _ remedy: String) -> Failure {
        Failure(.temporary, kind, "transcribe by \(service.title): \(reason)", remedy: remedy)
    }

    private struct Task: Decodable {
        let status: String?
        let result: TranscriptJSON.Body?
    }
}
