// WhisperQueue: sounds that come at about the same time go to one run, which loads the model once.
internal import System

/// Gives each task either the lead of a run or the end of a run that did its work too.
///
/// While one run is under way the next one's sounds gather, so no clock decides how many there are.
actor WhisperQueue {
    /// What a task finds when it has waited.
    enum Turn: Sendable {
        /// Do it yourself, together with what others want.
        case lead
        /// Another task has done it, and this is how the program ended.
        case done(Result<ProgramResult, any Error>, together: Int)
    }

    /// The files of one task, waiting for a run.
    struct Waiting: Sendable {
        let files: [String]
        let seconds: Double
        fileprivate let turn: CheckedContinuation<Turn, Never>

        func finish(_ result: Result<ProgramResult, any Error>, together: Int) {
            turn.resume(returning: .done(result, together: together))
        }
    }

    private var waiting: [Waiting] = []
    private var isLed = false

    func join(_ files: [String], seconds: Double) async -> Turn {
        if !isLed {
            isLed = true
            return .lead
        }
        return await withCheckedContinuation {
            waiting.append(Waiting(files: files, seconds: seconds, turn: $0))
        }
    }

    /// What the leader takes along.
    func take(atMost count: Int, seconds: Double) -> [Waiting] {
        var taken: [Waiting] = []
        var rest = seconds
        while let next = waiting.first, taken.count < count, next.seconds <= rest {
            rest -= next.seconds
            taken.append(waiting.removeFirst())
        }
        return taken
    }

    /// Called by the leader when its run is over.
    func handOver() {
        if waiting.isEmpty {
            isLed = false
        } else {
            waiting.removeFirst().turn.resume(returning: .lead)
        }
    }
}
