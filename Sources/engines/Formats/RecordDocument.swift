// RecordDocument: the transcript and the call of a record, to be written in any format.
internal import Crypto
public import Files
public import Records
internal import System

extension Document {
    /// Takes the transcript of a record, with its words where its JSON file is there.
    ///
    /// - Parameters:
    ///   - record: The record.
    ///   - data: The directory of the files.
    /// - Returns: The transcript; `nil` when the record has none.
    /// - Throws: `Failure` of scope `item`.
    public static func of(
        _ record: Record, in data: DataDirectory
    ) throws(Failure) -> Document? {
        guard let transcript = try record.transcript() else { return nil }
        var facts = Facts(id: record.id)
        (facts.language, facts.engine) = (transcript.language, transcript.engine)
        (facts.model, facts.key) = (transcript.model, transcript.key)
        facts.provenance = transcript.provenance
        facts.seconds = try record.audio()?.seconds ?? record.number("duration")
        var spoken = transcript.segments.map { Spoken($0) }
        let path = try data.absolutePath(of: transcript.path)
        if let bytes = try? Descriptor.contents(of: path, atMost: LineSource.largest) {
            var remarks = Remarks()
            let whole = try DocumentReader.read(bytes, as: .json, id: record.id, &remarks)
            // A file with other words is of another run: the record decides.
            if whole.spoken.map(\.segment) == transcript.segments { spoken = whole.spoken }
            facts.seconds = whole.facts.seconds ?? facts.seconds
        }
        return Document(facts, spoken)
    }
}

extension CallFacts {
    /// Takes what a record tells, with its recording where that has an https address and the bytes of
    /// that address are on the disk.
    ///
    /// - Parameters:
    ///   - record: The record.
    ///   - data: The directory of the files.
    ///   - now: The time at which the document is made.
    /// - Throws: `Failure` of scope `item` for a member of another form.
    public init(
        of record: Record, in data: DataDirectory, now: Timestamp = .now
    ) throws(Failure) {
        try self.init(of: record, now: now)
        guard let url = try record.recording()?.uri, url.hasPrefix("https://"),
            let start = record.start.flatMap({ Timestamp($0) }),
            let audio = try record.audio(), try data.holds(audio)
        else { return }
        var digest = Digest(.sha512)
        do {
            try FileBytes.each(of: try data.absolutePath(of: audio.path)) { digest.update($0) }
        } catch let error as Failure {
            throw error
        } catch {
            return
        }
        recordings = [
            Audio(
                start: start, seconds: audio.seconds, url: url, sha512: digest.hex(),
                type: audio.type, channels: audio.channels,
                name: audio.path.split(separator: "/").last.map(String.init))
        ]
    }
}
