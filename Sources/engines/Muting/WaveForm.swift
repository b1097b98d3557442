// WaveForm: where the samples of a WAV file lie, and a copy with some of them silent.
internal import Files
internal import Glibc
internal import Records
internal import System

/// The form of a WAV file whose samples have a fixed size.
struct WaveForm {
    /// The bytes of the samples in the file.
    private let samples: Range<Int>
    private let rate: Int
    /// The bytes of a sample of all channels.
    private let frame: Int
    /// A byte of silence.
    private let silence: UInt8

    /// Reads the header; `nil` for a form that has to be decoded.
    init?(of path: String) throws(Failure) {
        let head: [UInt8]
        let size: Int
        do throws(SystemError) {
            let file = try OwnedDescriptor(opening: path, O_RDONLY)
            size = try FileStatus(of: file.number).size
            head = try Descriptor.bytes(of: file.number, at: 0, count: min(size, 1 << 20))
        } catch {
            throw Failure(.temporary, .storage, "read the recording: \(error.reason)")
        }
        func number(_ place: Int, _ count: Int) -> Int {
            (0..<count).reduce(0) { $0 | Int(head[place + $1]) << ($1 * 8) }
        }
        func name(_ place: Int) -> String {
            String(decoding: head[place..<(place + 4)], as: UTF8.self)
        }
        guard head.count >= 12, name(0) == "RIFF", name(8) == "WAVE" else { return nil }
        var place = 12
        var form: (format: Int, rate: Int, frame: Int, bits: Int)?
        while place + 8 <= head.count {
            let length = number(place + 4, 4)
            switch name(place) {
            case "fmt " where length >= 16 && place + 8 + length <= head.count:
                var format = number(place + 8, 2)
                // The format of an extensible one stands behind the rest.
                if format == 0xFFFE, length >= 26 { format = number(place + 32, 2) }
                form = (format, number(place + 12, 4), number(place + 20, 2), number(place + 22, 2))
            case "data":
                guard let form, form.rate > 0, form.frame > 0,
                    let silence = WaveForm.silence(form.format, bits: form.bits)
                else { return nil }
                samples = (place + 8)..<min(size, place + 8 + length)
                (rate, frame, self.silence) = (form.rate, form.frame, silence)
                return
            default: break
            }
            place += 8 + length + length % 2
        }
        return nil
    }

    /// The byte that samples of silence are made of; `nil` for a format that is compressed.
    private static func silence(_ format: Int, bits: Int) -> UInt8? {
        switch (format, bits) {
        case (1, 8): 0x80
        case (1, 16), (1, 24), (1, 32), (3, 32), (3, 64): 0
        // A-law and µ-law have a code for the smallest value.
        case (6, 8): 0xD5
        case (7, 8): 0xFF
        default: nil
        }
    }

    /// The bytes of a stretch; a sample that it touches belongs to it.
    private func bytes(of stretch: ClosedRange<Double>) -> Range<Int> {
        let (first, last) = Silence.frames(of: stretch, rate: rate)
        return (samples.lowerBound + first * frame)..<(samples.lowerBound + last * frame)
    }

    /// Writes the copy, durably.
    func copy(
        _ path: String, _ silences: [ClosedRange<Double>], to target: String,
        in directory: DataDirectory
    ) throws(Failure) {
        let ranges = silences.map { bytes(of: $0).clamped(to: samples) }
        try directory.write(to: target) { descriptor throws(SystemError) in
            var place = 0
            try FileBytes.each(of: path) { piece throws(SystemError) in
                var bytes: [UInt8] = []
                bytes.reserveCapacity(piece.count)
                for index in piece.indices { bytes.append(piece[index]) }
                for range in ranges {
                    for at in range.clamped(to: place..<(place + bytes.count)) {
                        bytes[at - place] = silence
                    }
                }
                try Descriptor.writeAll(descriptor, bytes)
                place += bytes.count
            }
        }
    }
}

/// The samples of a stretch.
enum Silence {
    /// The first sample of a stretch, and the one behind its last.
    static func frames(of stretch: ClosedRange<Double>, rate: Int) -> (first: Int, last: Int) {
        let first = (stretch.lowerBound * Double(rate)).rounded(.down)
        let last = (stretch.upperBound * Double(rate)).rounded(.up)
        return (Int(max(0, first)), Int(max(0, last)))
    }
}
