// Measurer: the work on one record: its sides, then its measures.
import Files
import Filter
import Measures
import Records
import Synchronization
import Transcripts

/// Measures calls, and names their two sides where the transcript does not.
final class Measurer: Sendable {
    private let habits = Mutex<Habits?>(nil)
    private let options: Options<ToolOptions>
    private let directory: DataDirectory
    private let swaps: Bool
    private let isDryRun: Bool

    /// Takes the options; the habits are read with the first record, when the programs before this
    /// one have opened the checkpoint.
    init(_ options: Options<ToolOptions>) throws(Failure) {
        self.options = options
        directory = try DataDirectory(options.data, isMade: false)
        swaps = options.swaps
        isDryRun = options.isDryRun
    }

    /// Adds `measures`, and `sides` where the agent had to be found.
    ///
    /// - Throws: `Failure` of scope `item` for a record without a usable transcript.
    func measure(_ record: inout Record) throws {
        guard var transcript = try record.transcript() else {
            throw Failure(
                .item, .input, "measure \(record.id): it has no transcript",
                remedy: "put transcribe before call-measure in the pipe")
        }
        if let sides = try sides(of: record, transcript) {
            record.set("sides", to: sides)
            let named = sides.naming(transcript)
            if named != transcript {
                transcript = try isDryRun ? named : write(named, of: record, sides)
                record.set("transcript", to: transcript)
            }
        }
        let announcements = try withHabits { habits in
            habits.learn(from: record, transcript)
            return habits.announcements
        }
        let audio = try record.decode("audio", as: Sound.self)
        let measures = try CallMeasures(
            transcript, duration: audio?.seconds ?? record.number("duration"),
            channels: audio?.channels, announcements: announcements)
        record.set("measures", measures.json)
    }

    /// The sides that are on the record or are found; `nil` where the transcript tells them itself.
    private func sides(of record: Record, _ transcript: Transcript) throws -> Sides? {
        let known = try record.decode("sides", as: Sides.self)
        if swaps { return try SideFinder.swapped(record, transcript, known) }
        if known != nil || !SideFinder.isNeeded(for: transcript) { return known }
        return try withHabits { $0.sides.sides(of: record, transcript) }
    }

    private func withHabits<Result: Sendable>(
        _ body: (inout Habits) -> Result
    ) throws -> Result {
        try habits.withLock { habits in
            var known = try habits.take() ?? Habits(options)
            defer { habits = known }
            return body(&known)
        }
    }

    /// Writes the files of the transcript with the names, where they are on this disk.
    private func write(
        _ named: Transcript, of record: Record, _ sides: Sides
    ) throws -> Transcript {
        let files = TranscriptFiles(of: record)
        guard try directory.size(of: files.path) != nil else { return named }
        return try files.rewrite(named, id: record.id, in: directory) { segments, _ in
            sides.name(&segments)
        }
    }

    /// The members of the audio that matter here.
    private struct Sound: Decodable {
        let seconds: Double?
        let channels: Int?
    }
}
