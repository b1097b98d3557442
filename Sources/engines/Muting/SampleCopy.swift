// SampleCopy: a recording decoded into a WAV file, with some of its samples silent.
internal import Audio
internal import Files
internal import Glibc
internal import Records
internal import System

/// Writes the samples of any recording as WAV with 16 bits.
struct SampleCopy {
    let rate: Int
    let channels: Int

    private static let headerLength = 44

    /// Writes the copy, durably.
    func write(
        _ path: String, _ silences: [ClosedRange<Double>], to target: String,
        in directory: DataDirectory
    ) throws(Failure) {
        let ranges = silences.map { stretch in
            let (first, last) = Silence.frames(of: stretch, rate: rate)
            return first..<max(first, last)
        }
        var fault: Failure?
        do throws(Failure) {
            try directory.write(to: target) { descriptor throws(SystemError) in
                var sheet = Sheet(channels: channels, silences: ranges, descriptor: descriptor)
                try Descriptor.writeAll(descriptor, header(bytes: 0))
                do throws(Failure) {
                    try Audio.decode(path, channels: .split, rate: nil) {
                        channel, samples throws(Failure) in
                        try sheet.take(channel, samples)
                    }
                } catch {
                    fault = error
                    throw SystemError(code: EIO)
                }
                guard lseek(descriptor, 0, SEEK_SET) == 0 else { throw SystemError() }
                try Descriptor.writeAll(descriptor, header(bytes: sheet.bytes))
            }
        } catch {
            throw fault ?? error
        }
    }

    private func header(bytes: Int) -> [UInt8] {
        func little(_ value: Int, _ count: Int) -> [UInt8] {
            (0..<count).map { UInt8(truncatingIfNeeded: value >> ($0 * 8)) }
        }
        let length = min(bytes, Int(UInt32.max) - 36)
        return Array("RIFF".utf8) + little(length + 36, 4) + Array("WAVEfmt ".utf8) + little(16, 4)
            + little(1, 2) + little(channels, 2) + little(rate, 4) + little(rate * channels * 2, 4)
            + little(channels * 2, 2) + little(16, 2) + Array("data".utf8) + little(length, 4)
    }
}

/// Blocks of the channels, put side by side and written.
private struct Sheet {
    let channels: Int
    let silences: [Range<Int>]
    let descriptor: Int32
    private(set) var bytes = 0

    private var block: [[Int16]] = []
    private var frames = 0

    init(channels: Int, silences: [Range<Int>], descriptor: Int32) {
        self.channels = channels
        self.silences = silences
        self.descriptor = descriptor
    }

    mutating func take(_ channel: Int, _ samples: Span<Int16>) throws(Failure) {
        var taken: [Int16] = []
        taken.reserveCapacity(samples.count)
        for index in samples.indices { taken.append(samples[index]) }
        block.append(taken)
        guard channel == channels - 1 else { return }
        guard block.count == channels, block.allSatisfy({ $0.count == taken.count }) else {
            throw Failure(.item, .audio, "mute the recording: its channels differ in length")
        }
        var written: [UInt8] = []
        written.reserveCapacity(taken.count * channels * 2)
        for frame in taken.indices {
            let isSilent = silences.contains { $0.contains(frames + frame) }
            for channel in block {
                let sample = isSilent ? 0 : UInt16(bitPattern: channel[frame])
                written.append(UInt8(truncatingIfNeeded: sample))
                written.append(UInt8(truncatingIfNeeded: sample >> 8))
            }
        }
        do throws(SystemError) {
            try Descriptor.writeAll(descriptor, written)
        } catch {
            throw Failure(.stop, .storage, "write the silent copy: \(error.reason)")
        }
        frames += taken.count
        bytes += written.count
        block.removeAll(keepingCapacity: true)
    }
}
