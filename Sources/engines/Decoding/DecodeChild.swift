// DecodeChild: one recording decoded by a process that ends with it.
internal import CSeccomp
internal import DecodeWire
internal import Glibc

/// The work of a child, from the fork to its end.
struct DecodeChild {
    let request: DecodeRequest
    let confinement: Confinement

    /// Decodes from the one descriptor to the other, and ends the process.
    func run(from input: Int32, to output: Int32, parent: pid_t) -> Never {
        // Nothing of the server's stays open, its standard error neither.
        guard dup2(input, Confinement.input) >= 0, dup2(output, Confinement.output) >= 0,
            close_range(2, UInt32.max, 0) == 0
        else { _exit(1) }
        // Swift's handlers would start a program that tells of the crash; the server tells of it.
        for number in 1..<Int32(32) { signal(number, SIG_DFL) }
        var outlet = Outlet(descriptor: Confinement.output)
        do throws(DecodeFault) {
            let isFiltered = try confinement.apply(request, parent: parent)
            outlet.send(.started, [isFiltered ? 1 : 0])
            try DecodeChild.work(request, from: Confinement.input, &outlet)
        } catch {
            outlet.send(error)
        }
        _exit(0)
    }

    /// Does the work of a request; the last frame holds the facts, unless this throws.
    static func work(
        _ request: DecodeRequest, from input: Int32, _ outlet: inout Outlet
    ) throws(DecodeFault) {
        var file = WholeFile(descriptor: input, limits: request)
        var likeness: DecodeFacts.Likeness?
        switch request.work {
        case .probe: likeness = try compare(&file)
        case .mix, .split:
            try file.decode(isMix: request.work == .mix) { channel, samples, form in
                outlet.take(channel, samples, form)
            }
        case .subtract: try subtract(&file, into: &outlet)
        }
        outlet.finish()
        outlet.send(try file.facts(likeness))
    }

    /// Decodes all of it; `nil` unless it has two channels.
    private static func compare(
        _ file: inout WholeFile
    ) throws(DecodeFault) -> DecodeFacts.Likeness? {
        var comparison: Comparison?
        // Channels that differ need no more looking at.
        try file.decode(
            isMix: false,
            while: { $0.channels == 2 && comparison?.areDifferent != true },
            into: { channel, samples, form in
                guard form.channels == 2 else { return }
                if comparison == nil { comparison = Comparison(rate: form.rate) }
                comparison?.take(channel, samples)
            })
        return comparison?.finish()
    }

    private static func subtract(
        _ file: inout WholeFile, into outlet: inout Outlet
    ) throws(DecodeFault) {
        var mean = Mean(channels: 2, isSecondReversed: true)
        try file.decode(isMix: false) { channel, samples, form throws(DecodeFault) in
            guard form.channels == 2 else { throw DecodeFault(.channelsChange) }
            try mean.take(channel, samples) { channel, samples in
                outlet.take(channel, samples, (rate: form.rate, channels: 1))
            }
        }
    }
}
