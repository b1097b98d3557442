// CallLink: who called, and what was booked around the call.
public import Records

/// Finds the people and bookings of a call.
public struct CallLink: Sendable {
    /// The most matches on a record; a shared line may have hundreds.
    public static let most = 20

    private let customers: Customers?
    private let bookings: Bookings?
    private let window: Double

    /// Looks into tables.
    ///
    /// - Parameters:
    ///   - customers: The customers, if there are any.
    ///   - bookings: The bookings, if there are any.
    ///   - window: The seconds before and behind the call in which a booking may be made.
    public init(customers: Customers?, bookings: Bookings?, window: Double) {
        self.customers = customers
        self.bookings = bookings
        self.window = window
    }

    /// The member `link` of the record, and the names of the people found.
    ///
    /// - Throws: `Failure` of scope `item`, kind `input`, for a record without a start, where
    ///   bookings are looked for.
    public func find(_ record: Record) throws(Failure) -> (link: JSON, names: [String]) {
        let key: PhoneKey
        do throws(PhoneKey.Fault) {
            key = try CallLink.key(of: record)
        } catch {
            let reason =
                switch error {
                case .empty: "the other party has no number"
                case .withheld: "the other party withheld its number"
                case .short: "the other party's number has less than seven digits"
                case .rounded: "the other party's number is rounded"
                }
            return (.members(["none": .string(reason)]), [])
        }
        let people = customers?.find(key) ?? []
        let found = try ranked(key, record)
        guard !people.isEmpty || !found.isEmpty else {
            let tables = [customers == nil ? nil : "customer", bookings == nil ? nil : "booking"]
            let what = tables.compactMap { $0 }.joined(separator: " or ")
            return (.members(["none": .string("no \(what) has this number")]), [])
        }
        let link = JSON.members([
            "customers": customers.map { _ in
                .array(
                    people.prefix(CallLink.most).map { person in
                        .members(["id": .string(person.id), "name": .text(person.name)])
                    })
            },
            "bookings": bookings.map { _ in .array(found.prefix(CallLink.most).map(\.json)) },
            // A number that so many share says little.
            "shared": people.count > CallLink.most ? .int(people.count) : nil,
            "more": found.count > CallLink.most ? .int(found.count - CallLink.most) : nil,
        ])
        var names: [String] = []
        for name in people.compactMap(\.name) + found.compactMap(\.booking.name)
        where !names.contains(name) && names.count < 5 {
            names.append(name)
        }
        // A shared line speaks for nobody.
        return (link, people.count > CallLink.most ? [] : names)
    }

    /// The number of the party outside.
    private static func key(of record: Record) throws(PhoneKey.Fault) -> PhoneKey {
        let ends = record.direction == "outbound" ? ["to", "from"] : ["from", "to"]
        let isKnown = record.direction == "outbound" || record.direction == "inbound"
        guard let phone = record.string(ends[0], "phone") else {
            guard !isKnown, let other = record.string(ends[1], "phone") else { throw .empty }
            return try PhoneKey(other)
        }
        return try PhoneKey(phone)
    }

    private struct Match {
        let booking: Bookings.Booking
        let place: Place
        let seconds: Double

        enum Place: String {
            case inside, after, before
        }

        /// A booking during the call comes first, then those behind it, then those before.
        var rank: (Int, Double) {
            switch place {
            case .inside: (0, seconds)
            case .after: (1, seconds)
            case .before: (2, seconds)
            }
        }

        var json: JSON {
            .members([
                "id": .string(booking.id), "at": .string(booking.created.text),
                "where": .string(place.rawValue), "seconds": .double(seconds),
                "customer": .text(booking.customer), "name": .text(booking.name),
                "ambiguous": booking.isAmbiguous ? .bool(true) : nil,
            ])
        }
    }

    private func ranked(_ key: PhoneKey, _ record: Record) throws(Failure) -> [Match] {
        guard let bookings else { return [] }
        guard let start = record.start.flatMap({ Timestamp($0) }) else {
            throw Failure(
                .item, .input, "link \(record.id): it has no start",
                remedy: "list it with a time, or leave out --bookings")
        }
        let end = start.adding(seconds: max(0, record.number("duration") ?? 0))
        let span = start.adding(seconds: -window)...end.adding(seconds: window)
        return bookings.find(key, within: span).map { booking in
            if booking.created < start {
                return Match(
                    booking: booking, place: .before,
                    seconds: start.seconds - booking.created.seconds)
            }
            if booking.created > end {
                return Match(
                    booking: booking, place: .after,
                    seconds: booking.created.seconds - end.seconds)
            }
            return Match(
                booking: booking, place: .inside, seconds: booking.created.seconds - start.seconds)
        }.sorted { $0.rank == $1.rank ? $0.booking.id < $1.booking.id : $0.rank < $1.rank }
    }
}
