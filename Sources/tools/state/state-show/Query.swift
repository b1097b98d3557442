// Query: the command line of state-show as a selection.
import Checkpoint
import CheckpointReports
import Filter
import Records

extension Selection {
    /// Reads the options; what is wrong with them is wrong usage.
    init(_ options: Options) throws(UsageError) {
        self.init()
        if let name = options.string("stage") {
            guard let stage = Stage(rawValue: name) else {
                throw UsageError("option --stage knows \(Stage.list), not \"\(name)\"")
            }
            self.stage = stage
        }
        if let name = options.string("status") {
            guard let status = Status(rawValue: name) else {
                throw UsageError("option --status knows \(Status.list), not \"\(name)\"")
            }
            self.status = status
        }
        since = try options.moment("since", endingDay: false)
        until = try options.moment("until", endingDay: true)
        batch = options.string("batch")
        source = options.string("source")
        latest = try options.integer("latest", in: 1...Int.max)
    }

    /// What of the recordings is to be written.
    static func form(_ options: Options) throws(UsageError) -> Showing.Form {
        if options.flag("manifest") { return .manifest }
        guard let names = options.string("fields") else { return .record }
        do {
            return .fields(try Fields(names))
        } catch {
            throw UsageError(error.reason)
        }
    }
}

extension Options {
    /// A day, a time, or a span before now; a day as the end belongs to what is meant.
    fileprivate func moment(
        _ name: String, endingDay: Bool
    ) throws(UsageError) -> Timestamp? {
        guard let text = string(name) else { return nil }
        if let day = Day(text) { return (endingDay ? day.adding(days: 1) : day).start }
        if let time = Timestamp(text) { return time }
        guard text.last?.isLetter == true, let seconds = try? seconds(name) else {
            throw UsageError(
                "option --\(name) needs a date such as 2024-01-15, a time, or a span such as 7d, "
                    + "not \"\(text)\"")
        }
        return Timestamp.now.adding(seconds: -seconds)
    }
}
