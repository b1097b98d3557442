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
        for channel in channels.usable where names?.contains(channel.name) ?? true {
            let messages = try book.claim(channel.name)
            // Messages that were made together are told together, and again together.
            let groups = Dictionary(grouping: messages) { $0.madeAt }.sorted { $0.key < $1.key }
            var fault: Failure?
            for (_, group) in groups {
                if let fault, fault.scope == .temporary {
                    try book.failed(group, fault)
                    continue
                }
                do throws(Failure) {
                    let reply = try await channel.tell(writer.notice(group, stays: span))
                    try Post.book { try book.sent(group, reply) }
                } catch {
                    if error.scope == .stop { throw error }
                    fault = error
                    report.fail(error)
                    try book.failed(group, error)
                }
            }
            if !messages.isEmpty { results.append(Post.result(channel.name, fault)) }
        }
        return results
    }

    private static func book(_ body: () throws -> Void) throws(Failure) {
        do {
            try body()
        } catch {
            throw error as? Failure ?? Failure(.stop, .internal, "note a message: \(error)")
        }
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
