// Decoding: one recording, from the request to its facts.
internal import DecodeWire
internal import Glibc
internal import Records
internal import System

extension DecodeProgram {
    /// The longest that a decoder is silent while it works, in seconds.
    ///
    /// Its processor time is limited, and ten times that leaves others their share: beyond it hangs
    /// on a disk.
    fileprivate static func silenceTimeout(_ request: DecodeRequest) -> Int {
        max(60, request.processorSeconds) * 10
    }

    /// Has a recording decoded by a child.
    ///
    /// - Throws: `Failure` of scope `item` for a fault of the recording.
    func decode(
        _ recording: borrowing Recording, _ request: DecodeRequest, into sink: Audio.Sink
    ) throws(Failure) -> DecodeFacts {
        for isLast in [false, true] {
            if let facts = try attempt(recording, request, isLast: isLast, into: sink) {
                return facts
            }
        }
        throw .lost
    }

    private static func sockets() throws(Failure) -> SocketPair {
        do {
            return try SocketPair(.stream)
        } catch {
            throw Failure(.stop, .internal, "start a decoder: \(error.reason)")
        }
    }

    /// Decodes by the server that runs; `nil` when it was gone before it began, so that another may do
    /// it.
    private func attempt(
        _ recording: borrowing Recording, _ request: DecodeRequest, isLast: Bool,
        into sink: Audio.Sink
    ) throws(Failure) -> DecodeFacts? {
        var frames = try DecodeProgram.sockets()
        var ending = try DecodeProgram.sockets()
        let server = try send(request, [recording.descriptor, frames.theirs, ending.theirs])
        frames.giveAway()
        ending.giveAway()
        Socket.setTimeout(frames.ours, seconds: DecodeProgram.silenceTimeout(request))
        var conversation = Conversation(FrameReader(frames.ours), request)
        do throws(Conversation.Ending) {
            return try conversation.run(self, into: sink)
        } catch {
            switch error {
            case .failed(let failure): throw failure
            case .cut:
                // The server tells how the child ended; without the server there is no answer.
                Socket.setTimeout(ending.ours, seconds: 60)
                if let status = Socket.receiveNumber(ending.ours) {
                    throw .ended(status, request)
                }
                end(server)
                if conversation.hasBegun || isLast { throw .lost }
                return nil
            }
        }
    }
}

extension Failure {
    /// The server ended with the child, which does not seem to be the recording's fault.
    fileprivate static let lost = Failure(
        .temporary, .internal, "decode the audio: callpipe-decode was ended in the middle of it")
}

/// The answers of a child, held against the request.
private struct Conversation {
    enum Ending: Error {
        case failed(Failure)
        /// The child is gone without a last word.
        case cut
    }

    private let reader: FrameReader
    private let request: DecodeRequest
    private(set) var hasBegun = false
    private var channels = 0
    private var samplesLeft = 0

    init(_ reader: FrameReader, _ request: DecodeRequest) {
        self.reader = reader
        self.request = request
    }

    mutating func run(
        _ program: DecodeProgram, into sink: Audio.Sink
    ) throws(Ending) -> DecodeFacts {
        while true {
            let (kind, length) = try next()
            do throws(Failure) {
                if kind == .samples {
                    try take(length, into: sink)
                } else if let facts = try take(kind, reader.payload(length), program) {
                    return facts
                }
            } catch {
                throw .failed(error)
            }
        }
    }

    private func next() throws(Ending) -> (DecodeFrame, Int) {
        do throws(FrameReader.Ending) {
            return try reader.next()
        } catch {
            switch error {
            case .end: throw .cut
            case .garbage: throw .failed(.garbled)
            case .silence:
                throw .failed(
                    Failure(
                        .temporary, .timeout,
                        "decode the audio: nothing came of it for \(DecodeProgram.silenceTimeout(request)) seconds"
                    ))
            }
        }
    }

    private mutating func take(_ length: Int, into sink: Audio.Sink) throws(Failure) {
        guard channels > 0, length / 2 / channels <= samplesLeft else { throw .garbled }
        samplesLeft -= length / 2 / channels
        try reader.samples(length, channels: channels, into: sink)
    }

    private mutating func take(
        _ kind: DecodeFrame, _ payload: ArraySlice<UInt8>, _ program: DecodeProgram
    ) throws(Failure) -> DecodeFacts? {
        switch kind {
        case .started where !hasBegun:
            hasBegun = true
            if DecodeFrame.word(payload, 0) != 1 { program.noteUnfiltered() }
            return nil
        case .form where hasBegun && channels == 0 && wantsSamples:
            try begin(DecodeFrame.word(payload, 0), DecodeFrame.word(payload, 1))
            return nil
        case .facts where hasBegun:
            guard let facts = DecodeFacts(payload), isPlausible(facts) else { throw .garbled }
            return facts
        case .fault:
            // After its start a child may not report a fault that stops the whole line.
            guard let fault = DecodeFault(payload), hasBegun != (fault.code == .confinement)
            else { throw .garbled }
            throw fault.failure(request)
        default: throw .garbled
        }
    }

    private var wantsSamples: Bool { request.work != .probe }

    private mutating func begin(_ rate: UInt32?, _ channels: UInt32?) throws(Failure) {
        guard let rate, let channels, channels >= 1,
            channels <= (request.work == .split ? request.channels : 1),
            request.rate.map({ $0 == rate }) ?? request.rates.contains(Int(rate))
        else { throw .garbled }
        self.channels = Int(channels)
        // Resampling may add a little; a second is more than enough.
        samplesLeft = Int(request.seconds + 1) * Int(rate)
    }

    private func isPlausible(_ facts: DecodeFacts) -> Bool {
        guard facts.seconds != 0 else {
            return facts.rate == 0 && facts.channels == 0 && facts.tracks == 0
                && facts.missingSeconds == 0 && facts.codec.isEmpty && !facts.format.isEmpty
        }
        return facts.seconds > 0 && facts.seconds <= request.seconds
            && facts.missingSeconds >= 0 && facts.missingSeconds <= request.seconds
            && request.rates.contains(Int(facts.rate)) && facts.channels >= 1
            && facts.channels <= request.channels && (1...facts.channels).contains(facts.tracks)
            && !facts.codec.isEmpty && !facts.format.isEmpty
    }
}
