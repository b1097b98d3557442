// Habits: what the calls of a house have in common: announcements, and the side of each agent.
import Checkpoint
import Files
import Filter
import Measures
import Records
import System

/// The announcements and sides that files and the newest calls of the checkpoint show.
struct Habits: Sendable {
    /// The number of stored calls that are looked at.
    private static let sample = 2000
    /// The same words in so many of these calls are an announcement.
    private static let fewestCalls = 10

    private(set) var announcements: Announcements
    private(set) var sides: SideFinder

    /// Reads the files that the options name, and the newest calls.
    ///
    /// - Throws: `Failure` of scope `stop`.
    init(_ options: Options<ToolOptions>) throws(Failure) {
        announcements = Announcements(
            try Habits.lines(of: options.announcements, "announcements", "an announcement"))
        sides = SideFinder(
            phrases: try Habits.lines(of: options.agentPhrases, "phrases of agents", "a phrase"))
        var finder = AnnouncementFinder()
        do throws(Failure) {
            let path = try Checkpoint.path(options.state, options.environment)
            let wait = Duration.seconds(options.busyTimeout ?? 30)
            // The programs beside this one may just make the checkpoint, so an empty one is none.
            try Checkpoint(trying: path, busyTimeout: wait).forEachNewest(Habits.sample) { record in
                guard let transcript = try? record.transcript() else { return }
                finder.add(transcript)
                learn(from: record, transcript)
            }
        } catch {
            options.observer(.note("measure without the habits of other calls: \(error.message)"))
        }
        announcements.add(finder.announcements(inAtLeast: Habits.fewestCalls))
    }

    /// Learns the side of the agent from a call in which it is known.
    mutating func learn(from record: Record, _ transcript: Transcript) {
        sides.learn(from: record, transcript, try? record.decode("sides", as: Sides.self))
    }

    /// The lines of a file; none without a file.
    private static func lines(
        of path: String?, _ what: String, _ line: String
    ) throws(Failure) -> [String] {
        guard let path else { return [] }
        var bytes: [UInt8] = []
        do throws(SystemError) {
            try FileBytes.each(of: path) { part in
                for index in part.indices { bytes.append(part[index]) }
            }
        } catch {
            throw Failure(
                .stop, .configuration, "read \(what) from \(path): \(error.reason)",
                remedy: "name a file with \(line) on each line")
        }
        return String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isNewline)
            .map(String.init)
    }
}
