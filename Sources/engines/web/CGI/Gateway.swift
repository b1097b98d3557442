// Gateway: reads the request of the web server, asks for the answer and writes it.
public import Records
internal import System

/// The two ends of CGI/1.1.
public enum Gateway {
    /// Answers the one request that this process was started for.
    ///
    /// - Parameters:
    ///   - name: The name of the program, for the messages in the server's error log.
    ///   - variables: The environment of the program.
    ///   - answer: Makes the answer; ``Problem`` becomes one, and every other error is told as
    ///     status 503 or 500, without its text.
    /// - Returns: The exit status; a client that went away is no failure.
    public static func serve(
        _ name: String, _ variables: [String: String],
        _ answer: (Request) throws -> Response
    ) -> Int32 {
        Descriptor.occupyStandardStreams()
        let response: Response
        do {
            response = try answer(Request(variables))
        } catch {
            response = problem(error, name).response
        }
        do throws(SystemError) {
            try write(response, hasBody: variables["REQUEST_METHOD"] != "HEAD")
        } catch {
            // The client went away.
        }
        return 0
    }

    /// The problem that an error is to the client; the log gets its text.
    private static func problem(_ error: any Error, _ name: String) -> Problem {
        if let problem = error as? Problem { return problem }
        let text = (error as? Failure)?.description ?? "unexpected error \(type(of: error))"
        try? Descriptor.writeAll(2, Array("\(name): \(text)\n".utf8))
        guard let failure = error as? Failure else {
            return Problem(.internal, "The program has a fault; the log of the server tells more.")
        }
        return Problem(failure)
    }

    private static func write(_ response: Response, hasBody: Bool) throws(SystemError) {
        // One write: a server that reads in pieces sees the whole answer at once.
        switch response.body {
        case .bytes(let bytes):
            try Descriptor.writeAll(1, response.head + (hasBody ? bytes : []))
        case .file(let part):
            try Descriptor.writeAll(1, response.head)
            if hasBody { try part.write(to: 1) }
        case .byServer:
            try Descriptor.writeAll(1, response.head)
        }
    }
}

extension Problem {
    /// The problem that a failure of the checkpoint is to the client: its text names files.
    public init(_ failure: Failure) {
        if failure.kind == .gone {
            self = Problem(.gone, "The recording was erased.")
            return
        }
        let (seconds, detail) =
            switch failure.kind {
            case .timeout: (5, "Another program holds the checkpoint. Try again soon.")
            case .configuration:
                (60, "The checkpoint is not there, or it is of another version of callpipe.")
            case .integrity: (300, "The checkpoint is damaged. An operator has to restore it.")
            case .storage, .space: (60, "The checkpoint cannot be read or written.")
            default: (0, "The program has a fault; the log of the server tells more.")
            }
        self =
            seconds == 0
            ? Problem(.internal, detail)
            : Problem(
                .unavailable, detail, headers: [Response.Header("Retry-After", "\(seconds)")])
    }
}
