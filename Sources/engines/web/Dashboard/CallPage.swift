// CallPage: one call: its parties, its sound, its transcript with times, and its story.
internal import Records

/// The page of a call.
public struct CallPage {
    private let call: ListedCall
    private let start: Double?
    private let story: [[String]]
    private let formToken: String?

    /// Takes a call.
    ///
    /// - Parameters:
    ///   - call: The call.
    ///   - start: The second from which the sound is to play.
    ///   - story: The events of the call: time, stage, name and facts.
    ///   - formToken: The value that the form to have it done again needs; `nil` for one who may not.
    public init(_ call: ListedCall, from start: Double?, story: [[String]], formToken: String?) {
        self.call = call
        self.start = start
        self.story = story
        self.formToken = formToken
    }

    private var record: Record { call.record }

    /// The page.
    public var frame: Frame {
        let title = "Call of \(Moment.text(record.start))"
        return Frame(
            title,
            """
            <p class="soft"><a href="/admin/calls">All calls</a></p><h1>\(title)</h1>
            <div class="grid"><section class="card"><h2>Parties</h2>\(facts)</section>
            <section class="card"><h2>Sound</h2>\(sound)</section>
            <section class="card wide"><h2>Transcript</h2>\(transcript)</section>
            <section class="card wide"><h2>Story</h2>\(events)</section></div>
            """)
    }

    private var facts: Markup {
        let facts: [(name: String, value: String?)] = [
            ("From", Party.text(record, "from")), ("To", Party.text(record, "to")),
            ("Direction", record.direction), ("Result", record.string("result")),
            ("Length", Moment.length(record.number("duration"))), ("Record", record.id),
            ("Engine", record.string("transcript", "engine")),
            ("Language", record.string("transcript", "language")),
        ]
        let shown = facts.compactMap { fact -> Markup? in
            fact.value.flatMap { $0.isEmpty ? nil : "<dt>\(fact.name)</dt><dd>\($0)</dd>" }
        }
        return "<dl>\(shown)</dl>"
    }

    private var sound: Markup {
        guard record.has("audio") else { return "<p>It is not downloaded yet.</p>" }
        let place = start.map { "#t=\($0.description)" } ?? ""
        let again: Markup? = formToken.map {
            """
            <form method="post" action="/admin/calls/\(Int(call.number))/requeue">
            <input type="hidden" name="form" value="\($0)"><button>Transcribe again</button></form>
            """
        }
        return """
            <audio controls preload="metadata" aria-label="The recording" \
            src="/api/call-recordings/\(Int(call.number))/stream\(place)"></audio>
            <p>Transcript: \(Badge(of: call.status).markup(call.status))</p>\(again)
            """
    }

    private struct Segment: Decodable {
        var start: Double?
        var speaker: String?
        var text: String?
    }

    private var transcript: Markup {
        let path = ["transcript", "segments"]
        let segments = record.raw(at: path).flatMap {
            JSON.raw($0).decoded(as: [Segment].self)
        }
        guard let segments, !segments.isEmpty else {
            let text = record.string("transcript", "text") ?? "There is none yet."
            return "<p>\(text)</p>"
        }
        return "\(segments.map(said))"
    }

    private func said(_ segment: Segment) -> Markup {
        let time: Markup? = segment.start.map {
            """
            <a href="?t=\($0.description)" aria-label="Play from \(Moment.length($0))">\(Moment.length($0))</a>
            """
        }
        return """
            <div class="said"><span>\(time)</span><span class="soft">\(segment.speaker)</span>\
            <p>\(segment.text)</p></div>

            """
    }

    private var events: Markup {
        var grid = Grid(
            "What happened to it", ["Time": false, "Stage": false, "Event": false, "Facts": false])
        for event in story where event.count == 4 {
            grid.add("\(event[0])", "\(event[1])", "\(event[2])", "\(event[3])")
        }
        return grid.markup
    }
}
