// Faults: the faults that a decoder found, and how it ended, as failures.
internal import DecodeWire
internal import Glibc
internal import Records
internal import System

extension DecodeFault {
    /// The failure of the record whose audio it is.
    func failure(_ request: DecodeRequest) -> Failure {
        switch code {
        case .confinement:
            Failure(
                .stop, .internal, "confine the decoder: the system refuses the limits",
                remedy: "see callpipe-decode(8)")
        case .disk:
            Failure(.temporary, .storage, "read the audio: the disk gave an error")
        case .memory:
            .audio("decode the audio: it takes more than \(request.memory >> 20) MiB of memory")
        case .format:
            .audio("open the audio: it is no recording in a format that is read")
        case .damagedStart:
            .audio("open the audio: it is damaged from its start")
        case .noAudio:
            .audio("decode the audio: the file holds no audio")
        case .noDecoder:
            .audio("decode the audio: there is no decoder for codec \(codec)")
        case .refused:
            .audio("decode the audio: codec \(codec) refuses what the header says")
        case .rate:
            .audio(
                "decode the audio: \(number) Hz is outside \(request.rates.lowerBound) to"
                    + " \(request.rates.upperBound) Hz")
        case .channels:
            .audio(
                "decode the audio: \(number) channels where 1 to \(request.channels) are read")
        case .tooLong:
            Failure(
                .item, .audio, "decode the audio: it is longer than \(limit(request))",
                remedy: "cut it into shorter parts, such as by ffmpeg -f segment; see"
                    + " callpipe-decode(8)")
        case .mostlyDamaged:
            .audio("decode the audio: most of it is damaged")
        case .noSound:
            .audio("decode the audio: it holds no sound that can be decoded")
        case .channelsChange:
            .audio("split the audio: its number of channels changes midway")
        case .sampleForm:
            .audio("resample the audio: its form is not one that is read")
        }
    }
}

extension DecodeFault {
    /// The longest recording, in words.
    private func limit(_ request: DecodeRequest) -> String {
        let minutes = Int(request.seconds / 60)
        return minutes % 60 == 0 ? "\(minutes / 60) hours" : "\(minutes) minutes"
    }
}

extension Failure {
    /// A fault of one record's audio, for good.
    static func audio(_ message: String) -> Failure { Failure(.item, .audio, message) }

    /// A child that ended before it came to an end of the recording.
    ///
    /// The status comes from the server's `waitpid`, or is the negative number of the error that kept
    /// it from starting a child.
    static func ended(_ status: Int32, _ request: DecodeRequest) -> Failure {
        guard status >= 0 else {
            let reason = SystemError(code: -status).reason
            return Failure(.temporary, .internal, "start a decoder: \(reason)")
        }
        switch status & 0x7F {
        case 0: return garbled
        case SIGXCPU:
            return .audio(
                "decode the audio: it takes more than \(request.processorSeconds) seconds of"
                    + " processor time")
        case SIGSYS:
            return .audio(
                "decode the audio: its decoder wanted of the system what no decoding needs")
        case SIGKILL:
            // No limit of its own ends it so: the system does where memory runs out, or an operator.
            return Failure(
                .temporary, .audio, "decode the audio: its decoder was killed from outside",
                remedy: "make sure that there is free memory, and run it again")
        case let signal:
            return .audio("decode the audio: its decoder crashed (signal \(signal))")
        }
    }

    /// A child that does not keep to the protocol.
    static let garbled = audio("decode the audio: its decoder gave no answer that can be right")
}
