// CallPages: the list of calls with its search, and the page of one call.
public import Records

/// A call in a list.
public struct ListedCall: Sendable {
    /// The number of the recording.
    public let number: Int64
    /// The record.
    public let record: Record
    /// The statuses of the stages that people ask for.
    public let status: String
    /// The places of a search: the second, the speaker and the text in parts.
    public let hits: [Hit]

    /// A place of a search.
    public struct Hit: Sendable {
        let start: Double?
        let speaker: String?
        let parts: [(text: String, isMark: Bool)]

        /// Takes a place.
        public init(start: Double?, speaker: String?, parts: [(text: String, isMark: Bool)]) {
            self.start = start
            self.speaker = speaker
            self.parts = parts
        }
    }

    /// Takes a call.
    public init(_ number: Int64, _ record: Record, status: String, hits: [Hit] = []) {
        self.number = number
        self.record = record
        self.status = status
        self.hits = hits
    }
}

/// The list of calls.
public struct CallsPage {
    private let calls: [ListedCall]
    private let words: String
    private let next: String?
    private let fault: String?

    /// Takes a page of calls.
    ///
    /// - Parameters:
    ///   - calls: The calls, the latest first.
    ///   - words: The words that were searched; empty for none.
    ///   - next: The address of the next page.
    ///   - fault: The reason why the words are no question.
    public init(_ calls: [ListedCall], words: String, next: String?, fault: String? = nil) {
        self.calls = calls
        self.words = words
        self.next = next
        self.fault = fault
    }

    /// The page.
    public var frame: Frame {
        let title = words.isEmpty ? "Calls" : "Calls with “\(words)”"
        var grid = Grid(
            words.isEmpty ? "The latest calls" : "The latest calls in which it was said",
            ["Began, UTC": false, "From": false, "To": false, "Length": true, "Transcript": false])
        for call in calls {
            grid.add(
                "<a href=\"/admin/calls/\(Int(call.number))\">\(Moment.text(call.record.start))</a>\(hits(call))",
                "\(Party.text(call.record, "from"))", "\(Party.text(call.record, "to"))",
                "\(Moment.length(call.record.number("duration")))",
                "\(Badge(of: call.status).markup(call.status))")
        }
        let more: Markup? = next.map { "<p><a href=\"\($0)\">Older calls</a></p>" }
        let body: Markup =
            fault.map { "<p role=\"alert\">\(Badge.bad.markup("not understood")) \($0)</p>" }
            ?? (calls.isEmpty ? "<p>There is none.</p>" : "\(grid.markup)\(more)")
        return Frame(
            title,
            """
            <h1>\(title)</h1>
            <form class="search" role="search" action="/admin/calls"><input name="search" type="search"
            aria-label="Words in the transcripts" placeholder="Words in the transcripts" value="\(words)">
            <button>Search</button></form><section class="card">\(body)</section>
            """)
    }

    private func hits(_ call: ListedCall) -> [Markup] {
        call.hits.prefix(3).map { hit in
            let parts = hit.parts.map { part -> Markup in
                part.isMark ? "<mark>\(part.text)</mark>" : "\(part.text)"
            }
            guard let start = hit.start else { return "<p>\(parts)</p>" }
            return """
                <p><a href="/admin/calls/\(Int(call.number))?t=\(start.description)">\
                \(Moment.length(start))</a> \(hit.speaker) \(parts)</p>
                """
        }
    }
}

/// The party of a call for people.
enum Party {
    static func text(_ record: Record, _ member: String) -> String {
        let name = record.string(member, "name")
        let number = record.string(member, "phone") ?? record.string(member, "extension")
        return [name, number].compactMap { $0 }.joined(separator: ", ")
    }
}
