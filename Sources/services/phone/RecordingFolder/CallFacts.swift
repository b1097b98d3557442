// CallFacts: what a name, or the file beside the recording, says of a call.
import Records

/// The facts of a call before they are put on a record.
struct CallFacts: Equatable {
    var from: String?
    var to: String?
    /// The number of the party outside, whichever side that is.
    var phone: String?
    /// The name of the party outside.
    var name: String?
    /// The extension of the party inside.
    var `extension`: String?
    /// `inbound`, `outbound` or `internal`.
    var direction: String?
    var time: NameTime?
    /// The PBX's unique id of the call.
    var uniqueID: String?
    /// The phone system's id of the recording.
    var id: String?
    /// Seconds.
    var duration: Double?
    /// The fields whose text could not be read.
    var unread: Set<NameField> = []

    init() {}

    /// The facts in a name.
    init(_ match: NameMatch, in name: [UInt8]) {
        func text(_ field: NameField) -> ArraySlice<UInt8>? { match[field].map { name[$0] } }
        from = text(.from).flatMap(PhoneText.number)
        to = text(.to).flatMap(PhoneText.number)
        phone = text(.phone).flatMap(PhoneText.number)
        self.name = text(.name).flatMap(PhoneText.name)
        `extension` = text(.extension).flatMap(PhoneText.number)
        direction = text(.direction).flatMap(CallDirection.of)
        time = match.time
        uniqueID = text(.uniqueid).map { String(decoding: $0, as: UTF8.self) }
        id = text(.id).map { String(decoding: $0, as: UTF8.self) }
        unread = match.unread
    }

    /// Takes from another source what is not known yet.
    mutating func complete(from other: CallFacts) {
        from = from ?? other.from
        to = to ?? other.to
        phone = phone ?? other.phone
        name = name ?? other.name
        `extension` = `extension` ?? other.extension
        if direction == nil {
            direction = other.direction
            unread.formUnion(other.unread.intersection([.direction]))
            if direction != nil { unread.remove(.direction) }
        }
        if time == nil {
            time = other.time
            unread.formUnion(other.unread.intersection([.start]))
            if time != nil { unread.subtract([.start, .date, .time]) }
        }
        uniqueID = uniqueID ?? other.uniqueID
        id = id ?? other.id
        duration = duration ?? other.duration
    }

    /// The caller.
    var caller: Party? {
        direction == "inbound"
            ? party(from ?? phone, name: name) : party(from, isInside: direction == "outbound")
    }

    /// The called party.
    var called: Party? {
        direction == "outbound"
            ? party(to ?? phone, name: name) : party(to, isInside: true)
    }

    /// True when a number or a name stands on neither side, since the direction is not known.
    var isUnplaced: Bool {
        (phone != nil || name != nil) && direction != "inbound" && direction != "outbound"
    }

    private func party(
        _ phone: String?, name: String? = nil, isInside: Bool = false
    ) -> Party? {
        let number = isInside ? `extension` : nil
        guard phone != nil || name != nil || number != nil else { return nil }
        return Party(phone: phone, name: name, extension: number)
    }
}
