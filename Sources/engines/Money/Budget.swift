// Budget: the amount that a run may spend, whoever it is spent on.
public import Records

/// Adds up the costs of a run, and stops it before a request that would exceed the budget.
///
/// Work under way counts with its highest cost, so that several at the same time cannot exceed the
/// budget together. Work for which too little is left waits for the others, because they may cost
/// less. If they do not, all that was paid for is finished before the line stops.
public actor Budget {
    private let verb: String
    private let limit: Double?
    private var spent = 0.0
    private var underWay = 0
    private var isClosed = false
    /// The failure that stops the line, when it is not the budget.
    private var reason: Failure?
    private var waiting: [(amount: Double, turn: CheckedContinuation<Bool, Never>)] = []

    /// Makes a budget.
    ///
    /// - Parameters:
    ///   - limit: The most that the run may spend; `nil` for no limit.
    ///   - verb: What the run does with a record, for the message: `transcribe`.
    public init(limit: Double?, for verb: String) {
        self.limit = limit
        self.verb = verb
    }

    /// An amount of money such as `0.0125`; `nil` for anything else.
    public static func amount(_ text: String) -> Double? {
        Double(text).flatMap { $0.isFinite && $0 >= 0 ? $0 : nil }
    }

    /// Sets aside the highest cost of the work on a record, to be settled.
    ///
    /// - Throws: `Failure` of scope `stop`, kind `quota`, when the budget does not hold it.
    public func reserve(_ amount: Double, for id: String) async throws {
        if !isClosed, holds(amount) {
            begin(amount)
        } else if isClosed || underWay == 0 {
            throw refusal(of: amount, id)
        } else if await withCheckedContinuation({ waiting.append((amount, $0)) }) == false {
            throw refusal(of: amount, id)
        }
    }

    /// Replaces the amount that was set aside by the real cost.
    public func settle(_ reserved: Double, spent actual: Double) {
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

    /// Lets no other work begin, because the line stops.
    ///
    /// - Parameter failure: The reason, which all that waits gets; `nil` when it is the budget.
    public func close(for failure: Failure? = nil) {
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

    private func refusal(of amount: Double, _ id: String) -> Failure {
        if let reason { return reason }
        isClosed = true
        let limit = limit ?? 0
        return Failure(
            .stop, .quota,
            "\(verb) \(id): it would cost \(Budget.text(amount)), and "
                + "\(Budget.text(max(0, limit - spent))) is left of the budget of "
                + Budget.text(limit),
            remedy: "run it again with another --budget")
    }

    private static func text(_ amount: Double) -> String {
        "\((amount * 10_000).rounded() / 10_000)"
    }
}
