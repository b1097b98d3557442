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

    /// The last span that begins before a time or at it; the spans are in order.
    func last(from time: Double) -> Span? {
        var (low, high) = (0, count)
        while low < high {
            let middle = (low + high) / 2
            if self[middle].start <= time { low = middle + 1 } else { high = middle }
        }
        return low > 0 ? self[low - 1] : nil
    }

    /// The sum of their lengths.
    var seconds: Double { reduce(0) { $0 + $1.seconds } }
}
