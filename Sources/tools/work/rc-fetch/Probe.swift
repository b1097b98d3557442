// Probe: what decoding shows of a fetched file, since headers lie.
import Audio
import Files
import Records

extension AudioFile {
    /// Adds the length, rate, channels and codec.
    ///
    /// A file that cannot be decoded stays without them and goes on: the bytes are what the phone
    /// system has, and worth archiving before it purges them. The stage that needs to hear it says
    /// what it thinks of it.
    mutating func probe(in directory: DataDirectory, of id: String, _ observer: Observer) {
        do {
            let facts = try Audio.probe(try directory.absolutePath(of: path))
            (seconds, rate) = (facts.seconds, facts.rate)
            (channels, codec) = (facts.channels, facts.codec)
            for remark in facts.remarks { observer(.note("\(id): \(remark)")) }
            if let cut = facts.cut { observer(.note("\(id) is kept although \(cut)")) }
        } catch {
            observer(.note("\(id) is kept although it cannot be decoded: \(error)"))
        }
    }
}
