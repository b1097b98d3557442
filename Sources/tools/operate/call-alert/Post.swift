// Post: the messages of the book to their channels.
import AlertService
import Alerts
import Filter
import HTTP
import Healthchecks
import Records

/// Sends what waits in the book.
struct Post {
    private let report: Report
    private let book: AlertBook
    private let writer: Writer
    private let span: Double

    /// Prepares to send; an alert stays for so many seconds without a further message.
    init(_ report: Report, _ book: AlertBook, _ writer: Writer, stays span: Double) {
        self.report = report
        self.book = book
        self.writer = writer
        self.span = span
    }

    /// Sends the messages that are due, one notice a group.
    ///
    /// - Parameters:
    ///   - channels: The channels.
    ///   - names: Only these of them; all by default.
    /// - Returns: For each channel that was tried, whether it failed.
    /// - Throws: `Failure` of scope `stop` for the book.
    nonisolated(nonsending) func send(
        through channels: Channels, only names: [String]? = nil
    ) async throws -> [Evaluation] {
        var results: [Evaluation] = []
        for (name, failure) in channels.unusable where names == nil {
            report.fail(failure)
            results.append(Post.result(name, failure))
        }
        if names == nil, !channels.unusable.contains(where: { $0.name == Channels.unknown }) {
            results.append(Post.result(Channels.unknown, nil))
        }
        let usable = channels.usable.filter { names?.contains($0.name) ?? true }
        // A channel that hangs holds up no other: all of them are told side by side.
        let deliveries = try usable.map { try delivery(of: book.claim($0.name), through: $0) }
            .filter { !$0.parcels.isEmpty }
        try await withThrowingTaskGroup { group in
            for delivery in deliveries { group.addTask { await delivery.send() } }
            for try await outcome in group { results.append(try note(outcome)) }
        }
        return results
    }

    /// The notices for a channel: what was made together is told together, and again together.
    private func delivery(
        of messages: [AlertMessage], through channel: any Channel
    ) -> Delivery {
        let groups =
            channel.takesGroups
            ? Dictionary(grouping: messages) { $0.madeAt }.sorted { $0.key < $1.key }.map(\.value)
            : messages.map { [$0] }
        return Delivery(
            channel: channel,
            parcels: groups.map { (messages: $0, notice: writer.notice($0, stays: span)) })
    }

    /// Writes down how a channel took its notices.
    private func note(_ outcome: Delivery.Outcome) throws -> Evaluation {
        for (messages, result) in outcome.results {
            switch result {
            case .success(let reply): try book.sent(messages, reply)
            case .failure(let failure): try book.failed(messages, failure)
            }
        }
        let faults = outcome.results.compactMap { result -> Failure? in
            if case .failure(let failure) = result.1 { failure } else { nil }
        }
        // Notices behind one that failed for now have the same failure.
        for (index, fault) in faults.enumerated() where !faults[..<index].contains(fault) {
            report.fail(fault)
        }
        return Post.result(outcome.channel, faults.last)
    }

    /// The finding about a channel: it holds when the channel failed.
    private static func result(_ name: String, _ failure: Failure?) -> Evaluation {
        Evaluation(
            RuleSet.own(
                "channel.\(name)", "The alert channel \(name) fails",
                failure.map { "unable to \($0.message)" } ?? "the channel works",
                remedy: "call-alert --test" + (name == Channels.unknown ? "" : " --to \(name):"),
                level: .critical),
            failure == nil ? .holdsNot : .holds)
    }
}

/// The messages that wait for one channel.
private struct Delivery: Sendable {
    /// How the channel took each of its notices.
    struct Outcome: Sendable {
        let channel: String
        let results: [([AlertMessage], Result<String, Failure>)]
    }

    let channel: any Channel
    let parcels: [(messages: [AlertMessage], notice: Notice)]

    /// Sends one notice after the other; after a failure that may pass the others wait as well.
    func send() async -> Outcome {
        var results: [([AlertMessage], Result<String, Failure>)] = []
        var fault: Failure?
        for (messages, notice) in parcels {
            if let fault {
                results.append((messages, .failure(fault)))
                continue
            }
            do throws(Failure) {
                results.append((messages, .success(try await channel.tell(notice))))
            } catch {
                if error.scope != .item { fault = error }
                results.append((messages, .failure(error)))
            }
        }
        return Outcome(channel: channel.name, results: results)
    }
}

/// The dead man's switch.
struct Ping {
    private let switchboard: Healthchecks

    init(_ options: Options<ToolOptions>) throws {
        switchboard = try Healthchecks(
            options.environment, Posting(options.environment, observer: options.observer))
    }

    /// Pings, which only a whole good run does.
    func send() async throws { try await switchboard.ping() }
}
