// Recordings: lists of recordings, the search over their transcripts, and one recording.
import CGI
import Checkpoint
import CheckpointPages
import CheckpointSearch
import Records

extension Exchange {
    /// A page of recordings, the latest first; the header `Link` has the address of the next page.
    func list(_ shape: RecordingShape) throws -> Response {
        let asked = try ListQuery(request.query)
        let checkpoint = try checkpoint()
        let pages = try RecordingPages(shape, in: checkpoint)
        return try checkpoint.transaction {
            if asked.words != nil { return try found(asked, pages, in: checkpoint) }
            let page = try pages.page(asked.question)
            var objects: [JSON] = []
            for number in page.numbers {
                if let members = try pages.object(number) { objects.append(.object(members)) }
            }
            return answer(objects, next: page.next.map { ("after", "\($0)") })
        }
    }

    /// The recordings in whose transcripts the words are, each with its hits.
    private func found(
        _ asked: ListQuery, _ pages: RecordingPages, in checkpoint: Checkpoint
    ) throws -> Response {
        let question = asked.question
        var objects: [JSON] = []
        var (passed, hasMore) = (0, false)
        try asked.search(in: checkpoint).forEach(.time) { found in
            guard let number = try pages.number(of: found.record.id),
                let members = try pages.object(number)
            else { return true }
            if let status = question.transcription {
                let own = members.first { $0.name == "transcription_status" }?.value
                guard own?.text == "\"\(status.rawValue)\"" else { return true }
            }
            passed += 1
            if passed <= question.offset { return true }
            if objects.count == question.limit {
                hasMore = true
                return false
            }
            let hits = JSON.Member("hits", .array(found.hits.map(\.json)))
            objects.append(.object(members + [hits]))
            return true
        }
        let next = question.offset + objects.count
        return answer(objects, next: hasMore ? ("offset", "\(next)") : nil)
    }

    private func answer(_ objects: [JSON], next: (name: String, value: String)?) -> Response {
        var response = Response.json(.array(objects), for: request)
        if let next {
            // The place in the list is new, the other conditions stay.
            let kept = request.query.parameters.filter {
                $0.name != "after" && $0.name != "offset"
            }
            let path = "/" + request.path.joined(separator: "/")
            response.headers.append(
                Response.Header("Link", "<\(path)\(Query(kept + [next]).text)>; rel=\"next\""))
        }
        return response
    }

    /// One recording; the storage service's shape has the whole record as well.
    func recording(_ shape: RecordingShape) throws -> Response {
        let checkpoint = try checkpoint()
        let pages = try RecordingPages(shape, in: checkpoint)
        return try checkpoint.transaction {
            let number = try number(in: pages)
            guard var members = try pages.object(number) else { throw Exchange.unknown }
            if shape == .storage, let record = try pages.record(number) {
                members.append(.init("record", .raw(record.bytes)))
            }
            return Response.json(.object(members), for: request)
        }
    }

    /// The number of the recording that the path names.
    ///
    /// - Throws: ``Problem`` 404.
    func number(in pages: RecordingPages) throws -> Int64 {
        guard let name = names["id"], let number = try pages.number(of: name) else {
            throw Exchange.unknown
        }
        return number
    }

    /// The problem of a recording that is not there.
    static let unknown = Problem(.notFound, "There is no such recording.")
}

extension SearchHit {
    /// The place in the recording, the party and the text.
    fileprivate var json: JSON {
        .members([
            "offset": .number(utterance.start), "segment": .whole(utterance.segment),
            "speaker": .text(utterance.speaker), "text": .string(text),
        ])
    }
}
