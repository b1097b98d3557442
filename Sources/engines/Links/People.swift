// People: customers and bookings in little memory, found by number and time.
public import Records
internal import Tables
public import Zones

/// The rows of a file of customers.
public struct Customers: Sendable {
    /// A customer.
    public struct Customer: Sendable, Equatable {
        /// The id in the file, or the number of the line.
        public var id: String
        /// The name, where there is one.
        public var name: String?
    }

    private var shelf = Shelf<UInt32>()
    /// The number of rows with a key.
    public private(set) var count = 0

    private static let ids = ["id", "customerid", "customer", "guestid", "clientid", "contactid"]
    private static let names = [
        "name", "fullname", "customername", "guest", "guestname", "displayname",
    ]

    /// Reads a file.
    ///
    /// - Parameters:
    ///   - path: A CSV or NDJSON file.
    ///   - fault: Told of lines and numbers that cannot be used.
    /// - Throws: `Failure` of scope `stop`.
    public init(
        _ path: String, fault: (_ line: Int, _ reason: String) -> Void
    ) throws(Failure) {
        var (shelf, count) = (Shelf<UInt32>(), 0)
        try Table.each(of: path, fault: fault) { row in
            let keys = row.keys(fault)
            guard !keys.isEmpty else { return }
            let id = row.first(Customers.ids) ?? "line \(row.line)"
            let place = shelf.put([id, row.name(Customers.names) ?? ""])
            for key in keys { shelf.add(key, UInt32(place)) }
            count += 1
        }
        shelf.sort()
        (self.shelf, self.count) = (shelf, count)
    }

    /// The customers with a number, each once, in the order of the file.
    public func find(_ key: PhoneKey) -> [Customer] {
        var seen: Set<UInt32> = []
        return shelf.values(of: key).filter { seen.insert($0).inserted }.map { place in
            let texts = shelf.texts(at: Int(place), count: 2)
            return Customer(id: texts[0], name: texts[1].isEmpty ? nil : texts[1])
        }
    }
}

/// The rows of a file of bookings.
public struct Bookings: Sendable {
    /// A booking.
    public struct Booking: Sendable, Equatable {
        /// The id in the file, or the number of the line.
        public var id: String
        /// When it was made.
        public var created: Timestamp
        /// The customer's id, where the file has it.
        public var customer: String?
        /// The name on it.
        public var name: String?
        /// True when the clocks showed its time twice, so that it may be an hour off.
        public var isAmbiguous: Bool
    }

    private struct Entry: Sendable {
        let seconds: Int64
        let place: UInt32
        let isAmbiguous: Bool
    }

    private var shelf = Shelf<Entry>()
    private static let ids = [
        "id", "bookingid", "booking", "reservation", "reservationid", "confirmation", "reference",
    ]
    private static let times = [
        "created", "createdat", "bookedat", "booked", "creationdate", "timestamp", "time", "date",
    ]
    private static let names = ["name", "guest", "guestname", "fullname", "customername"]

    /// Reads a file.
    ///
    /// - Parameters:
    ///   - path: A CSV or NDJSON file.
    ///   - zone: The zone of times that have none.
    ///   - fault: Told of lines, times and numbers that cannot be used.
    /// - Throws: `Failure` of scope `stop`.
    public init(
        _ path: String, zone: Zone, fault: (_ line: Int, _ reason: String) -> Void
    ) throws(Failure) {
        var shelf = Shelf<Entry>()
        try Table.each(of: path, fault: fault) { row in
            guard let text = row.first(Bookings.times) else {
                return fault(row.line, "it has no time of booking")
            }
            let moments = LocalTime.moments(text, in: zone)
            guard !moments.isEmpty else {
                return fault(row.line, "its time of booking is none, as in 2026-03-14 15:09")
            }
            let keys = row.keys(fault)
            guard !keys.isEmpty else { return }
            let place = shelf.put([
                row.first(Bookings.ids) ?? "line \(row.line)",
                row.first(["customerid", "customer", "guestid", "clientid"]) ?? "",
                row.name(Bookings.names) ?? "",
            ])
            for key in keys {
                for moment in moments {
                    shelf.add(
                        key,
                        Entry(
                            seconds: Int64(moment.milliseconds / 1000), place: UInt32(place),
                            isAmbiguous: moments.count > 1))
                }
            }
        }
        shelf.sort()
        self.shelf = shelf
    }

