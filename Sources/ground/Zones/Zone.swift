// Zone: a time zone of the system's database, and what its clocks show.
public import Records
internal import System

/// A time zone: which offset from UTC its clocks have at which moment.
///
/// The system's own database is read (the package tzdata), without the C library's `TZ`, which is
/// one for the whole process. The format is that of RFC 8536.
public struct Zone: Sendable {
    /// Where Debian keeps the database.
    public static let usualDatabase = "/usr/share/zoneinfo"

    /// Coordinated Universal Time.
    public static let utc = Zone(name: "UTC", file: ZoneFile(rule: ZoneRule(offset: 0)))

    /// The name under which it was asked for, such as `America/Los_Angeles`.
    public let name: String
    private let file: ZoneFile

    /// Finds a zone by the forms that the variable `TZ` has.
    ///
    /// - Parameters:
    ///   - name: A name of the database such as `Europe/Berlin`, with or without a colon before it;
    ///     the path of a file of that format; a rule such as `PST8PDT,M3.2.0,M11.1.0`; an offset such
    ///     as `+03:00`, which is ahead of UTC; or an empty text, which is UTC. A rule such as `UTC+3` is
    ///     refused, because POSIX means three hours behind UTC by it, and people mean ahead.
    ///   - database: The directory that has the database.
    /// - Throws: `Failure` of scope `stop`, kind `configuration`, for a name that is none of these.
    public init(
        _ name: String, database: String = Zone.usualDatabase
    ) throws(Failure) {
        let bare = name.hasPrefix(":") ? String(name.dropFirst()) : name
        if bare.isEmpty || ["UTC", "UTC0", "GMT", "Z"].contains(bare) {
            self = .utc
            return
        }
        self.name = bare
        // No file of the database is larger than 4 KiB.
        let path = bare.hasPrefix("/") ? bare : "\(database)/\(bare)"
        if !bare.split(separator: "/").contains(".."), bare.utf8.allSatisfy({ $0 > 0x20 }),
            let bytes = try? Descriptor.contents(of: path, atMost: 1 << 20),
            let file = ZoneFile(bytes)
        {
            self.file = file
        } else if let offset = Offset.seconds(bare) {
            file = ZoneFile(rule: ZoneRule(offset: offset))
        } else if !Zone.isAmbiguous(bare), let rule = ZoneRule(bare) {
            file = ZoneFile(rule: rule)
        } else {
            throw Failure(
                .stop, .configuration, "find the time zone \(bare)",
                remedy: "name one of those below \(database), such as Europe/Berlin, or an offset"
                    + " such as +03:00")
        }
    }

    private static func isAmbiguous(_ name: String) -> Bool {
        ["UT", "GMT"].contains(where: name.uppercased().hasPrefix)
    }

    private init(name: String, file: ZoneFile) {
        self.name = name
        self.file = file
    }

    /// The seconds by which the zone's clocks are ahead of UTC at a moment.
    public func offset(at moment: Timestamp) -> Int {
        file.offset(at: seconds(moment.milliseconds))
    }

    /// The moments at which the zone's clocks show a time.
    public enum Moments: Sendable, Equatable {
        /// There is one.
        case one(Timestamp)
        /// The clocks were put forward over it. The moment is the one that it would be had they not
        /// been.
        case skipped(Timestamp)
        /// The clocks were put back, and showed it twice.
        case twice(Timestamp, Timestamp)
    }

    /// Finds the moments at which the zone's clocks show a time.
    public func moments(of wall: WallTime) -> Moments {
        // No zone changes its clocks twice in two days.
        let day = 86_400
        let second = seconds(wall.milliseconds)
        let before = file.offset(at: second - day)
        let after = file.offset(at: second + day)
        let found = (before == after ? [before] : [before, after])
            .filter { file.offset(at: second - $0) == $0 }
            .map { wall.moment(offset: $0) }.sorted()
        switch found.count {
        case 0: return .skipped(wall.moment(offset: before))
        case 1: return .one(found[0])
        default: return .twice(found[0], found[1])
        }
    }

    private func seconds(_ milliseconds: Int) -> Int {
        (milliseconds - (milliseconds < 0 ? 999 : 0)) / 1000
    }
}
