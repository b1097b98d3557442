// WebPlace: an archive with a few calls and tokens, and requests to callpipe.cgi without a server.
import Foundation
import Testing

/// An answer of the program.
struct WebAnswer {
    let status: Int
    let headers: [String: String]
    let body: Data
    /// The messages for the log of the server.
    let log: String

    var text: String { String(decoding: body, as: UTF8.self) }
    var json: Any? { try? JSONSerialization.jsonObject(with: body) }
    var object: [String: Any] { json as? [String: Any] ?? [:] }
    var list: [[String: Any]] { json as? [[String: Any]] ?? [] }
}

/// A place with three calls: the first has a transcript, the second audio alone, the third nothing.
final class WebPlace {
    static let phone = "+16505550100"
    let place: Workplace
    private(set) var tokens: [String: String] = [:]
    var settings: [String: String] = [:]

    init() throws {
        place = try Workplace()
        let made = try place.run(
            #"""
            mkdir -p data/a; head -c 100000 /dev/urandom >data/a/1.mp3; cp data/a/1.mp3 data/a/2.mp3
            call() { printf '{"id":"rc:%s","source":"ringcentral","start":"2024-01-1%sT10:00:00.000Z","duration":12.4,"direction":"Inbound","from":{"phone":"\#(WebPlace.phone)"},"to":{"phone":"+16505550123","extension":"101"},"call":{"id":"c%s"}%s}\n' $1 $1 $1 "$2"; }
            audio() { printf ',"audio":{"path":"a/%s.mp3","bytes":100000,"sha256":"%s","type":"audio/mpeg"}' $1 "$(sha256sum <data/a/$1.mp3 | cut -c-64)"; }
            call 3 | state-todo fetch >/dev/null
            { call 1 "$(audio 1)"; call 2 "$(audio 2)"; } | state-mark fetch >/dev/null
            call 1 "$(audio 1),\"transcript\":{\"path\":\"t/1.json\",\"text\":\"A reservation for two\",\"language\":\"en\",\"segments\":[{\"start\":1.5,\"end\":3,\"speaker\":\"customer\",\"text\":\"A reservation for two\"}]}" |
                state-mark transcribe >/dev/null
            for scope in read operate admin; do
                call-token create --scope $scope --name $scope >$scope.token || exit; done
            call-token create --name old --expires 1s >old.token
            call-token create --name gone >gone.token && call-token revoke --name gone
            sqlite3 state.db "UPDATE tokens SET expires_at = '2020-01-01T00:00:00.000Z' WHERE name = 'old'"
            """#)
        #expect(made.status == 0, "\(made.errors)")
        for name in ["read", "operate", "admin", "old", "gone"] {
            let text = try String(contentsOfFile: "\(place.path)/\(name).token", encoding: .utf8)
            tokens[name] = text.trimmingCharacters(in: .whitespacesAndNewlines)
        }
    }

    /// Asks the program as a web server does; the token is the name of one, or a whole header.
    func ask(
        _ method: String, _ address: String, token: String? = "read", body: String? = nil,
        _ more: [String: String] = [:]
    ) throws -> WebAnswer {
        let program = Process()
        program.executableURL = URL(filePath: "\(Workplace.programs)/callpipe.cgi")
        var variables = [
            "REQUEST_METHOD": method, "REQUEST_URI": address,
            "QUERY_STRING": address.contains("?")
                ? String(address.drop { $0 != "?" }.dropFirst()) : "",
            "PATH": place["PATH"] ?? "", "CALLPIPE_STATE": "\(place.path)/state.db",
            "CALLPIPE_DATA": "\(place.path)/data",
        ]
        if let token {
            variables["HTTP_AUTHORIZATION"] = tokens[token].map { "Bearer \($0)" } ?? token
        }
        let input = Pipe()
        if let body {
            variables["CONTENT_LENGTH"] = "\(body.utf8.count)"
            variables["CONTENT_TYPE"] = "application/json"
            try input.fileHandleForWriting.write(contentsOf: Data(body.utf8))
        }
        try input.fileHandleForWriting.close()
        program.standardInput = input
        program.environment = variables.merging(settings) { $1 }.merging(more) { $1 }
        let (output, errors) = (Pipe(), "\(place.path)/web.err")
        _ = FileManager.default.createFile(atPath: errors, contents: nil)
        program.standardOutput = output
        program.standardError = try FileHandle(forWritingTo: URL(filePath: errors))
        try program.run()
        let data = try output.fileHandleForReading.readToEnd() ?? Data()
        program.waitUntilExit()
        #expect(program.terminationReason == .exit && program.terminationStatus == 0)
        return try WebAnswer(data, log: String(contentsOfFile: errors, encoding: .utf8))
    }
}

extension WebAnswer {
    /// Reads the answer, whose lines end with CR LF.
    init(_ data: Data, log: String) throws {
        let end = try #require(data.range(of: Data("\r\n\r\n".utf8)), "no end of the headers")
        var headers: [String: String] = [:]
        for line in String(decoding: data[..<end.lowerBound], as: UTF8.self)
            .components(separatedBy: "\r\n")
        {
            let parts = line.components(separatedBy: ": ")
            headers[parts[0]] = parts.dropFirst().joined(separator: ": ")
        }
        status = try #require(headers["Status"].flatMap { Int($0) })
        self.headers = headers
        self.log = log
        body = data[end.upperBound...]
    }
}
