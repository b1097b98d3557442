// CallLog: lists the recordings of a range of calls, oldest first, day by day.
internal import HTTP
public import Records

/// A question to the call log: the recordings to list.
public struct CallLogQuery: Sendable {
    /// The direction of a call, seen from the company.
    public enum Direction: String, Sendable {
        case inbound = "Inbound"
        case outbound = "Outbound"
    }

    /// The time in which the calls began.
    public let range: CallRange
    /// The id of an extension, to list the calls of one user only.
    public let extensionID: String?
    /// The direction, to list calls of one direction only.
    public let direction: Direction?
    /// The remedy for an extension that the service does not know.
    let unknownExtension: String

    /// Asks for the calls of a range, of the whole company unless told otherwise.
    ///
    /// - Parameters:
    ///   - range: The time in which the calls began.
    ///   - extensionID: The id of an extension, to list the calls of one user only.
    ///   - direction: The direction, to list calls of one direction only.
    ///   - unknownExtension: The remedy for an extension that the service does not know; it names
    ///     the tool's option.
    public init(
        _ range: CallRange, extensionID: String? = nil, direction: Direction? = nil,
        unknownExtension: String = ""
    ) {
        self.range = range
        self.extensionID = extensionID
        self.direction = direction
        self.unknownExtension = unknownExtension
    }

    /// The path and query for one window; a page has 1000 rows at most.
    func path(_ window: CallRange.Window) -> String {
        let user = extensionID.map { "extension/\($0)/" } ?? ""
        let way = direction.map { "&direction=\($0.rawValue)" } ?? ""
        return user + "call-log?view=Detailed&recordingType=All&type=Voice" + way
            + "&dateFrom=\(window.dateFrom.text)&dateTo=\(window.dateTo.text)&perPage=1000"
    }
}

extension Account {
    /// Lists recordings as records, oldest first, window by window.
    ///
    /// - Parameters:
    ///   - query: The recordings to list.
    ///   - emit: Takes each record; an error that it throws ends the listing.
    /// - Returns: The numbers of recordings found and of calls left out.
    /// - Throws: `Failure` of scope `stop`, or the error of `emit`.
    nonisolated(nonsending) public func listRecordings(
        _ query: CallLogQuery, emit: (Record) throws -> Void
    ) async throws -> ListingTally {
        let windows = query.range.windows
        let retention = try await retention()
        if let purged = retention.purged(of: query.range, now: .now) { observer(.note(purged)) }
        var collector = RecordingCollector(range: query.range.moments, retention: retention)
        var relisting = Relisting()
        for (index, window) in windows.enumerated() {
            let incomplete = try await collect(window, query, into: &collector, &relisting)
            collector.tally.incomplete += incomplete.map(\.shown)
            try collector.endWindow(emit)
            observer(.progress(Double(index + 1) / Double(windows.count)))
        }
        return collector.tally
    }

    /// Lists a window, and parts of it when its pages do not add up.
    ///
    /// - Returns: The parts that do not add up either; none when all calls came.
    nonisolated(nonsending) private func collect(
        _ window: CallRange.Window, _ query: CallLogQuery, into collector: inout RecordingCollector,
        _ relisting: inout Relisting
    ) async throws(Failure) -> [CallRange.Window] {
        if try await isWhole(window, query, into: &collector) { return [] }
        observer(
            .note(
                "RingCentral shows fewer calls than it says there are: the calls"
                    + " \(window.shown.text) are listed again in smaller spans"))
        var parts = [window]
        var open: [CallRange.Window] = []
        while let part = parts.popLast() {
            guard let halves = part.halves, relisting.hasPartsLeft else {
                open.append(part)
                continue
            }
            // The earlier half goes last, so that it is listed next.
            for half in halves.reversed() {
                let before = collector.callsOfWindow
                let isWhole = try await isWhole(half, query, into: &collector)
                relisting.count(newCalls: collector.callsOfWindow - before)
                if !isWhole { parts.append(half) }
            }
        }
        return CallRange.Window.joined(open)
    }

    /// Follows the pages of a window to the end; true when all came that they say there is.
    ///
    /// Only a missing `nextPage` ends the window. The address of the next page is checked, since
    /// the token goes there.
    nonisolated(nonsending) private func isWhole(
        _ window: CallRange.Window, _ query: CallLogQuery, into collector: inout RecordingCollector
    ) async throws(Failure) -> Bool {
        var check = WindowCheck()
        let first = address(query.path(window))
        var visited: Set<String> = []
        var next: String? = first
        while let address = next {
            guard isOnServer(address) else {
                throw Account.unusablePage("the next page is on another server")
            }
            guard visited.insert(address).inserted else {
                throw Account.unusablePage("the pages lead in a circle")
            }
            let page = try await page(address, query)
            collector.add(page, &check)
            next = page.nextPage
        }
        return check.isWhole
    }

    /// Gets one page; a 200 that is not a page is asked for again as other passing failures are.
    nonisolated(nonsending) private func page(
        _ address: String, _ query: CallLogQuery
    ) async throws(Failure) -> CallLogPage {
        let response = try await ask(address, budgets.heavy, .readCallLog) { response in
            response.status == 200 && (try? CallLogPage(response.body)) == nil ? true : nil
        }
        guard response.status == 200 else {
            let problem = ServiceProblem(response)
            var failure = problem.failure("read the call log")
            if problem.status == 404, problem.parameter == "extensionId" {
                failure.remedy = query.unknownExtension
            }
            throw failure
        }
        guard let page = try? CallLogPage(response.body) else {
            throw Account.unusablePage("the reply is not a page of it")
        }
        return page
    }

    private static func unusablePage(_ reason: String) -> Failure {
        Failure(
            .stop, .badResponse, "read the call log: \(reason)",
            remedy: "check RINGCENTRAL_SERVER_URL, and run it again later")
    }
}
