// WhisperXPoll: asking after a task of whisperX-FastAPI, ever more seldom.
internal import HTTP
internal import Records
internal import Speech

/// Asks until a task is done, or is not worth asking after, or patience ends.
struct WhisperXPoll: Sendable {
    /// How it ended.
    enum End: Sendable {
        case done(WhisperXReply)
        /// The task goes on, as far as anybody knows.
        case left(Failure)
        /// The service has forgotten it.
        case lost(Failure)
        /// The service gave it up.
        case failed(Failure)
    }

    /// What one question came to.
    private enum Answer {
        case end(End)
        case pending
        case odd(Failure)
    }

    private static let firstInterval = 1.0
    private static let longestInterval = 10.0
    /// So many answers in a row that are none break the contact off.
    private static let mostOddities = 3

    private let service: WhisperXService

    init(_ service: WhisperXService) { self.service = service }

    /// Waits for a task of a sound of so many seconds.
    func wait(for number: String, soundOfSeconds seconds: Double) async -> End {
        let limit =
            service.configuration.patience ?? Deadline.forSound(ofSeconds: seconds) / .seconds(1)
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
            // Waits may be scaled and answers be slow, so both are counted.
            waited += interval
            guard max(waited, (ContinuousClock.now - began) / .seconds(1)) < limit else {
                return .left(
                    failure(
                        .timeout, "it has not done yet",
                        "run again, which goes on waiting; let WHISPERX_PATIENCE be more seconds"))
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
        let request = Request(
            .get, "\(service.base)/task/\(PercentEncoding.text(number))",
            headers: [Header("Accept", "application/json")])
        do throws(Failure) {
            let response = try await service.client.send(request)
            guard response.isSuccess else { return answer(to: response) }
            return try answer(ReplyJSON.decode(Task.self, response, of: service.title), response)
        } catch var failure where failure.kind == .badResponse {
            failure.scope = .temporary
            return .odd(failure)
        } catch var failure {
            // Whatever keeps us from asking, the task goes on.
            failure.scope = .temporary
            return .end(.left(failure))
        }
    }

    private func answer(to response: Response) -> Answer {
        let refusal = WhisperXRefusal(response, service.dialect)
        if refusal.status == 404, refusal.isOfService {
            return .end(
                .lost(
                    failure(
                        .server, "it forgets what it was given", "let it keep its database")))
        }
        var failure = refusal.failure
        failure.scope = .temporary
        return .odd(failure)
    }

    private func answer(_ task: Task, _ response: Response) throws(Failure) -> Answer {
        switch task.status {
        case "queued", "processing", "pending": return .pending
        case "completed":
            guard let reply = task.result.flatMap({ WhisperXReply($0) }) else {
                throw ReplyJSON.unusable(
                    "JSON without \"result\"", service.title, response)
            }
            return .end(.done(reply))
        case "failed":
            return .end(
                .failed(
                    failure(.engine, "it failed on the sound", "see its log, then run again")))
        default: throw ReplyJSON.unusable("of no known status", service.title, response)
        }
    }

    private func failure(_ kind: Failure.Kind, _ reason: String, _ remedy: String) -> Failure {
        Failure(.temporary, kind, "transcribe by \(service.title): \(reason)", remedy: remedy)
    }

    private struct Task: Decodable {
        let status: String?
        let result: WhisperXReply.Result?
    }
}
