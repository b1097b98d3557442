// Muting: a copy of a recording in which stretches are silent, and nothing else is changed.
internal import Audio
public import Files
public import Records
public import Redaction

/// Makes silent copies below a data directory.
///
/// A WAV file keeps every byte outside the stretches. Any other recording becomes a WAV file of its
/// decoded samples: to code it again would change all of them, and put noise into the silence.
public struct Muting: Sendable {
    /// The seconds on both sides of a stretch that are silent too: engines are so far off.
    public static let margin = 0.2

    private let directory: DataDirectory
    private let room: FreeSpace

    /// Prepares to write copies.
    public init(in directory: DataDirectory, room: FreeSpace) {
        self.directory = directory
        self.room = room
    }

    /// The stretches in seconds with their margins, those that touch put together.
    static func silences(
        _ stretches: [ClosedRange<Double>], within length: Double
    ) -> [ClosedRange<Double>] {
        var silences: [ClosedRange<Double>] = []
        for stretch in stretches.sorted(by: { $0.lowerBound < $1.lowerBound }) {
            let start = max(0, stretch.lowerBound - margin)
            let end = min(length, stretch.upperBound + margin)
            guard start < end else { continue }
            if let last = silences.last, start <= last.upperBound {
                silences[silences.count - 1] = last.lowerBound...max(last.upperBound, end)
            } else {
                silences.append(start...end)
            }
        }
        return silences
    }

    /// The sum in seconds, to the millisecond.
    private static func length(of silences: [ClosedRange<Double>]) -> Double {
        (silences.reduce(0) { $0 + $1.upperBound - $1.lowerBound } * 1000).rounded() / 1000
    }

    /// Writes the copy of a record's recording, durably.
    ///
    /// - Parameters:
    ///   - record: The record.
    ///   - stretches: What has to be silent, in seconds.
    ///   - known: The copy that an earlier run made, where one is known.
    /// - Returns: The copy as the audio of the record; `nil` when the record has it already.
    /// - Throws: `Failure`.
    public func copy(
        _ record: Record, _ stretches: [ClosedRange<Double>], _ known: RedactionNote.Copy?
    ) throws(Failure) -> (audio: AudioFile, copy: RedactionNote.Copy)? {
        guard let audio = try record.audio() else {
            throw Failure(
                .item, .input, "mute the recording: the record has no \"audio\"",
                remedy: "run rc-fetch or dir-list before redact")
        }
        if let known, audio.sha256 == known.of, let old = try kept(known, of: audio, stretches) {
            return old
        }
        let path = try intact(audio)
        let facts = try Audio.probe(path)
        let silences = Muting.silences(stretches, within: facts.seconds)
        let muted = Muting.length(of: silences)
        if let known, audio.sha256 == known.sha256, muted <= known.muted { return nil }
        try room.check()
        let form = facts.format == "wav" && facts.isPlain ? try WaveForm(of: path) : nil
        let suffix = form == nil ? "wav" : audio.path.split(separator: ".").last.map(String.init)
        let target = "redacted/\(record.dayPath)/\(record.fileStem).\(suffix ?? "wav")"
        if let form {
            try form.copy(path, silences, to: target, in: directory)
        } else {
            try SampleCopy(rate: facts.rate, channels: facts.channels)
                .write(path, silences, to: target, in: directory)
        }
        let digests = try directory.digests(of: target)
        let isExact = form != nil || facts.codec == "flac"
        // A copy of a copy is one of the recording.
        let isAgain = known?.sha256 == audio.sha256
        let copy = RedactionNote.Copy(
            path: target, sha256: digests.sha256, of: isAgain ? known?.of ?? "" : audio.sha256,
            original: isAgain ? known?.original : audio.path, muted: muted,
            isExact: isExact && (isAgain ? known?.isExact ?? true : true))
        return (
            AudioFile(
                path: target, bytes: digests.bytes, sha256: digests.sha256,
                type: form == nil ? "audio/wav" : audio.type,
                seconds: audio.seconds ?? facts.seconds,
                rate: facts.rate, channels: facts.channels,
                codec: form == nil ? "pcm_s16le" : facts.codec), copy
        )
    }

    /// The copy of an earlier run that was killed before the record was written.
    private func kept(
        _ known: RedactionNote.Copy, of audio: AudioFile, _ stretches: [ClosedRange<Double>]
    ) throws(Failure) -> (audio: AudioFile, copy: RedactionNote.Copy)? {
        guard try directory.size(of: known.path) != nil,
            try directory.sha256(of: known.path) == known.sha256
        else { return nil }
        let facts = try Audio.probe(try directory.absolutePath(of: known.path))
        let silences = Muting.silences(stretches, within: facts.seconds)
        let muted = Muting.length(of: silences)
        guard muted <= known.muted else { return nil }
        let isSame = facts.codec == audio.codec
        return (
            AudioFile(
                path: known.path, bytes: try directory.size(of: known.path) ?? 0,
                sha256: known.sha256, type: isSame ? audio.type : "audio/wav",
                seconds: audio.seconds ?? facts.seconds, rate: facts.rate, channels: facts.channels,
                codec: facts.codec), known
        )
    }

    /// The absolute path of a recording that is whole.
    private func intact(_ audio: AudioFile) throws(Failure) -> String {
        let remedy = "fetch it again with rc-fetch or dir-list"
        guard try directory.size(of: audio.path) != nil else {
            throw .missing("audio", "mute the recording", remedy: remedy)
        }
        guard try directory.sha256(of: audio.path) == audio.sha256.lowercased() else {
            throw .changed("audio", "mute the recording", remedy: remedy)
        }
        return try directory.absolutePath(of: audio.path)
    }

    /// Removes the recording that a copy was made from; the note has to be on the disk before.
    ///
    /// - Returns: True when it is gone.
    public func removeOriginal(of copy: RedactionNote.Copy) throws(Failure) -> Bool {
        guard let path = copy.original, path != copy.path else { return false }
        guard let file = try directory.file(at: path) else { return true }
        // A file that has taken its name since is another.
        if !file.isLink, try directory.sha256(of: file) != copy.of { return false }
        guard try directory.remove(file) else { return false }
        try directory.sync(after: [file])
        return true
    }
}
