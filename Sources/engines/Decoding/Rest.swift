// Rest: the bytes behind the end of a recording, as its own header states that end.
internal import CFFmpeg

/// The bytes behind a recording.
///
/// Programs append recordings to each other, and samples to a recording after they wrote its header;
/// a size of 32 bits wraps around. libavformat stops where the header says, except that it reads on
/// by itself in MP3, Ogg, Matroska, AU and ADTS.
enum Rest: Equatable {
    /// Nothing, or chunks without sound such as a title.
    case nothing
    /// Another recording.
    case recording(at: Int64)
    /// Bytes from here on that belong to no chunk, as samples do.
    case unclaimed(from: Int64)
    /// Bytes from here on that are no samples: text, or a recording of another kind without chunks.
    case foreign(from: Int64)

    /// Looks behind a recording whose header was just read.
    init(of container: Container) {
        let input = container.input
        switch container.name {
        case "wav", "w64", "aiff":
            guard let sound = container.stated?.sound, sound.end <= input.size else { break }
            self = Rest.behind(sound, in: input)
            return
        case "mov":
            // Bytes outside of all boxes hold no samples that a box describes.
            if case .recording(let position) = Layout.boxes.walk(from: 0, in: input) {
                self = .recording(at: position)
                return
            }
        case "flac":
            self = Rest.search(for: Array("fLaC".utf8) + [0, 0, 0, 34], in: input)
            return
        case "amr":
            self = Rest.search(for: Array("#!AMR".utf8), in: input)
            return
        default: break
        }
        self = .nothing
    }

    /// Many programs leave out the byte that makes the length of a chunk even.
    private static func behind(_ sound: StatedLength.Sound, in input: Input) -> Rest {
        let next = sound.start + sound.layout.padded(sound.end - sound.start)
        let padded = sound.layout.walk(from: next, in: input)
        guard case .unclaimed(let position) = padded else { return padded }
        let rest = sound.layout.walk(from: sound.end, in: input)
        guard case .unclaimed(let end) = rest else { return rest }
        // The byte that makes the length even may be there, or not.
        let foreign = [end, position].first { Foreign.isAt($0, in: input) }
        return foreign.map { .foreign(from: $0) } ?? rest
    }

    /// Formats without a stated length begin with letters that their sound does not hold.
    private static func search(for mark: [UInt8], in input: Input) -> Rest {
        let step = 64 << 10
        var position: Int64 = 1
        while true {
            let block = input.bytes(at: position, step + mark.count - 1)
            guard block.count >= mark.count else { return .nothing }
            if let found = block.indices(ofFirst: mark) {
                return .recording(at: position + Int64(found))
            }
            position += Int64(step)
        }
    }
}

/// How a container writes the length of each of its chunks.
enum Layout {
    /// Four letters and 32 bits, the low byte first: WAV.
    case riff
    /// The same with the high byte first: AIFF, and WAV of big-endian machines.
    case big
    /// 16 bytes and 64 bits, which count themselves as well: Wave64.
    case wave64
    /// 32 bits that count themselves as well, and four letters: MP4.
    case boxes

    /// How far behind the start of a chunk the next one begins.
    func padded(_ length: Int64) -> Int64 {
        switch self {
        case .riff, .big: length + length % 2
        case .wave64: (length + 7) / 8 * 8
        case .boxes: length
        }
    }

    /// Goes from chunk to chunk until the end of the file or something else.
    func walk(from start: Int64, in input: Input) -> Rest {
        var position = start
        while input.size - position >= 8 {
            if isRecording(at: position, in: input) { return .recording(at: position) }
            guard isChunk(at: position, in: input),
                let length = length(ofChunkAt: position, in: input)
            else { return .unclaimed(from: position) }
            position += padded(length)
        }
        return .nothing
    }

    /// True for a chunk that ends within the file.
    private func isChunk(at position: Int64, in input: Input) -> Bool {
        length(ofChunkAt: position, in: input).map { $0 <= input.size - position } ?? false
    }

