// Pages: the pages for people with a browser, below /admin.
import CGI
import Checkpoint
import CheckpointAccess
import CheckpointPages
import CheckpointReports
import CheckpointSearch
import Dashboard
import Health
import Records

extension Frame {
    /// The page as an answer, with the protection that goes with its style.
    func response(_ status: Int = 200) -> Response {
        var response = Response(
            status, "text/html; charset=utf-8", .bytes(Array(html.text.utf8)))
        response.headers += [
            .init("Content-Security-Policy", Frame.policy),
            // A form would else have no origin.
            .init("Referrer-Policy", "same-origin"),
        ]
        return response
    }
}

extension Response {
    /// Sends the browser to another page of this service.
    static func redirect(to path: String) -> Response {
        var response = Response(303, "text/plain; charset=utf-8", .bytes([]))
        response.headers.append(.init("Location", path))
        return response
    }
}

extension Exchange {
    /// Makes a page for one who has come in; others get the form, and faults are pages as well.
    private func page(_ body: (Session) throws -> Response) throws -> Response {
        do {
            guard let session = try Session(Session.cookie(of: request), api) else {
                return .redirect(to: "/admin/login")
            }
            return try body(session)
        } catch let problem as Problem {
            return FaultPage(problem.status.phrase, problem.detail)
                .frame.response(problem.status.rawValue)
        } catch let failure as Failure {
            let problem = Problem(failure)
            return FaultPage(problem.status.phrase, problem.detail)
                .frame.response(problem.status.rawValue)
        }
    }

    /// `GET /admin/login`.
    func loginForm() throws -> Response { LoginPage().frame.response() }

    /// `POST /admin/login`.
    func logIn() throws -> Response {
        guard request.isOfOwnPage else {
            throw Problem(.forbidden, "The form came from another page.")
        }
        let text = try request.form()["token"] ?? ""
        do {
            guard try Session(text, api) != nil else {
                return LoginPage(fault: "The token is not in force.").frame.response(401)
            }
        } catch let failure as Failure {
            let problem = Problem(failure)
            return FaultPage(problem.status.phrase, problem.detail)
                .frame.response(problem.status.rawValue)
        }
        var response = Response.redirect(to: "/admin/operations")
        response.headers.append(Session.header(text, over: request))
        return response
    }

    /// `POST /admin/logout`.
    func logOut() throws -> Response {
        guard request.isOfOwnPage else {
            throw Problem(.forbidden, "The form came from another page.")
        }
        var response = Response.redirect(to: "/admin/login")
        response.headers.append(Session.header("", over: request))
        return response
    }

    /// `GET /admin/operations`.
    func operations() throws -> Response {
        try page { _ in
            let refresh = request.query["refresh"].flatMap { Int($0) }.map {
                min(max($0, 10), 3600)
            }
            let board = try Board(checkpoint())
            var response = OperationsPage(HealthReport(api.scene), board, refresh: refresh)
                .frame.response()
            if let refresh { response.headers.append(.init("Refresh", "\(refresh)")) }
            return response
        }
    }

    /// `GET /admin/calls`.
    func calls() throws -> Response {
        try page { _ in
            let words = request.query["search"] ?? ""
            let checkpoint = try checkpoint()
            let pages = try RecordingPages(.storage, in: checkpoint)
            let asked = try ListQuery(request.query, limit: 50)
            do {
                let (calls, next) = try checkpoint.transaction {
                    try asked.words == nil
                        ? latest(asked, pages) : found(asked, pages, in: checkpoint)
                }
                let address = next.map { place in
                    let kept = request.query.parameters.filter { $0.name == "search" }
                    return "/admin/calls\(Query(kept + [place]).text)"
                }
                return CallsPage(calls, words: words, next: address).frame.response()
            } catch let problem as Problem {
                return CallsPage([], words: words, next: nil, fault: problem.detail)
                    .frame.response(problem.status.rawValue)
            }
        }
    }

    private typealias Place = (name: String, value: String)

    private func latest(
        _ asked: ListQuery, _ pages: RecordingPages
    ) throws -> ([ListedCall], Place?) {
        let page = try pages.page(asked.question)
        let calls = try page.numbers.compactMap { try listed($0, pages) }
        return (calls, page.next.map { ("after", "\($0)") })
    }

    private func found(
        _ asked: ListQuery, _ pages: RecordingPages, in checkpoint: Checkpoint
    ) throws -> ([ListedCall], Place?) {
        var calls: [ListedCall] = []
        var (passed, hasMore) = (0, false)
        try asked.search(in: checkpoint).forEach(.time) { found in
            passed += 1
            if passed <= asked.question.offset { return true }
            if calls.count == asked.question.limit {
                hasMore = true
                return false
            }
            let hits = found.hits.map {
                ListedCall.Hit(
                    start: $0.utterance.start, speaker: $0.utterance.speaker, parts: $0.parts)
            }
            if let number = try pages.number(of: found.record.id),
                let call = try listed(number, pages, hits)
            {
                calls.append(call)
            }
            return true
        }
        let next = "\(asked.question.offset + asked.question.limit)"
        return (calls, hasMore ? ("offset", next) : nil)
    }

    private func listed(
        _ number: Int64, _ pages: RecordingPages, _ hits: [ListedCall.Hit] = []
    ) throws -> ListedCall? {
        guard let record = try pages.record(number), let members = try pages.object(number) else {
            return nil
        }
        let status = members.first { $0.name == "transcription_status" }?.value
        return ListedCall(
            number, record, status: status?.decoded(as: String.self) ?? "unknown", hits: hits)
    }

    /// `GET /admin/calls/{id}`.
    func call() throws -> Response {
        try page { session in
            let checkpoint = try checkpoint()
            let pages = try RecordingPages(.storage, in: checkpoint)
            let number = try number(in: pages)
            guard let call = try listed(number, pages) else { throw Exchange.unknown }
            let story = try History(of: call.record.id, in: checkpoint).events.map(\.texts)
            let start = request.query["t"].flatMap { Double($0) }.flatMap {
                $0.isFinite && $0 >= 0 && $0 < 1e7 ? $0 : nil
            }
            let formToken =
                session.token.scope >= .operate ? session.formToken("requeue \(number)") : nil
            return CallPage(call, from: start, story: story, formToken: formToken).frame.response()
        }
    }

    /// `POST /admin/calls/{id}/requeue`.
    func requeue() throws -> Response {
        try page { session in
            guard request.isOfOwnPage else {
                throw Problem(.forbidden, "The form came from another page.")
            }
            guard session.token.scope >= .operate else {
                throw Problem(.forbidden, "The token may only look.")
            }
            let value = try request.form()["form"]
            let number = try number(in: RecordingPages(.storage, in: checkpoint()))
            guard session.allows(value, "requeue \(number)") else {
                throw Problem(.forbidden, "The form is not one of this session.")
            }
            let person = Exchange(api, request, ["id": "\(number)"], by: session.token.name)
            _ = try person.ask(.queued, redoing: true, force: false, as: .portal)
            return .redirect(to: "/admin/calls/\(number)")
        }
    }
}
