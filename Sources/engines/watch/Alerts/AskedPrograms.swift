// AskedPrograms: the programs that rules ask, and what they answer.
internal import Records
internal import System

/// Runs the programs of rules, each on a thread of its own.
struct AskedPrograms: Sendable {
    private let arguments: [String]
    private let settings: [String: String]
    private let time: AskingTime

    init(_ arguments: [String], _ settings: [String: String], _ time: AskingTime) {
        self.arguments = arguments
        self.settings = settings
        self.time = time
    }

    /// The documents that rules compare a field of, all of them asked for at once.
    func documents(
        for rules: [Rule]
    ) async -> [Condition.Source: Result<Document, Failure>] {
        let sources = Set(
            rules.compactMap { rule in
                if case .field(let source, _) = rule.condition.subject { source } else { nil }
            })
        return await withTaskGroup { group in
            for source in sources {
                group.addTask {
                    (source, await answer { () throws(Failure) in try read(source) })
                }
            }
            var documents: [Condition.Source: Result<Document, Failure>] = [:]
            for await (source, document) in group { documents[source] = document }
            return documents
        }
    }

    /// The answers of the commands of rules, which run one after the other.
    func commands(of rules: [Rule]) async -> [String: Evaluation] {
        var answers: [String: Evaluation] = [:]
        for rule in rules {
            guard case .command(let words) = rule.condition.subject else { continue }
            let answer = await answer { () throws(Failure) in try run(rule, words) }
            answers[rule.id] = Evaluator.answer(rule, answer.get)
        }
        return answers
    }

    private func answer<Value: Sendable>(
        _ work: @escaping @Sendable () throws(Failure) -> Value
    ) async -> Result<Value, Failure> {
        do throws(Failure) {
            return .success(try await OwnThread.blocking(work))
        } catch {
            return .failure(error)
        }
    }

    private func read(_ source: Condition.Source) throws(Failure) -> Document {
        let name = source.program
        let words = [name, "--format", "json"] + arguments
        let result = try output(of: words, keeping: 4 << 20)
        let document =
            source == .summary ? Document(summary: result.output) : Document(result.output)
        guard let document, !result.output.isEmpty else {
            let reason = result.complaints.split(separator: "\n").last.map(String.init)
            throw Failure(
                .item, .badResponse, "read the answer of \(name): \(reason ?? "it is no JSON")",
                remedy: "run \(name) by hand")
        }
        return document
    }

    private func run(_ rule: Rule, _ words: [String]) throws(Failure) -> Evaluation {
        // A tool of ours reads the same settings as we do.
        let isOurs = words[0].hasPrefix("call-") && AskedPrograms.isBeside(words[0])
        let options = isOurs && !words.contains("--env-file") ? arguments : []
        let result = try output(of: [words[0]] + options + words.dropFirst(), keeping: 1 << 16)
        guard case .exited(let status) = result.end else {
            throw Failure(.item, .engine, "run \(words[0]): it did not end by itself")
        }
        // env(1) and the shell end with these when there is no such program.
        if status == 126 || status == 127 {
            throw Failure(.item, .configuration, "run \(words[0]): its exit status is \(status)")
        }
        let value = Condition.Value(Double(status))
        let line = String(
            decoding: result.output.prefix { $0 != 0x0A }.prefix(400), as: UTF8.self)
        let find: (String) -> Condition.Value? = { name in
            name == "output" ? Condition.Value(line) : nil
        }
        if case .isThere = rule.condition.comparison {
            return Evaluation(rule, status == 0 ? .holdsNot : .holds, value, find: find)
        }
        return Evaluation(rule, comparing: value, find: find)
    }

    /// Runs a program of this project, or another one on the search path.
    private func output(
        of words: [String], keeping bytes: Int
    ) throws(Failure) -> ProgramResult {
        let limit = try time.left()
        let variables = ProcessEnvironment.variables.merging(settings) { _, ours in ours }
        let result: ProgramResult
        do {
            let path = try AskedPrograms.path(of: words[0])
            result = try Program(path, Array(words.dropFirst()), environment: variables)
                .run(limit: limit, outputLimit: bytes, Cancellation())
        } catch {
            let reason =
                switch error {
                case let error as SystemError: error.reason
                case ProgramError.start(let error): error.reason
                default: "it cannot be started"
                }
            throw Failure(
                .item, .configuration, "run \(words[0]): \(reason)",
                remedy: "install it beside call-alert, or put it on the PATH")
        }
        switch result.end {
        case .timedOut:
            throw Failure(.item, .timeout, "run \(words[0]): it took longer than \(limit)")
        case .endless:
            throw Failure(.item, .badResponse, "read the answer of \(words[0]): it has no end")
        case .exited, .signalled: return result
        }
    }

    private static func path(of name: String) throws(SystemError) -> String {
        if isBeside(name) { return "\(OwnProgram.directory)/\(name)" }
        return try Program.find(
            name, searchPath: ProcessEnvironment.variables["PATH"] ?? "/bin:/usr/bin")
    }

    /// True for a program that lies beside this one.
    private static func isBeside(_ name: String) -> Bool {
        !name.contains("/") && FileSystem.exists("\(OwnProgram.directory)/\(name)")
    }
}
