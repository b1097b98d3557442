// HeaderOnly: recordings without sound, as recorders leave them for calls that were not taken.
internal import DecodeWire

/// The check that a file is whole and holds no sound.
///
/// A file that is cut off or damaged is no such file: its header states more than there is, or it ends
/// within a chunk, a box, a page or a tag. A header that states no length, as programs write it to
/// a pipe, tells nothing either.
struct HeaderOnly {
    private let input: Input

    /// FFmpeg's name of the format, when the file is whole and holds no sound; else `nil`.
    static func format(of input: Input) -> String? {
        let file = HeaderOnly(input: input)
        switch input.bytes(at: 0, 4) {
        case Array("RIFF".utf8), Array("RF64".utf8): return file.isWave(.riff) ? "wav" : nil
        case Array("RIFX".utf8): return file.isWave(.big) ? "wav" : nil
        case Array("riff".utf8): return file.isWave64 ? "w64" : nil
        case Array("FORM".utf8): return file.isAIFF ? "aiff" : nil
        case Array(".snd".utf8): return file.isAU ? "au" : nil
        case Array("fLaC".utf8): return file.isFLAC ? "flac" : nil
        case Array("OggS".utf8): return OggHeaders(input).areAll ? "ogg" : nil
        case Array("#!AM".utf8): return file.isAMR ? "amr" : nil
        case [0x1A, 0x45, 0xDF, 0xA3]: return file.isMatroska ? "matroska" : nil
        default:
            if input.letters(at: 4) == "ftyp" { return file.isMP4 ? "mov" : nil }
            return file.isMP3 ? "mp3" : nil
        }
    }

    // MARK: chunks

    /// Calls the body with the name, the start and the length of each chunk's content.
    ///
    /// - Returns: True when the chunks end where the file ends.
    private func chunks(
        from start: Int64, isBigEndian: Bool, _ body: (String, Int64, UInt64) -> Bool
    ) -> Bool {
        var position = start
        while position < input.size {
            guard let name = input.letters(at: position),
                let length = input.number(at: position + 4, 4, isBigEndian: isBigEndian),
                body(name, position + 8, length)
            else { return false }
            // In an RF64 the number of the chunk of samples stands elsewhere; the body refuses others.
            let bytes = length == 0xFFFF_FFFF ? 0 : Int64(length)
            guard position + 8 + bytes <= input.size else { return false }
            position += 8 + bytes + bytes % 2
        }
        return true
    }

    /// A size that counts eight bytes too many states no sound either.
    private func isWithinFile(_ stated: UInt64?) -> Bool {
        stated.map { $0 <= UInt64(input.size) } ?? false
    }

    private func isWave(_ layout: Layout) -> Bool {
        let isBigEndian = layout == .big
        let is64 = input.letters(at: 0) == "RF64" && input.letters(at: 12) == "ds64"
        let stated =
            is64 ? input.number(at: 20, 8) : input.number(at: 4, 4, isBigEndian: isBigEndian)
        guard input.letters(at: 8) == "WAVE", isWithinFile(stated) else { return false }
        var (hasForm, hasData) = (false, false)
        let isWhole = chunks(from: 12, isBigEndian: isBigEndian) { name, _, length in
            switch name {
            case "fmt ": hasForm = length >= 14
            case "data":
                hasData = true
                return length == 0
                    || is64 && length == 0xFFFF_FFFF && input.number(at: 28, 8) == 0
            default: break
            }
            return length != 0xFFFF_FFFF
        }
        return isWhole && hasForm && hasData
    }

    private var isWave64: Bool {
        guard isWithinFile(input.number(at: 16, 8)), input.letters(at: 24) == "wave" else {
            return false
        }
        var position: Int64 = 40
        var hasData = false
        while position < input.size {
            guard let name = input.letters(at: position),
                let length = input.number(at: position + 16, 8), length >= 24,
                length <= UInt64(input.size - position), name != "data" || length == 24
            else { return false }
            if name == "data" { hasData = true }
            position += Layout.wave64.padded(Int64(length))
        }
        return hasData
    }

    private var isAIFF: Bool {
        guard ["AIFF", "AIFC"].contains(input.letters(at: 8)),
            isWithinFile(input.number(at: 4, 4, isBigEndian: true))
        else { return false }
        var hasForm = false
        let isWhole = chunks(from: 12, isBigEndian: true) { name, start, length in
            switch name {
            case "COMM":
                hasForm = true
                return input.number(at: start + 2, 4, isBigEndian: true) == 0
            // The two numbers before the first sample.
            case "SSND": return length == 8
            default: return length != 0xFFFF_FFFF
            }
        }
        return isWhole && hasForm
    }

    private var isAU: Bool {
        let start = input.number(at: 4, 4, isBigEndian: true) ?? 0
        return start >= 24 && start == UInt64(input.size)
            && input.number(at: 8, 4, isBigEndian: true) == 0
    }

    // MARK: streams

    /// An encoder that came to its end writes the hash of all samples: here that of none.
    private var isFLAC: Bool {
        let hashOfNothing: [UInt8] = [
            0xD4, 0x1D, 0x8C, 0xD9, 0x8F, 0x00, 0xB2, 0x04, 0xE9, 0x80, 0x09, 0x98, 0xEC, 0xF8,
            0x42, 0x7E,
        ]
        guard input.bytes(at: 26, 16) == hashOfNothing else { return false }
        var position: Int64 = 4
        while let kind = input.number(at: position, 1),
            let length = input.number(at: position + 1, 3, isBigEndian: true)
        {
            position += 4 + Int64(length)
            if kind & 0x80 != 0 { return position == input.size }
        }
        return false
    }