    /// With its header; `nil` where there is no chunk.
    private func length(ofChunkAt position: Int64, in input: Input) -> Int64? {
        let length: UInt64?
        switch self {
        case .riff, .big:
            guard input.letters(at: position) != nil else { return nil }
            length = input.number(at: position + 4, 4, isBigEndian: self == .big).map { $0 + 8 }
        case .wave64: length = input.number(at: position + 16, 8)
        case .boxes:
            guard input.letters(at: position + 4) != nil else { return nil }
            length =
                switch input.number(at: position, 4, isBigEndian: true) {
                case 0: UInt64(input.size - position)
                case 1: input.number(at: position + 8, 8, isBigEndian: true)
                case let length: length
                }
        }
        guard let length, length >= 8, length <= UInt64(Int64.max / 2) else { return nil }
        return Int64(length)
    }

    /// True when libavformat knows a recording there by its first letters, and not by chance.
    private func isRecording(at position: Int64, in input: Input) -> Bool {
        let isFirstBox = self == .boxes && input.letters(at: position + 4) == "ftyp"
        if self == .boxes, position == 0 || !isFirstBox && isChunk(at: position, in: input) {
            // A recording in pieces has a box for each, too many to look at closely.
            return false
        }
        guard let guess = Guess(input.bytes(at: position, 2048)) else { return false }
        // A box that is cut off is an MP4 to libavformat, too.
        return guess.score > AVPROBE_SCORE_MAX * 3 / 4
            && (self != .boxes || isFirstBox || !guess.names.hasPrefix("mov"))
    }
}

/// The allowed format that libavformat takes bytes for.
private struct Guess {
    let names: String
    /// From 1 to `AVPROBE_SCORE_MAX`.
    let score: Int32

    init?(_ start: [UInt8]) {
        var bytes = start + [UInt8](repeating: 0, count: Int(AVPROBE_PADDING_SIZE))
        var score: Int32 = 0
        let names = unsafe bytes.withUnsafeMutableBufferPointer { buffer -> String? in
            var data = unsafe AVProbeData()
            unsafe data.buf = buffer.baseAddress
            unsafe data.buf_size = Int32(start.count)
            guard let found = unsafe av_probe_input_format3(&data, 1, &score),
                let name = unsafe found.pointee.name
            else { return nil }
            return unsafe String(cString: name)
        }
        guard let names, Allowed.isFormat(names) else { return nil }
        self.names = names
        self.score = score
    }
}

/// Bytes behind the samples of a recording that would be noise if they were heard as samples.
private enum Foreign {
    /// So many bytes hold the seven frames by which libavformat knows an MP3.
    private static let probed = 64 << 10
    /// The fewest bytes of text; fewer may be samples by chance.
    private static let least = 16

    static func isAt(_ position: Int64, in input: Input) -> Bool {
        let bytes = input.bytes(at: position, probed)
        if isText(bytes) || bytes.starts(with: Array("ID3".utf8)) { return true }
        return Guess(bytes).map { $0.score > AVPROBE_SCORE_MAX / 2 } ?? false
    }

    /// True for letters and other characters that are shown, of several kinds: silence is the same byte
    /// again and again, and that can be a letter.
    private static func isText(_ bytes: [UInt8]) -> Bool {
        let isShown = bytes.allSatisfy { $0 >= 0x20 && $0 != 0x7F || (0x09...0x0D).contains($0) }
        // A character may be cut off where the bytes end.
        return bytes.count >= least && isShown && Set(bytes).count > 4
            && (0...3).contains { String(validating: bytes.dropLast($0), as: UTF8.self) != nil }
    }
}

extension [UInt8] {
    /// Where a mark is found first.
    fileprivate func indices(ofFirst mark: [UInt8]) -> Int? {
        guard let first = mark.first, count >= mark.count else { return nil }
        var index = 0
        while index <= count - mark.count, let next = self[index...].firstIndex(of: first) {
            guard next <= count - mark.count else { return nil }
            if self[next..<(next + mark.count)].elementsEqual(mark) { return next }
            index = next + 1
        }
        return nil
    }
}
