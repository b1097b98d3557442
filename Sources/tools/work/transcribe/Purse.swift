// Purse: what engines cost by the minute, and how much this run may spend.
import Filter
import Records
import Speech

/// Adds up what a run spends, and stops it before a request that would pass the budget.
///
/// What is under way counts as spent at its highest, so that requests at the same time cannot pass
/// the budget together. Who finds too little left waits for them: they may cost less; and when they
/// do not, nothing that is paid for is under way any more when the line stops.
actor Purse {
    private let prices: [String: Double]
    private let budget: Double?
    private var spent = 0.0
    private var underWay = 0
    private var isClosed = false
    /// What stops the line, where it is not the budget.
    private var reason: Failure?
    private var waiting: [(amount: Double, turn: CheckedContinuation<Bool, Never>)] = []

    /// Reads `--price` (`AMOUNT`, or `ENGINE=AMOUNT` separated by commas) and `--budget`.
    init(_ options: Options<ToolOptions>, engine: String, fallback: String?) throws {
        prices = try Purse.prices(options.price, engine: engine)
        budget = options.budget
        guard budget != nil else { return }
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

    /// What so many seconds of audio cost with an engine; `nil` when no price was named.
    nonisolated func cost(ofSeconds seconds: Double, _ engine: String) -> Double? {
        prices[engine].map { $0 * seconds / 60 }
    }

    /// Sets aside what a sound will cost at most.
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

    /// Puts what was really spent in the place of what was set aside.
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

    /// Lets nobody begin any more: the line stops.
    ///
    /// - Parameter failure: Why; who waits is told the same, so that it does not matter who says it
    ///   first. `nil` when it is the budget.
    func close(for failure: Failure? = nil) {
        isClosed = true
        reason = reason ?? failure
        for next in waiting { next.turn.resume(returning: false) }
        waiting = []
    }

    /// Ten cents and twenty are thirty, whatever binary fractions make of them.
    private func holds(_ amount: Double) -> Bool {
        budget.map { spent + amount <= $0 + 1e-9 } ?? true
    }

    private func begin(_ amount: Double) {
        spent += amount
        underWay += 1
    }

    private func refusal(of amount: Double, _ sound: Sound) -> Failure {
        if let reason { return reason }
        isClosed = true
        let budget = budget ?? 0
        return Failure(
            .stop, .quota,
            "transcribe \(sound.id): it would cost \(Purse.text(amount)), and "
                + "\(Purse.text(max(0, budget - spent))) is left of the budget of "
                + Purse.text(budget),
            remedy: "run it again with another --budget")
    }

    private static func text(_ amount: Double) -> String {
        "\((amount * 10_000).rounded() / 10_000)"
    }
}
