// UniqueID: the unique id of Asterisk and the systems built on it.
import Records

/// Seconds since 1970, a point and a counter, such as `1743042317.12206`.
///
/// Asterisk makes it when the channel is made, in UTC whatever the zone of the machine is.
enum UniqueID {
    /// The place after a unique id that begins at a place of a name.
    static func end(in name: [UInt8], at place: Int) -> Int? {
        var reader = NameReader(name: name, place: place)
        guard let (number, width) = reader.digits(), width == 10,
            NameTime.years.contains(Timestamp(milliseconds: number * 1000).day.year),
            reader.uniqueCounter()
        else { return nil }
        return reader.place
    }

    /// The moment at which the channel was made, by the text of a unique id.
    static func moment(of text: String) -> Timestamp? {
        let bytes = Array(text.utf8)
        guard end(in: bytes, at: 0) == bytes.count else { return nil }
        var reader = NameReader(name: bytes, place: 0)
        return reader.digits().map { Timestamp(milliseconds: $0.number * 1000) }
    }
}
