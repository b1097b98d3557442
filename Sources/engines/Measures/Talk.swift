// Talk: the stretches in which each party of a call talks, and the turns that they make.

/// The stretches of talk of each party, by the start and end of the utterances.
struct Talk {
    /// Own pauses shorter than this are part of talking.
    private static let breath = 0.25
    /// Own pauses shorter than this do not end a monologue.
    private static let pause = 2.0
    /// Utterances of at most this length inside the other's talk are backchannels, such as "mm-hm".
    private static let backchannel = 1.0
    /// Overlaps up to this length are no interruption.
    private static let grace = 0.5

    /// A stretch of talk of one party.
    struct Stretch {
        let party: Int
        var span: Span
    }

    /// The stretches of each party, which do not overlap each other.
    let stretches: [[Span]]
    /// The stretches that are no backchannels, in order of time.
    private let substantial: [Stretch]
    /// The turns in order: a turn goes on until another party says more than a backchannel.
    let turns: [Stretch]

    /// Takes the utterances of each party.
    init(_ utterances: [[Span]]) {
        let stretches = utterances.map { $0.joined(acrossPausesBelow: Talk.breath) }
        let runs = utterances.map { $0.joined(acrossPausesBelow: Talk.pause) }
        var substantial: [Stretch] = []
        for (party, own) in stretches.enumerated() {
            for span in own {
                let isBackchannel =
                    span.seconds <= Talk.backchannel
                    && runs.indices.contains { other in
                        other != party && runs[other].last(from: span.start)?.holds(span) == true
                    }
                if !isBackchannel { substantial.append(Stretch(party: party, span: span)) }
            }
        }
        self.stretches = stretches
        self.substantial = substantial.sorted { $0.span.start < $1.span.start }
        turns = Talk.turns(self.substantial)
    }

    private static func turns(_ substantial: [Stretch]) -> [Stretch] {
        var turns: [Stretch] = []
        for stretch in substantial {
            if let last = turns.last, last.party == stretch.party {
                turns[turns.count - 1].span.end = max(last.span.end, stretch.span.end)
            } else {
                turns.append(stretch)
            }
        }
        return turns
    }

    /// The longest stretch in which a party talks without a pause of two seconds, while nobody else
    /// says more than a backchannel.
    func longestMonologue(of party: Int) -> Double {
        var (longest, run) = (0.0, Stretch?.none)
        for stretch in substantial {
            if let own = run, own.party == stretch.party,
                stretch.span.start - own.span.end < Talk.pause
            {
                run?.span.end = max(own.span.end, stretch.span.end)
            } else {
                run = stretch
            }
            if let run, run.party == party { longest = max(longest, run.span.seconds) }
        }
        return longest
    }

    /// The times from the end of another's turn to the beginning of a party's own, 0 for an overlap.
    func responseTimes(of party: Int) -> [Double] {
        zip(turns, turns.dropFirst()).filter { $0.1.party == party }.map {
            max(0, $0.1.span.start - $0.0.span.end)
        }
    }

    /// The number of times that a party begins while another talks, and the other stops meanwhile.
    func interruptions(by party: Int) -> Int {
        substantial.count { own in
            own.party == party
                && stretches.indices.contains { other in
                    other != party && isCut(other, by: own.span)
                }
        }
    }

    /// True when a party talks as the span begins, for longer than the grace, and stops before its end.
    private func isCut(_ party: Int, by span: Span) -> Bool {
        guard let theirs = stretches[party].last(from: span.start) else { return false }
        return theirs.start < span.start && theirs.end <= span.end
            && theirs.end - span.start > Talk.grace
    }
}
