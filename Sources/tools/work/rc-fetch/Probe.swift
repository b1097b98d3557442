// Probe: the facts that decoding shows of a fetched file, since headers can be wrong.
import Audio
import Files
import Records
import RingCentral

extension DataDirectory {
    /// Decodes fetched files, and tells the observer what is wrong with them.
    func listen(_ observer: @escaping Observer) -> RecordingFetcher.Listen {
        { file, record in
            do {
                let facts = try Audio.probe(try absolutePath(of: file.path))
                file.seconds = facts.seconds
                if facts.seconds > 0 {
                    (file.rate, file.channels) = (facts.rate, facts.channels)
                    file.codec = facts.codec
                }
                file.type = AudioFormat(decodedAs: facts.format)?.contentType ?? file.type
                for remark in facts.remarks { observer(.note("\(record.id): \(remark)")) }
                if let cut = facts.cut { observer(.note("\(record.id) is kept although \(cut)")) }
            } catch {
                observer(
                    .note("\(record.id) is kept although it cannot be decoded: \(error)"))
            }
        }
    }
}
