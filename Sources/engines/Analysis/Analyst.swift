// Analyst: asks a model about a call, piece by piece, until each answer is usable.
internal import Crypto
public import Records
internal import Synchronization

/// Asks one question; throws `Failure`, or ``PromptTooLong``.
public typealias Asking = @Sendable (Question) async throws -> ModelAnswer

/// Asks about calls with one model and one set of prompts.
public final class Analyst: Sendable {
    /// The number of times that a question is asked before its record fails.
    public static let attempts = 3
    /// Turns that two pieces of a call have in common.
    private static let overlap = 2
    /// The tokens of turns in a piece, however long the prompt is.
    private static let leastRoom = 400
    /// The most pieces of one call.
    private static let mostPieces = 200
    /// Raised when the same inputs are to give another result.
    private static let version = "1"

    private let prompts: Prompts
    private let model: String
    private let observer: Observer
    /// The tokens of a prompt with its answer; less when a server takes less.
    private let window: Mutex<Int>

    /// Prepares.
    ///
    /// - Parameters:
    ///   - model: The model, as the service calls it.
    ///   - prompts: The texts of the questions.
    ///   - window: The tokens of a prompt together with its answer.
    ///   - observer: Gets remarks.
    public init(
        model: String, prompts: Prompts, window: Int, observer: @escaping Observer = { _ in }
    ) {
        self.model = model
        self.prompts = prompts
        self.window = Mutex(window)
        self.observer = observer
    }

    /// A hash over everything that decides the result of a task.
    public func key(of task: AnalysisTask, _ conversation: Conversation) -> String {
        let parts = [
            conversation.hash, task.rawValue, model, prompts.hash(of: task),
            task.shape(prompts).schema.text, Analyst.version,
        ]
        return Digest.sha256(Array(parts.joined(separator: "\n").utf8))
    }

    /// The turns that read like orders to a model, as the record has them.
    public static func suspicions(in conversation: Conversation) -> [JSON] {
        Suspicion.all(in: conversation).map { suspicion in
            let turn = conversation.turns[suspicion.turn]
            return .members([
                "start": .double(turn.start), "speaker": .string(turn.speaker),
                "reason": .string(suspicion.reason.rawValue),
            ])
        }
    }

    /// The questions of a task as they are asked first, so that their cost can be set aside.
    public func questions(_ task: AnalysisTask, _ conversation: Conversation) -> [Question] {
        let ranges = pieces(of: conversation, for: task)
        let questions = ranges.map { question(task, conversation, $0) }
        guard ranges.count > 1, task.isCombinedByModel else { return questions }
        return questions + questions.prefix(1)
    }

    /// The most tokens that a question may cost with all its tries: sent, and received.
    public static func mostTokens(for question: Question) -> (prompt: Int, completion: Int) {
        // One try whose answer had no room, and all tries with twice the room.
        (
            question.mostPromptTokens * (attempts + 1),
            question.answerTokens * (1 + 2 * attempts)
        )
    }

    /// Asks, and makes the result of a task.
    ///
    /// - Parameters:
    ///   - task: The task.
    ///   - conversation: The call; not an empty one.
    ///   - ask: Asks the model.
    /// - Returns: The member of the record.
    /// - Throws: `Failure`; of scope `item`, kind `bad_response`, when no answer is usable.
    public func result(
        _ task: AnalysisTask, _ conversation: Conversation, _ ask: Asking
    ) async throws -> JSON {
        var answers: [AnswerValue] = []
        for range in pieces(of: conversation, for: task) {
            answers += try await self.answers(task, conversation, range, ask)
        }
        if answers.count > 1, task.isCombinedByModel {
            let parts = answers.map(\.json)
            let whole = Question(
                task.rawValue, rules: prompts.rules,
                task: prompts.text(of: task) + "\n" + prompts.combination, content: parts,
                shape: task.shape(prompts), answerTokens: task.answerTokens(prompts),
                nonce: Analyst.nonce())
            do {
                answers = [try await answer(task, whole, ask)]
            } catch is PieceTooLarge {
                throw tooLong
            }
        }
        let findings = Findings(
            conversation: conversation, suspicions: Suspicion.all(in: conversation),
            prompts: prompts)
        return .object(
            findings.members(task, answers) + [
                .init("engine", .string("chat")), .init("model", .string(model)),
                .init("prompt", .string(prompts.hash(of: task))),
                .init("key", .string(key(of: task, conversation))),
                .init("at", .string(Timestamp.now.text)),
            ])
    }

    // MARK: Pieces

    /// The prompt, or the answer to it, has no room.
    private struct PieceTooLarge: Error {}

