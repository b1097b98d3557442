// CallClock: when a call began, by the time in a file's name, the zone of the PBX and its unique id.
import Records
import Zones

/// Makes moments of the times in names, and keeps count of what it had to decide.
struct CallClock {
    /// When a call began.
    struct Start: Equatable {
        let moment: Timestamp
        /// The seconds by which the clock that wrote the name was ahead of UTC.
        let offset: Int

        /// The time as the clock showed it, RFC 3339 with its offset.
        var local: String { WallTime(at: moment, offset: offset).text(offset: offset) }
    }

    let zone: Zone
    /// Names whose time the clocks of the zone never showed.
    private(set) var skipped = 0
    /// Names whose time the clocks of the zone showed twice, and no unique id said which is meant.
    private(set) var twice = 0
    /// Names whose unique id shows another offset than the zone has; and those offsets.
    private(set) var elsewhere = 0
    private(set) var offsetsElsewhere: Set<Int> = []
    /// Names whose unique id is of another day than their time.
    private(set) var strange = 0

    init(zone: Zone) {
        self.zone = zone
    }

    /// A recording begins at most so many seconds before the channel that the unique id names: the
    /// clocks are one, but seconds are cut off.
    private static let earliest = 60
    /// A recording that begins an hour after the channel is rarer than a wrong zone.
    private static let latest = 3600
    private static let quarter = 900

    /// When the call began; `nil` where neither the name nor the id says it.
    ///
    /// - Parameters:
    ///   - time: The time in the name.
    ///   - id: The moment of the unique id.
    ///   - idDecides: True when an id that is of another day is told, and an id alone is a start.
    /// - Returns: The moment, with the offset of the clock that wrote the name.
    mutating func start(_ time: NameTime?, id: Timestamp?, idDecides: Bool) -> Start? {
        switch time {
        case .moment(let moment, let offset):
            return Start(moment: moment, offset: offset ?? zone.offset(at: moment))
        case .wall(let wall):
            if let id, let start = start(wall, id, isTold: idDecides) { return start }
            return start(wall)
        case nil:
            guard let id, idDecides else { return nil }
            return Start(moment: id, offset: zone.offset(at: id))
        }
    }

    private mutating func start(_ wall: WallTime) -> Start {
        let moment: Timestamp
        switch zone.moments(of: wall) {
        case .one(let found): moment = found
        case .skipped(let found):
            skipped += 1
            moment = found
        case .twice(let first, _):
            twice += 1
            moment = first
        }
        return Start(moment: moment, offset: zone.offset(at: moment))
    }

    /// The start by a unique id; `nil` where the id is not of this day.
    private mutating func start(_ wall: WallTime, _ id: Timestamp, isTold: Bool) -> Start? {
        let candidates: [Timestamp]
        switch zone.moments(of: wall) {
        case .one(let moment), .skipped(let moment): candidates = [moment]
        case .twice(let first, let second): candidates = [first, second]
        }
        for moment in candidates where isSoonAfter(moment, id) {
            return Start(moment: moment, offset: zone.offset(at: moment))
        }
        // The recording began after the channel, by less than a quarter of an hour as a rule, and
        // clocks differ from UTC by whole quarters.
        let ahead = (wall.milliseconds - id.milliseconds) / 1000 + CallClock.earliest
        let offset = (ahead - ((ahead % CallClock.quarter) + CallClock.quarter) % CallClock.quarter)
        guard (-12 * 3600...14 * 3600).contains(offset) else {
            if isTold { strange += 1 }
            return nil
        }
        elsewhere += 1
        offsetsElsewhere.insert(offset)
        return Start(moment: wall.moment(offset: offset), offset: offset)
    }

    private func isSoonAfter(_ moment: Timestamp, _ id: Timestamp) -> Bool {
        let seconds = (moment.milliseconds - id.milliseconds) / 1000
        return (-CallClock.earliest..<CallClock.latest).contains(seconds)
    }

    /// The offsets of those names; of clocks that are put forward there are two.
    private var clocksElsewhere: String {
        let offsets = offsetsElsewhere.sorted().map { "UTC\(Offset.text($0))" }
        return offsets.prefix(3).joined(separator: " or ")
            + (offsets.count > 3 ? ", and others" : "")
    }

    /// Remarks on these times for the operator, a sentence each.
    var remarks: [String] {
        told(
            (
                elsewhere,
                """
                in \(counted(elsewhere, "name")) the unique id shows a clock at \
                \(clocksElsewhere), where the zone \(zone.name) has another; the \
                id decides, and --timezone should name the zone of the PBX
                """
            ),
            (
                strange,
                """
                in \(counted(strange, "name")) the unique id is of another day than the time; the \
                time decides
                """
            ),
            (
                skipped,
                """
                in \(counted(skipped, "name")) stands a time that the clocks of \(zone.name) left \
                out when they were put forward; it counts as an hour later
                """
            ),
            (
                twice,
                """
                in \(counted(twice, "name")) stands a time that the clocks of \(zone.name) showed \
                twice when they were put back; the earlier one is taken
                """
            ))
    }
}