    /// The bookings with a number that were made within a span of time.
    func find(_ key: PhoneKey, within span: ClosedRange<Timestamp>) -> [Booking] {
        shelf.values(of: key).compactMap { entry in
            let created = Timestamp(milliseconds: Int(entry.seconds) * 1000)
            guard span.contains(created) else { return nil }
            let texts = shelf.texts(at: Int(entry.place), count: 3)
            return Booking(
                id: texts[0], created: created, customer: texts[1].isEmpty ? nil : texts[1],
                name: texts[2].isEmpty ? nil : texts[2], isAmbiguous: entry.isAmbiguous)
        }
    }
}

extension TableRow {
    /// The numbers of all columns that have one.
    fileprivate func keys(_ fault: (Int, String) -> Void) -> [PhoneKey] {
        var (keys, hasText) = (Set<PhoneKey>(), false)
        for (name, texts) in cells
        where ["phone", "mobile", "cell", "tel"].contains(where: name.contains) || name == "number"
        {
            for text in texts {
                hasText = true
                do throws(PhoneKey.Fault) {
                    keys.insert(try PhoneKey(text))
                } catch {
                    switch error {
                    case .rounded: fault(line, "a spreadsheet has rounded its telephone number")
                    case .short: fault(line, "its telephone number has less than seven digits")
                    case .empty, .withheld: break
                    }
                }
            }
        }
        if !hasText { fault(line, "it has no telephone number") }
        return keys.sorted()
    }

    /// The name, whole or of two columns.
    fileprivate func name(_ names: [String]) -> String? {
        if let name = first(names) { return name }
        let parts = [
            first(["firstname", "givenname"]), first(["lastname", "familyname", "surname"]),
        ]
        let name = parts.compactMap { $0 }.joined(separator: " ")
        return name.isEmpty ? nil : name
    }
}

/// Texts in one block of memory, found by a number.
private struct Shelf<Value: Sendable>: Sendable {
    private var entries: [(key: PhoneKey, value: Value)] = []
    private var block: [UInt8] = []

    /// Keeps texts, and says where.
    mutating func put(_ texts: [String]) -> Int {
        let place = block.count
        for text in texts { block += text.utf8.filter { $0 != 0 } + [0] }
        return place
    }

    mutating func add(_ key: PhoneKey, _ value: Value) { entries.append((key, value)) }

    /// Puts the keys in order; those of one key keep that of the file.
    mutating func sort() { entries.sort { $0.key < $1.key } }

    func values(of key: PhoneKey) -> [Value] {
        var (low, high) = (0, entries.count)
        while low < high {
            let middle = (low + high) / 2
            if entries[middle].key < key { low = middle + 1 } else { high = middle }
        }
        return entries[low...].prefix { $0.key == key }.map(\.value)
    }

    func texts(at place: Int, count: Int) -> [String] {
        var (texts, at) = ([String](), place)
        for _ in 0..<count {
            let end = block[at...].firstIndex(of: 0) ?? block.count
            texts.append(String(decoding: block[at..<end], as: UTF8.self))
            at = end + 1
        }
        return texts
    }
}

/// A time as people's tables have it.
enum LocalTime {
    /// The moments that a text may mean: one, or two where the clocks showed it twice.
    static func moments(_ text: String, in zone: Zone) -> [Timestamp] {
        let text = text.split(separator: " ").joined(separator: " ")
        if let moment = Timestamp(text) { return [moment] }
        // Without a zone, and perhaps without seconds or a time of day.
        for end in ["Z", ":00Z", " 00:00:00Z"] {
            guard let moment = Timestamp(text + end) else { continue }
            switch zone.moments(of: WallTime(milliseconds: moment.milliseconds)) {
            case .one(let moment), .skipped(let moment): return [moment]
            case .twice(let first, let second): return [first, second]
            }
        }
        return []
    }
}