    /// The turns of each piece, as many as fit.
    private func pieces(of conversation: Conversation, for task: AnalysisTask) -> [Range<Int>] {
        let empty = question(task, conversation, 0..<0)
        let room = max(
            Analyst.leastRoom,
            window.withLock { $0 } - empty.mostPromptTokens - empty.answerTokens)
        var ranges: [Range<Int>] = []
        var (first, used) = (0, 0)
        for (index, turn) in conversation.turns.enumerated() {
            let tokens = Tokens.most(turn.line) + 3
            if index > first, used + tokens > room {
                ranges.append(first..<index)
                first = max(first + 1, index - Analyst.overlap)
                used = conversation.turns[first..<index].reduce(0) {
                    $0 + Tokens.most($1.line) + 3
                }
            }
            used += tokens
        }
        return ranges + [first..<conversation.turns.count]
    }

    private func question(
        _ task: AnalysisTask, _ conversation: Conversation, _ range: Range<Int>
    ) -> Question {
        Question(
            task.rawValue, rules: prompts.rules, task: prompts.text(of: task),
            content: conversation.turns[range].map { .string($0.line) },
            shape: task.shape(prompts), answerTokens: task.answerTokens(prompts),
            nonce: Analyst.nonce())
    }

    /// Sixteen letters and digits that nobody on the telephone could know.
    private static func nonce() -> String {
        let letters = Array("abcdefghijkmnpqrstuvwxyz23456789")
        return String((0..<16).map { _ in letters.randomElement() ?? "x" })
    }

    /// The answers about some turns; about halves of them when all are too much.
    private func answers(
        _ task: AnalysisTask, _ conversation: Conversation, _ range: Range<Int>, _ ask: Asking
    ) async throws -> [AnswerValue] {
        let asked = question(task, conversation, range)
        do {
            return [try await answer(task, asked, ask)]
        } catch is PieceTooLarge {
            guard range.count > 1 else { throw tooLong }
            let middle = range.lowerBound + range.count / 2
            let common = range.count > 2 * Analyst.overlap ? Analyst.overlap : 0
            let first = try await answers(task, conversation, range.lowerBound..<middle, ask)
            let second = try await answers(
                task, conversation, (middle - common)..<range.upperBound, ask)
            guard first.count + second.count <= Analyst.mostPieces else { throw tooLong }
            return first + second
        }
    }

    private var tooLong: Failure {
        Failure(
            .item, .badResponse,
            "analyze by \(model): it has no room for the smallest piece of the call",
            remedy: "let the server have a larger context, and let --context tell its tokens")
    }

    // MARK: Answers

    /// Asks until the answer is usable.
    private func answer(
        _ task: AnalysisTask, _ asked: Question, _ ask: Asking
    ) async throws -> AnswerValue {
        var question = asked
        var hasMoreRoom = false
        var fault = ""
        var attempt = 0
        while attempt < Analyst.attempts {
            let answer: ModelAnswer
            do {
                answer = try await ask(question)
            } catch is PromptTooLong {
                shrink(question)
                throw PieceTooLarge()
            }
            // A server that cuts the prompt answers all the same, about a part of the call.
            if let counted = answer.promptTokens, counted > 0,
                counted < question.fewestPromptTokens
            {
                observer(
                    .note(
                        "the server read \(counted) tokens of a prompt of about "
                            + "\(question.mostPromptTokens); it is asked about smaller pieces"))
                shrink(question)
                throw PieceTooLarge()
            }
            switch answer.ending {
            case .length:
                guard !hasMoreRoom else { throw PieceTooLarge() }
                // Not the same request again: the answer needs more room.
                hasMoreRoom = true
                question.answerTokens *= 2
                continue
            case .refusal: throw refused("the model refuses to answer")
            case .filter: throw refused("a filter of the service cut the answer")
            case .complete: break
            }
            do throws(AnswerText.Fault) {
                let value = try AnswerText.value(answer.text, of: asked.shape)
                guard let inside = task.fault(in: value, prompts) else { return value }
                fault = inside
            } catch {
                fault = error.words
            }
            question.complaint = fault
            attempt += 1
        }
        throw Failure(
            .item, .badResponse,
            "use the answers of \(model) to \(task.rawValue): \(fault), \(Analyst.attempts) times",
            remedy: "use a larger model, or simplify the prompt")
    }

    private func refused(_ reason: String) -> Failure {
        Failure(
            .item, .badResponse, "analyze by \(model): \(reason)",
            remedy: "use another model for this call")
    }

    /// Later questions are shorter than one that was too long.
    private func shrink(_ question: Question) {
        let most = (question.mostPromptTokens + question.answerTokens) * 3 / 5
        window.withLock { $0 = min($0, most) }
    }
}
