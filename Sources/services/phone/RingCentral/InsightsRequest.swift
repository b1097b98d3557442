// InsightsRequest: gets the insights of a recording, and tells "not yet" from "never".
internal import HTTP
public import Records
internal import Synchronization

/// A group of requests with one rate limit.
///
/// By the API's description insights are light, by a third party's note heavy; the header of the
/// replies decides.
enum InsightsGroup: String, Sendable {
    case light, heavy
}

/// A question to the AI Conversation Expert.
public struct InsightsQuery: Sendable {
    /// The systems whose recordings have insights.
    public static let domains = ["pbx", "rcv", "rcx", "nice-incontact", "ms-teams"]

    /// The system that made the recording; RingEX telephony is `pbx`.
    public var domain: String
    /// The kinds of insights; all when empty.
    public var types: [InsightType]
    /// True to get all recordings of the conversation, by its telephony session.
    public var isBySession: Bool
    /// The time after the end of a call in which none means not yet, in seconds.
    public var wait: Double
    /// The share of the recording that a whole transcript covers at least, from 0 to 1.
    public var minimumCoverage: Double

    /// Makes a question; by default for everything about a recording of the telephone system.
    public init(
        domain: String = "pbx", types: [InsightType] = [], isBySession: Bool = false,
        wait: Double = 3600, minimumCoverage: Double = 0
    ) {
        self.domain = domain
        self.types = types
        self.isBySession = isBySession
        self.wait = wait
        self.minimumCoverage = minimumCoverage
    }

    /// True when a transcript is asked for.
    public var asksForTranscript: Bool { types.isEmpty || types.contains(.transcript) }

    /// True when the insights on the record answer the question, so that no request is needed.
    public func isAnswered(by insights: Insights, of record: Record) -> Bool {
        guard insights.skipped == nil else { return true }
        guard insights.recording == record.ringCentralRecording, !isBySession || insights.hasSession
        else { return false }
        guard let known = insights.types else { return true }
        return !types.isEmpty && known.isSuperset(of: types.map(\.rawValue))
    }

    /// The path of the question below that of the domains, with its query.
    func path(_ kind: String, _ id: String) -> String {
        let chosen = types.map(\.rawValue).joined(separator: ",")
        return "\(domain)/\(kind)/\(PercentEncoding.text(id))/insights"
            + (types.isEmpty ? "" : "?insightTypes=\(chosen)")
    }
}

extension Record {
    /// RingCentral's id of the recording; `nil` for a record of another system.
    var ringCentralRecording: String? {
        if let source = string("source"), source != "ringcentral" { return nil }
        if let id = (try? recording())?.id, !id.isEmpty { return id }
        return id.hasPrefix("rc:") && id.utf8.count > 3 ? String(id.dropFirst(3)) : nil
    }
}

extension Account {
    /// Gets the insights of a record's recording.
    ///
    /// - Parameters:
    ///   - record: The record; a record of another system is skipped without a request.
    ///   - query: The question.
    /// - Returns: The insights; `skipped` says that there are none and never will be.
    /// - Throws: `Failure`; of scope `temporary`, kind `not_found`, while there may be some later.
    public func insights(
        of record: Record, _ query: InsightsQuery
    ) async throws(Failure) -> Insights {
        guard let recording = record.ringCentralRecording else {
            return finished(Insights(skipped: "input", recording: nil), query)
        }
        let now = Timestamp.now
        let isEarly = query.isEarly(record, now: now)
        let id = query.isBySession ? try session(of: record) : recording
        guard !id.isEmpty, !id.allSatisfy({ $0 == "." }) else {
            throw Failure(
                .item, .input, "get the insights: the id of the recording has only points",
                remedy: "list the call again")
        }
        let response = try await askForInsights(
            query.path(query.isBySession ? "sessions" : "records", id))
        if response.status == 404, ServiceProblem(response).isWithoutInsights {
            if isEarly { throw Insights.notYet(status: 404) }
            return finished(Insights(skipped: "not_found", recording: recording), query)
        }
        guard response.status == 200 else {
            throw ServiceProblem(response).failureOfInsights()
        }
        guard let all = Insights.all(in: response.body, query) else {
            throw Failure(
                .temporary, .badResponse, "get the insights: the reply has another form",
                remedy: "try again later", status: 200)
        }
        if all.isCut {
            observer(.note("\(record.id): RingCentral shows only some of its conversation"))
        }
        guard var insights = all.first(of: recording) else {
            guard query.isBySession else {
                throw Failure(
                    .temporary, .badResponse,
                    "get the insights: the reply is of another recording",
                    remedy: "try again later", status: 200)
            }
            if isEarly { throw Insights.notYet(status: 200) }
            var none = Insights(skipped: "not_found", recording: recording)
            none.set("others", .array(all.list.map(\.json)))
            return finished(none, query)
        }
        insights.set("recording", .string(recording))
        insights.set("coverage", .number(insights.coverage(of: record)))
        if query.isBySession {
            insights.set("others", .array(all.others(than: recording).map(\.json)))
        }
        if query.mayGrow(insights, of: record, now: now) {
            throw Insights.notYet(status: 200)
        }
        return finished(insights, query)
    }

    private func askForInsights(_ path: String) async throws(Failure) -> Response {
        let budget = insightsGroup.withLock { $0 } == .heavy ? budgets.heavy : budgets.light
        let response = try await ask(insightsAddress(path), budget, .ringSense)
        if let named = response.header("X-Rate-Limit-Group")?.lowercased(),
            let group = InsightsGroup(rawValue: named)
        {
            insightsGroup.withLock { $0 = group }
        }
        return response
    }

