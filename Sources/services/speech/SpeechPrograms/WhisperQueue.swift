// WhisperQueue: sounds that arrive at about the same time share one run of the program.
internal import System

/// Lets one task lead a run, and gives its result to the tasks whose sounds were in the run.
///
/// The program loads its model once a run. While one run works, the sounds for the next run gather.
actor WhisperQueue {
    /// The turn of a task after its wait.
    enum Turn: Sendable {
        /// The task leads the next run, together with the sounds that wait.
        case lead
        /// Another task's run had the sound in it, and ended like this.
        case done(Result<ProgramResult, any Error>, together: Int)
    }

    /// The files of one task with their options, waiting for a run.
    struct Waiting: Sendable {
        let words: [String]
        let common: [String]
        let seconds: Double
        fileprivate let turn: CheckedContinuation<Turn, Never>

        func finish(_ result: Result<ProgramResult, any Error>, together: Int) {
            turn.resume(returning: .done(result, together: together))
        }
    }

    private var waiting: [Waiting] = []
    private var isLed = false

    /// Waits for a run.
    ///
    /// - Parameters:
    ///   - words: The files, with the options that are theirs alone.
    ///   - common: The options that all files of a run share.
    ///   - seconds: The length of the sound.
    /// - Returns: The task's turn.
    func join(_ words: [String], common: [String], seconds: Double) async -> Turn {
        if !isLed {
            isLed = true
            return .lead
        }
        return await withCheckedContinuation {
            waiting.append(
                Waiting(words: words, common: common, seconds: seconds, turn: $0))
        }
    }

    /// The waiting sounds with the same options that the leader takes along.
    func take(atMost count: Int, common: [String], seconds: Double) -> [Waiting] {
        var taken: [Waiting] = []
        var rest = seconds
        while let next = waiting.first, taken.count < count, next.seconds <= rest,
            next.common == common
        {
            rest -= next.seconds
            taken.append(waiting.removeFirst())
        }
        return taken
    }

    /// Gives the lead to the next task; the leader calls it when its run is over.
    func handOver() {
        if waiting.isEmpty {
            isLed = false
        } else {
            waiting.removeFirst().turn.resume(returning: .lead)
        }
    }
}
