// Prompts: the files that say what a model is asked, those of the operator before those of callpipe.
internal import Crypto
public import Records
internal import System

/// The texts of the questions.
public struct Prompts: Sendable {
    /// A question of the scorecard.
    public struct ScoreQuestion: Sendable, Equatable, Decodable {
        /// The name, a short word.
        let name: String
        /// The question, to be answered by yes or no.
        let text: String
        /// The points for a yes.
        let weight: Double
        /// The party whose words count as evidence; `nil` for all.
        let by: String?
        /// True when a no makes the score 0.
        let isCritical: Bool

        private enum CodingKeys: String, CodingKey {
            case name = "question"
            case text, weight, by
            case isCritical = "fail"
        }

        /// Reads a line of the scorecard.
        public init(from decoder: any Decoder) throws {
            let line = try decoder.container(keyedBy: CodingKeys.self)
            name = try line.decode(String.self, forKey: .name)
            text = try line.decode(String.self, forKey: .text)
            weight = try line.decodeIfPresent(Double.self, forKey: .weight) ?? 1
            let by = try line.decodeIfPresent(String.self, forKey: .by) ?? "agent"
            self.by = by == "any" ? nil : by
            isCritical = try line.decodeIfPresent(Bool.self, forKey: .isCritical) ?? false
        }
    }

    private static let longestFile = 256 << 10

    /// The rules for every task.
    let rules: String
    /// The rules for putting answers about pieces together.
    let combination: String
    /// The names of the outcomes.
    let dispositions: [String]
    /// The questions of the scorecard.
    let questions: [ScoreQuestion]
    private let tasks: [AnalysisTask: String]
    private let outcomes: String

    /// Reads the files.
    ///
    /// - Parameters:
    ///   - own: The operator's directory; a file that is not in it is callpipe's.
    ///   - shipped: The directory of callpipe.
    /// - Throws: `Failure` of scope `stop`, kind `configuration`, for a file that cannot be read or is
    ///   not what it must be.
    public init(own: String?, shipped: String) throws(Failure) {
        let folder = PromptFolder(own: own, shipped: shipped, limit: Prompts.longestFile)
        rules = try folder.text("rules.txt")
        combination = try folder.text("combine.txt")
        outcomes = try folder.text("dispositions.txt")
        dispositions = try Prompts.names(in: outcomes, of: folder.path("dispositions.txt"))
        questions = try Prompts.questions(
            in: folder.text("scorecard.ndjson"), of: folder.path("scorecard.ndjson"))
        var tasks: [AnalysisTask: String] = [:]
        for task in AnalysisTask.allCases { tasks[task] = try folder.text("\(task.rawValue).txt") }
        self.tasks = tasks
    }

    /// The text of a task, with its list where it has one.
    func text(of task: AnalysisTask) -> String {
        let list =
            switch task {
            case .disposition: "\n" + outcomes
            case .scorecard:
                "\n"
                    + questions.map { question in
                        let who = question.by.map { "; evidence: words of the \($0)" } ?? ""
                        return "\(question.name): \(question.text)\(who)"
                    }.joined(separator: "\n")
            default: ""
            }
        return (tasks[task] ?? "") + list
    }

    /// The SHA-256 of everything that a task is asked with.
    func hash(of task: AnalysisTask) -> String {
        var parts = [rules, text(of: task), task.isCombinedByModel ? combination : ""]
        if task == .scorecard {
            parts += questions.map { "\($0.name) \($0.weight) \($0.isCritical)" }
        }
        return Digest.sha256(Array(parts.joined(separator: "\0").utf8))
    }

    /// The words before the colons of the lines.
    private static func names(in text: String, of path: String) throws(Failure) -> [String] {
        let names = text.split(whereSeparator: \.isNewline).filter { !$0.hasPrefix("#") }.map {
            String($0.prefix { $0 != ":" })
        }
        guard (1...100).contains(names.count), Set(names).count == names.count,
            names.allSatisfy({ ASCII.isWord($0, marks: "_-", lengths: 1...40) })
        else {
            throw unusable(
                path, "each line has to be NAME: MEANING, with another name in each")
        }
        return names
    }

    private static func questions(
        in text: String, of path: String
    ) throws(Failure) -> [ScoreQuestion] {
        var questions: [ScoreQuestion] = []
        for (number, line) in text.split(whereSeparator: \.isNewline).enumerated() {
            guard
                let question = JSON.raw(Array(line.utf8)).decoded(as: ScoreQuestion.self),
                ASCII.isWord(question.name, marks: "_-", lengths: 1...40),
                question.weight >= 0, question.weight <= 1e6, !question.text.isEmpty,
                !questions.contains(where: { $0.name == question.name })
            else {
                throw unusable(
                    path, "line \(number + 1) is no question with \"question\" and \"text\"")
            }
            questions.append(question)
        }
        guard (1...100).contains(questions.count) else {
            throw unusable(path, "it has to hold 1 to 100 questions")
        }
        return questions
    }

    private static func unusable(_ path: String, _ reason: String) -> Failure {
        Failure(
            .stop, .configuration, "read the prompts in \(path): \(reason)",
            remedy: "see \"Prompts\" in analyze(1)")
    }
}

/// Two directories, the first of which may lack files.
private struct PromptFolder {
    let own: String?
    let shipped: String
    let limit: Int

    func path(_ name: String) -> String {
        if let own, FileSystem.exists("\(own)/\(name)") { return "\(own)/\(name)" }
        return "\(shipped)/\(name)"
    }

    func text(_ name: String) throws(Failure) -> String {
        let path = path(name)
        let bytes: [UInt8]
        do throws(SystemError) {
            bytes = try Descriptor.contents(of: path, atMost: limit)
        } catch {
            throw Failure(
                .stop, .configuration, "read the prompt \(path): \(error.reason)",
                remedy: "let --prompts name a directory of prompts, or install callpipe again")
        }
        guard let text = String(validating: bytes, as: UTF8.self), !text.isEmpty else {
            throw Failure(
                .stop, .configuration, "read the prompt \(path): it is empty, or not UTF-8",
                remedy: "write the prompt as UTF-8 text")
        }
        return text
    }
}
