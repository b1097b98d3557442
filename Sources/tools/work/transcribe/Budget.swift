// Budget: the prices of engines, and the amount that this run may spend.
import Filter
import Records
import Speech

/// Adds up the costs of a run, and stops it before a request that would exceed the budget.
///
/// A sound in work counts with its highest cost, so that sounds at the same time cannot exceed the
/// budget together. A sound for which too little is left waits for the others, because they may cost
/// less. If they do not, all that was paid for is finished before the line stops.
actor Budget {
    private let prices: [String: Double]
    private let limit: Double?
    private var spent = 0.0
    private var underWay = 0
    private var isClosed = false
    /// The failure that stops the line, when it is not the budget.
    private var reason: Failure?
    private var waiting: [(amount: Double, turn: CheckedContinuation<Bool, Never>)] = []

    /// Reads `--price` (`AMOUNT`, or `ENGINE=AMOUNT` separated by commas) and `--budget`.
    init(_ options: Options<ToolOptions>, engine: String, fallback: String?) throws {
        prices = try Budget.prices(options.price, engine: engine)
        limit = options.budget
        guard limit != nil else { return }
        for name in [engine, fallback].compactMap({ $0 }) where prices[name] == nil {
            throw UsageError("option --budget needs --price \(name)=AMOUNT; it may be 0")
        }
    }

    private static func prices(_ text: String?, engine: String) throws -> [String: Double] {
        var prices: [String: Double] = [:]
        for entry in (text ?? "").split(separator: ",") {
            let parts = entry.split(separator: "=", maxSplits: 1).map(String.init)
            let name = parts.count == 2 ? parts[0] : engine
            let text = parts.last ?? ""
            guard let price = amount(text) else {
                throw UsageError("option --price needs an amount such as 0.0125, not \"\(text)\"")
            }
            prices[name] = price
        }
        return prices
    }

    /// An amount of money such as `0.0125`; `nil` for anything else.
    static func amount(_ text: String) -> Double? {
        Double(text).flatMap { $0.isFinite && $0 >= 0 ? $0 : nil }
    }

    /// The cost of seconds of audio with an engine; `nil` when it has no price.
    nonisolated func cost(ofSeconds seconds: Double, _ engine: String) -> Double? {
        prices[engine].map { $0 * seconds / 60 }
    }

    /// Sets aside the highest cost of a sound.
    ///
    /// - Returns: The amount, to be settled.
    /// - Throws: `Failure` of scope `stop`, kind `quota`, when the budget does not hold it.
    func reserve(_ sound: Sound, _ engine: String) async throws -> Double {
        let amount = cost(ofSeconds: sound.seconds * Double(sound.channels), engine) ?? 0
        if !isClosed, holds(amount) {
            begin(amount)
        } else if isClosed || underWay == 0 {
            throw refusal(of: amount, sound)
        } else if await withCheckedContinuation({ waiting.append((amount, $0)) }) == false {
            throw refusal(of: amount, sound)
        }
        return amount
    }

    /// Replaces the amount that was set aside by the real cost.
    func settle(_ reserved: Double, spent actual: Double) {
        spent += actual - reserved
        underWay -= 1
        var rest: [(amount: Double, turn: CheckedContinuation<Bool, Never>)] = []
        for next in waiting {
            if holds(next.amount) {
                begin(next.amount)
                next.turn.resume(returning: true)
            } else {
                rest.append(next)
            }
        }
        waiting = rest
        if underWay == 0, !waiting.isEmpty { close() }
    }

    /// Lets no other sound begin, because the line stops.
    ///
    /// - Parameter failure: The reason, which all waiting sounds get; `nil` when it is the budget.
    func close(for failure: Failure? = nil) {
        isClosed = true
        reason = reason ?? failure
        for next in waiting { next.turn.resume(returning: false) }
        waiting = []
    }

    /// The tolerance is for binary fractions: 0.1 + 0.2 is 0.3 here.
    private func holds(_ amount: Double) -> Bool {
        limit.map { spent + amount <= $0 + 1e-9 } ?? true
    }

    private func begin(_ amount: Double) {
        spent += amount
        underWay += 1
    }

    private func refusal(of amount: Double, _ sound: Sound) -> Failure {
        if let reason { return reason }
        isClosed = true
        let limit = limit ?? 0
        return Failure(
            .stop, .quota,
            "transcribe \(sound.id): it would cost \(Budget.text(amount)), and "
                + "\(Budget.text(max(0, limit - spent))) is left of the budget of "
                + Budget.text(limit),
            remedy: "run it again with another --budget")
    }

    private static func text(_ amount: Double) -> String {
        "\((amount * 10_000).rounded() / 10_000)"
    }
}