    private func finished(_ insights: Insights, _ query: InsightsQuery) -> Insights {
        var insights = insights
        insights.set("engine", .string(Insights.engine))
        insights.set("model", .string(Insights.model))
        insights.set("at", .string(Timestamp.now.text))
        if !query.types.isEmpty {
            insights.set("types", .array(query.types.map { .string($0.rawValue) }))
        }
        return insights
    }

    private func session(of record: Record) throws(Failure) -> String {
        let value = record.raw(at: ["call", "telephony_session"]).map(JSON.raw)
        guard let id = value?.decoded(as: String.self), !id.isEmpty else {
            throw Failure(
                .item, .input, "get the insights: the record has no \"call.telephony_session\"",
                remedy: "list the call again, or ask by recording")
        }
        return id
    }
}

extension InsightsQuery {
    /// True when the call ended so recently that its insights may still come.
    func isEarly(_ record: Record, now: Timestamp) -> Bool {
        guard let start = record.start.flatMap({ Timestamp($0) }) else { return false }
        let end = start.adding(seconds: max(0, record.number("duration") ?? 0))
        return now < end.adding(seconds: wait)
    }

    /// True when insights without a whole transcript are only the first of more.
    ///
    /// AI Notes come earlier than ACE's insights, and must not be taken for all of them.
    func mayGrow(_ insights: Insights, of record: Record, now: Timestamp) -> Bool {
        isEarly(record, now: now) && asksForTranscript && !isWhole(insights)
    }

    /// True when the insights that a file kept are those that the service would give now.
    public func isAnswered(byKept insights: Insights, of record: Record) -> Bool {
        isAnswered(by: insights, of: record) && !mayGrow(insights, of: record, now: .now)
    }

    /// True when the transcript is there and long enough.
    public func isWhole(_ insights: Insights) -> Bool {
        // An empty one is none: a speech engine can tell whether there is speech.
        guard insights.segments?.isEmpty == false else { return false }
        let coverage = insights["coverage"]?.decoded(as: Double.self)
        return coverage.map { $0 >= minimumCoverage } ?? true
    }
}

extension Insights {
    /// The failure while insights may still come; RingCentral answers the same for a call that will
    /// never have any.
    static func notYet(status: Int) -> Failure {
        Failure(
            .temporary, .notFound, "get the insights: they are not there yet",
            remedy: "try again in some minutes", status: status)
    }

    /// The recordings of a reply.
    struct Listing {
        var list: [Insights]
        /// True when the reply says that there are more.
        var isCut = false

        /// The insights of a recording; if the reply names no recording, its only ones.
        func first(of recording: String) -> Insights? {
            if let found = list.first(where: { $0.recording == recording }) { return found }
            return list.count == 1 && list[0].recording == nil ? list[0] : nil
        }

        func others(than recording: String) -> [Insights] {
            let mine = first(of: recording)
            return list.filter { $0 != mine }
        }
    }

    /// Reads a reply; `nil` when it has another form.
    static func all(in body: [UInt8], _ query: InsightsQuery) -> Listing? {
        guard query.isBySession else {
            return Insights(reply: body).map { Listing(list: [$0]) }
        }
        guard let members = JSON.members(of: body),
            let records = members.last(where: { $0.name == "records" }),
            let elements = JSON.elements(of: records.value.bytes)
        else { return nil }
        let list = elements.compactMap { Insights(reply: $0.bytes) }
        guard list.count == elements.count else { return nil }
        let paging = members.last { $0.name == "paging" }?.value.decoded(as: Paging.self)
        return Listing(list: list, isCut: (paging?.totalElements ?? 0) > list.count)
    }

    private struct Paging: Decodable {
        let totalElements: Int?
    }
}

extension ServiceProblem {
    /// True for the one answer that RingCentral has for a call that is not licensed, not ready yet,
    /// or never will be.
    var isWithoutInsights: Bool { names("RAH-3001", "CMN-102") }

    /// The failure of a refusal, for the record or for all records.
    func failureOfInsights() -> Failure {
        let work = "get the insights"
        var failure = failure(work)
        switch status {
        case 401, 429: break
        case 403 where names("RAH-3005"):
            failure.message = "\(work): the user may not read them (\(shown))"
            failure.remedy =
                "give the user of the JWT a role with \"AI Conversation Expert - Access Insights\""
                + " (ReadRingSenseInsights)"
        case 403 where names("CMN-401") && permission == nil:
            failure.message = "\(work): the application lacks the permission RingSense (\(shown))"
            failure.remedy =
                "enable RingSense in the Developer Console and run it again, which logs in anew"
        case 403 where names("CMN-109", "CMN-403"):
            failure.message = "\(work): the account has no AI Conversation Expert (\(shown))"
            failure.remedy = "have it licensed, or do without insights"
        case 403 where isPermissionOfAll: break
        case 403: failure.scope = .item
        // The record did not make an address that the server does not know.
        case 404 where names("CMN-120"): failure.remedy = "check RINGCENTRAL_SERVER_URL"
        case 404:
            (failure.scope, failure.kind) = (.temporary, .badResponse)
            failure.message = "\(work): a 404 without RingCentral's reason"
            failure.remedy = "try again later, and check RINGCENTRAL_SERVER_URL"
        case 408, 500...: failure.scope = .temporary
        default:
            (failure.scope, failure.kind) = (.item, .badResponse)
            failure.remedy = "list the call again; if that changes nothing, please report it"
        }
        return failure
    }
}
