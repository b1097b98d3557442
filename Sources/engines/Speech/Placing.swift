// Placing: times for utterances to which the engine gave none.

extension Utterance {
    /// True when the engine told where the utterance begins and ends.
    package var isPlaced: Bool { isStartKnown && isEndKnown }
}

extension [Utterance] {
    /// The utterances with times for all of them.
    ///
    /// An unknown time is one between the known times before and after it; what was said between two
    /// known times is spread over them by the length of its text.
    ///
    /// - Parameter span: The times from the first speech to the last, in seconds.
    /// - Returns: The utterances in the order in which they came.
    package func placed(in span: ClosedRange<Double>) -> [Utterance] {
        guard contains(where: { !$0.isPlaced }) else { return self }
        var marks = marks
        let first = marks.first { $0.time != nil }?.time
        let last = marks.last { $0.time != nil }?.time
        var before = Mark(place: 0, time: Swift.min(span.lowerBound, first ?? span.lowerBound))
        let end = Mark(
            place: marks.last?.place ?? 0, time: Swift.max(span.upperBound, last ?? span.upperBound)
        )
        for index in marks.indices {
            if marks[index].time == nil {
                let after = marks[index...].first { $0.time != nil } ?? end
                marks[index].time = before.time(at: marks[index].place, to: after)
            }
            before = marks[index]
        }
        return enumerated().map { index, utterance in
            var placed = utterance
            placed.start = marks[index * 2].time ?? utterance.start
            placed.end = Swift.max(placed.start, marks[index * 2 + 1].time ?? utterance.end)
            return placed
        }
    }

    /// The start and the end of each utterance, by the number of letters before it.
    private var marks: [Mark] {
        var place = 0
        return flatMap { utterance in
            let start = Mark(place: place, time: utterance.isStartKnown ? utterance.start : nil)
            place += utterance.text.count
            return [start, Mark(place: place, time: utterance.isEndKnown ? utterance.end : nil)]
        }
    }
}

/// A place in the text, and its time if that is known.
private struct Mark {
    var place: Int
    var time: Double?

    /// The time of a place between this mark and another, whose times are known.
    func time(at place: Int, to other: Mark) -> Double {
        let (begin, end) = (time ?? 0, other.time ?? 0)
        guard other.place > self.place, end > begin else { return begin }
        let share = Double(place - self.place) / Double(other.place - self.place)
        return begin + share * (end - begin)
    }
}
