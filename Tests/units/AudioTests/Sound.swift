// Sound: recordings made at test time, as bytes that are known or by FFmpeg's program.
import Foundation

enum Sound {
    /// A tone of half scale; each channel has its own pitch.
    static func tone(_ hertz: Double, seconds: Double, rate: Int) -> [Int16] {
        (0..<Int((seconds * Double(rate)).rounded())).map { index in
            Int16(16000 * sin(2 * .pi * hertz * Double(index) / Double(rate)))
        }
    }

    /// A WAV file of 16-bit samples; its header may state a wrong rate and length.
    static func wave(
        _ channels: [[Int16]], rate: Int, stated: Int? = nil, channelCount: Int? = nil
    ) -> [UInt8] {
        let count = channelCount ?? channels.count
        let length = stated ?? (channels[0].count * channels.count * 2)
        var bytes = Array("RIFF".utf8) + little(UInt32(truncatingIfNeeded: length + 36))
        bytes += Array("WAVEfmt ".utf8) + little(UInt32(16)) + little(UInt16(1))
        bytes += little(UInt16(count)) + little(UInt32(rate))
        bytes += little(UInt32(truncatingIfNeeded: rate * count * 2)) + little(UInt16(count * 2))
        bytes += little(UInt16(16)) + Array("data".utf8)
        bytes += little(UInt32(truncatingIfNeeded: length))
        for index in channels[0].indices {
            for channel in channels { bytes += little(UInt16(bitPattern: channel[index])) }
        }
        return bytes
    }

    private static func little(_ value: some FixedWidthInteger) -> [UInt8] {
        (0..<(value.bitWidth / 8)).map { UInt8(truncatingIfNeeded: value >> ($0 * 8)) }
    }
}

/// Debian's `ffmpeg`, which the tests use to make files and never to read them.
enum FFmpeg {
    static let path = "/usr/bin/ffmpeg"
    static var isInstalled: Bool { FileManager.default.isExecutableFile(atPath: path) }

    static func run(_ arguments: [String]) throws {
        let process = Process()
        process.executableURL = URL(filePath: path)
        process.arguments = ["-nostdin", "-v", "error", "-y"] + arguments
        try process.run()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw CocoaError(.fileWriteUnknown) }
    }
}
