// DecodeChild: one recording decoded by a process that ends with it.
internal import CSeccomp
internal import DecodeWire
internal import Glibc

/// What a child does between the fork and its end.
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

    /// Does what is asked; its last frame says what came of it, unless it throws.
    static func work(
        _ request: DecodeRequest, from input: Int32, _ outlet: inout Outlet
    ) throws(DecodeFault) {
        let file = try MediaFile(descriptor: input, limits: request)
        switch request.work {
        case .probe:
            let areAlike = try compare(file, isShort: false)
            outlet.send(try file.facts(isDualMono: areAlike))
        case .compare:
            let areAlike = try compare(file, isShort: true)
            // What was decoded to its end may have been damaged too much to be heard.
            if areAlike == true { _ = try file.facts(isDualMono: nil) }
            outlet.send(.verdict, [areAlike == true ? 1 : 0])
        case .mix, .split:
            let resampler = try Resampler(isMix: request.work == .mix, rate: request.rate)
            func take(_ channel: Int, _ samples: Span<Int16>) {
                outlet.take(channel, samples, resampler.form)
            }
            try unsafe file.decode { frame throws(DecodeFault) in
                try unsafe resampler.convert(frame, into: take)
                return true
            }
            try resampler.finish(into: take)
            outlet.finish()
            outlet.send(try file.facts(isDualMono: nil))
        }
    }

    /// Decodes all of it, or no more than it takes to know; `nil` unless it has two channels.
    private static func compare(_ file: MediaFile, isShort: Bool) throws(DecodeFault) -> Bool? {
        guard file.channels == 2 else {
            if !isShort { try unsafe file.decode { _ in true } }
            return nil
        }
        let resampler = try Resampler(isMix: false, rate: nil)
        var comparison = Comparison(rate: max(1, file.rate))
        func take(_ channel: Int, _ samples: Span<Int16>) { comparison.take(channel, samples) }
        try unsafe file.decode { frame throws(DecodeFault) in
            // Channels that differ need no more looking at.
            if !comparison.areDifferent { try unsafe resampler.convert(frame, into: take) }
            return !(isShort && comparison.areDifferent)
        }
        if !comparison.areDifferent { try resampler.finish(into: take) }
        comparison.finish()
        return !comparison.areDifferent
    }
}
