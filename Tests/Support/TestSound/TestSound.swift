// TestSound: made sound, as engines read it.
internal import Glibc
internal import Records
public import Speech

extension Sound {
    /// Channels of samples of one rate; only that rate can be read, or a multiple of it, for which
    /// each sample is repeated.
    public init(_ channels: [[Int16]], rate: Int) {
        self.init(
            id: "test:1",
            original: Original(
                path: "/none", bytes: 0, type: "audio/wav", channels: channels.count),
            seconds: Double(channels[0].count) / Double(rate), rate: rate, channels: channels.count
        ) { (wanted: Int, sink: Sound.Sink) throws(Failure) in
            for start in stride(from: 0, to: channels[0].count, by: 1000) {
                for (number, samples) in channels.enumerated() {
                    let block = samples[start..<min(start + 1000, samples.count)].flatMap {
                        [Int16](repeating: $0, count: wanted / rate)
                    }
                    try sink(number, block.span)
                }
            }
        }
    }
}

/// Samples of hiss and of tones.
public enum Noise {
    /// Hiss of an amplitude, the same every time.
    public static func hiss(_ amplitude: Int, seconds: Double, rate: Int = 8000) -> [Int16] {
        var state: UInt64 = 7
        return (0..<Int(seconds * Double(rate))).map { _ in
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int16(Int(state >> 33) % (2 * amplitude + 1) - amplitude)
        }
    }

    /// A loud tone.
    public static func tone(_ hertz: Double, seconds: Double, rate: Int = 8000) -> [Int16] {
        (0..<Int(seconds * Double(rate))).map {
            Int16(12000 * sin(2 * .pi * hertz * Double($0) / Double(rate)))
        }
    }
}