    /// The letters with which a file for a narrow or a wide band begins, and nothing else.
    private var isAMR: Bool {
        let bytes = input.bytes(at: 0, 10)
        return bytes == Array("#!AMR\n".utf8) || bytes == Array("#!AMR-WB\n".utf8)
    }

    /// A tag, and behind it nothing, or the frame that counts the others and counts none.
    private var isMP3: Bool {
        var end: Int64 = 0
        let head = input.bytes(at: 0, 10)
        if head.count == 10, head.starts(with: Array("ID3".utf8)) {
            guard head[6...].allSatisfy({ $0 < 0x80 }) else { return false }
            let hasFooter = head[5] & 0x10 != 0
            end = head[6...].reduce(0) { $0 << 7 | Int64($1) } + (hasFooter ? 20 : 10)
            if end == input.size { return true }
        }
        let older = input.size - 128
        let isOlderTag = input.bytes(at: older, 3) == Array("TAG".utf8)
        if isOlderTag, end == older { return true }
        let rest = (isOlderTag ? older : input.size) - end
        return rest > 0 && countsNoFrame(at: end, length: rest)
    }

    private func countsNoFrame(at start: Int64, length: Int64) -> Bool {
        guard let sync = input.number(at: start, 2, isBigEndian: true), sync & 0xFFE0 == 0xFFE0
        else { return false }
        // Its place depends on the version and on the number of channels.
        for offset in [36, 21, 13] as [Int64] {
            let place = start + offset
            guard ["Info", "Xing"].contains(input.letters(at: place)) else { continue }
            func number(_ index: Int64) -> UInt64? {
                input.number(at: place + 4 * index, 4, isBigEndian: true)
            }
            guard let flags = number(1), flags & 3 == 3 else { return false }
            return number(2) == 0 && number(3) == UInt64(length)
        }
        return false
    }

    // MARK: boxes and elements

    private var isMP4: Bool {
        var (hasMovie, isInPieces, hasIndex) = (false, false, false)
        let isWhole = boxes(0..<input.size) { name, content in
            switch name {
            case "moov":
                hasMovie = true
                return holdsNoSample(content, &isInPieces)
            case "mfra": hasIndex = true
            case "moof": return false
            case "mdat": return content.isEmpty
            default: break
            }
            return true
        }
        // The pieces of a recording in pieces would follow; their index is its end.
        return isWhole && hasMovie && (!isInPieces || hasIndex)
    }

    private func holdsNoSample(_ movie: Range<Int64>, _ isInPieces: inout Bool) -> Bool {
        let holders = ["trak", "mdia", "minf", "stbl"]
        return boxes(movie) { name, content in
            switch name {
            case "mvex": isInPieces = true
            case "stsz", "stz2":
                return input.number(at: content.lowerBound + 8, 4, isBigEndian: true) == 0
            case let name where holders.contains(name): return holdsNoSample(content, &isInPieces)
            default: break
            }
            return true
        }
    }

    /// Calls the body with the name and the content of each box.
    ///
    /// - Returns: True when the last box ends where the range ends.
    private func boxes(_ range: Range<Int64>, _ body: (String, Range<Int64>) -> Bool) -> Bool {
        var position = range.lowerBound
        while position < range.upperBound {
            let bytes = input.bytes(at: position + 4, 4)
            guard bytes.count == 4,
                let length = input.number(at: position, 4, isBigEndian: true), length >= 8,
                length <= UInt64(range.upperBound - position),
                // Names of tags begin with a byte that is no letter.
                body(
                    String(decoding: bytes, as: UTF8.self),
                    (position + 8)..<(position + Int64(length)))
            else { return false }
            position += Int64(length)
        }
        return position == range.upperBound
    }

    private var isMatroska: Bool {
        let segment: UInt64 = 0x1853_8067
        let cluster: UInt64 = 0x1F43_B675
        let tracks: UInt64 = 0x1654_AE6B
        guard let head = element(at: 0), let body = element(at: head.end), body.id == segment,
            body.end == input.size
        else { return false }
        var hasTracks = false
        var position = body.start
        while position < body.end {
            guard let part = element(at: position), part.id != cluster, part.end <= body.end else {
                return false
            }
            if part.id == tracks { hasTracks = true }
            position = part.end
        }
        return hasTracks
    }

    /// An element of Matroska: its id, and where its content starts and ends.
    private func element(at position: Int64) -> (id: UInt64, start: Int64, end: Int64)? {
        guard let first = input.number(at: position, 1), first > 0 else { return nil }
        let idLength = UInt8(first).leadingZeroBitCount + 1
        let place = position + Int64(idLength)
        guard idLength <= 4, let id = input.number(at: position, idLength, isBigEndian: true),
            let second = input.number(at: place, 1), second > 0
        else { return nil }
        let length = UInt8(second).leadingZeroBitCount + 1
        guard let marked = input.number(at: place, length, isBigEndian: true) else { return nil }
        let mask = UInt64(1) << (7 * length) - 1
        // All bits set mean that the length is not known.
        guard marked & mask != mask, marked & mask <= UInt64(input.size) else { return nil }
        let start = place + Int64(length)
        return (id, start, start + Int64(marked & mask))
    }
}
