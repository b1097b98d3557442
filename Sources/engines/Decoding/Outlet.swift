// Outlet: frames to the client, samples gathered into few of them.
internal import DecodeWire
internal import Glibc

/// Writes frames to a descriptor; a client that is gone ends the process by SIGPIPE.
struct Outlet {
    private let descriptor: Int32
    private var channels: [[Int16]] = []
    private var blockSize = 0
    private var frame: [UInt8] = []

    init(descriptor: Int32) { self.descriptor = descriptor }

    /// Takes samples of one channel; the last channel's complete them.
    mutating func take(
        _ channel: Int, _ samples: Span<Int16>, _ form: (rate: Int, channels: Int)
    ) {
        if channels.isEmpty {
            channels = Array(repeating: [], count: form.channels)
            blockSize = DecodeFrame.longestSamples / 2 / form.channels
            send(.form, [UInt32(form.rate), UInt32(form.channels)])
        }
        unsafe samples.withUnsafeBufferPointer { unsafe channels[channel].append(contentsOf: $0) }
        guard channel == channels.count - 1, channels[channel].count >= blockSize else { return }
        var start = 0
        while start + blockSize <= channels[channel].count {
            send(start..<(start + blockSize))
            start += blockSize
        }
        for index in channels.indices { channels[index].removeFirst(start) }
    }

    /// Sends the remaining samples.
    mutating func finish() {
        guard let count = channels.first?.count, count > 0 else { return }
        send(0..<count)
        channels = []
    }

    /// Sends a frame without samples.
    func send(_ kind: DecodeFrame, _ words: [UInt32]) { write(kind.bytes(words)) }

    /// Sends the facts, which end the work.
    func send(_ facts: DecodeFacts) { write(facts.bytes) }

    /// Sends a fault, which ends the work.
    func send(_ fault: DecodeFault) { write(fault.bytes) }

    private mutating func send(_ range: Range<Int>) {
        frame.removeAll(keepingCapacity: true)
        frame += DecodeFrame.samples.header(length: range.count * channels.count * 2)
        for channel in channels {
            unsafe channel[range].withUnsafeBytes { unsafe frame.append(contentsOf: $0) }
        }
        write(frame)
    }

    private func write(_ bytes: [UInt8]) {
        unsafe bytes.withUnsafeBytes { bytes in
            var rest = unsafe bytes
            while unsafe !rest.isEmpty {
                let count = unsafe Glibc.write(descriptor, rest.baseAddress, rest.count)
                if count < 0, errno != EINTR { _exit(1) }
                unsafe rest = UnsafeRawBufferPointer(rebasing: rest[max(0, count)...])
            }
        }
    }
}
