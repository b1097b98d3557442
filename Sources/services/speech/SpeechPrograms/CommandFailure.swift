// CommandFailure: the end of a user's program without an answer, and the failure that it means.
internal import Records
internal import Speech
internal import System

/// Turns the end of a program into a failure.
struct CommandFailure {
    let failure: Failure

    init(_ run: ProgramResult) {
        func failed(
            _ scope: Failure.Scope, _ kind: Failure.Kind, _ reason: String, _ remedy: String
        ) -> Failure {
            Failure(scope, kind, "run the command: \(reason)", remedy: remedy)
        }
        let complaint = CommandFailure.complaint(in: run.complaints)
        failure =
            switch run.end {
            case .timedOut:
                failed(
                    .temporary, .timeout, "it took too long", "give it more time with --timeout")
            case .endless:
                failed(
                    .item, .badResponse, "it printed more than 64 MiB",
                    "let it print the transcript and nothing else")
            case .signalled(let signal):
                failed(
                    .temporary, .engine, "signal \(signal) ended it\(complaint)",
                    "run it on the file by hand; let --memory allow more, if that is set")
            case .exited(75):
                failed(
                    .temporary, .engine, "it ended with 75, for now\(complaint)", "run again later")
            case .exited(let status) where [77, 78, 126, 127].contains(status):
                failed(
                    .stop, .configuration, "it ended with \(status)\(complaint)",
                    "run it by hand to see what is missing")
            case .exited(let status):
                failed(
                    .item, .engine, "it ended with \(status)\(complaint)",
                    "run it on the file by hand to see why")
            }
    }

    /// The troubles that programs name.
    ///
    /// Other text on standard error may be what was heard, a telephone number or a key, and is not
    /// shown.
    private static let troubles = [
        "out of memory", "cannot allocate memory", "no space left", "no such file",
        "permission denied", "command not found", "no module named", "connection refused", "CUDA",
    ]

    /// The last trouble that the program names, as the end of a message.
    static func complaint(in text: String) -> String {
        for line in text.split(whereSeparator: \.isNewline).reversed() {
            let line = line.lowercased()
            if let trouble = troubles.first(where: { line.contains($0.lowercased()) }) {
                return ", and speaks of \"\(trouble)\""
            }
        }
        return ""
    }
}
