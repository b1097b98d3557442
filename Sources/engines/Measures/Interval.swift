// Interval: a stretch of time, and what many have in common.

/// A stretch of a recording in which a party talks.
struct Span: Equatable, Sendable {
    /// Seconds from the start of the recording.
    var start: Double
    /// Seconds from the start of the recording; not before `start`.
    var end: Double

    var seconds: Double { end - start }

    /// True when the other span lies wholly inside this one.
    func holds(_ other: Span) -> Bool { start <= other.start && other.end <= end }
}

extension [Span] {
    /// The spans in order, those with a shorter pause than this between them as one.
    ///
    /// - Parameter pause: Seconds; with 0, only spans that touch become one.
    /// - Returns: Spans that do not overlap.
    func joined(acrossPausesBelow pause: Double) -> [Span] {
        var joined: [Span] = []
        for span in sorted(by: { $0.start < $1.start }) {
            if let last = joined.last, span.start <= last.end || span.start - last.end < pause {
                joined[joined.count - 1].end = Swift.max(last.end, span.end)
            } else {
                joined.append(span)
            }
        }
        return joined
    }

    /// The sum of their lengths.
    var seconds: Double { reduce(0) { $0 + $1.seconds } }

    /// The seconds that two lists of spans have in common; neither list overlaps itself.
    func seconds(inCommonWith others: [Span]) -> Double {
        var (mine, theirs, sum) = (0, 0, 0.0)
        while mine < count, theirs < others.count {
            let (one, other) = (self[mine], others[theirs])
            sum += Swift.max(0, Swift.min(one.end, other.end) - Swift.max(one.start, other.start))
            if one.end < other.end { mine += 1 } else { theirs += 1 }
        }
        return sum
    }
}
