// OggHeaders: an Ogg file whose pages hold the headers of its streams, and no sound.
internal import DecodeWire

/// The packets of an Ogg file, up to the first one with sound.
///
/// Encoders that get no sample write the headers and end; some mark the last page, and some do not.
struct OggHeaders {
    private let input: Input
    /// The first bytes of the packet in hand.
    private var packet: [UInt8] = []
    private var packetLength = 0
    /// The headers that came, by the letters with which they begin.
    private var found: Set<String> = []

    init(_ input: Input) { self.input = input }

    /// True when all pages are whole and hold all headers of a stream, and nothing else.
    var areAll: Bool {
        var headers = self
        return headers.read()
    }

    private mutating func read() -> Bool {
        var position: Int64 = 0
        while position < input.size {
            let head = input.bytes(at: position, 27)
            guard head.count == 27, head.starts(with: Array("OggS".utf8)) else { return false }
            let table = input.bytes(at: position + 27, Int(head[26]))
            let length = table.reduce(0) { $0 + Int($1) }
            let page = input.bytes(at: position, 27 + table.count + length)
            guard page.count == 27 + table.count + length, OggHeaders.isSound(page),
                take(Array(page.dropFirst(27 + table.count)), table)
            else { return false }
            position += Int64(page.count)
        }
        return packetLength == 0 && isComplete
    }

    private var isComplete: Bool {
        found.isSuperset(of: ["OpusHead", "OpusTags"])
            || found.isSuperset(of: ["\u{1}vorbis", "\u{3}vorbis", "\u{5}vorbis"])
            || found.contains("last FLAC")
    }

    /// Takes the packets of a page; false at the first one that is no header.
    private mutating func take(_ content: [UInt8], _ table: [UInt8]) -> Bool {
        var rest = content[...]
        for length in table {
            packet += rest.prefix(Int(length)).prefix(16 - min(16, packet.count))
            packetLength += Int(length)
            rest = rest.dropFirst(Int(length))
            guard length < 255 else { continue }
            guard isHeader else { return false }
            (packet, packetLength) = ([], 0)
        }
        return true
    }

    private var isHeader: Bool {
        mutating get {
            let opus = String(decoding: packet.prefix(8), as: UTF8.self)
            let vorbis = String(decoding: packet.prefix(7), as: UTF8.self)
            if ["OpusHead", "OpusTags"].contains(opus) {
                found.insert(opus)
            } else if ["\u{1}vorbis", "\u{3}vorbis", "\u{5}vorbis"].contains(vorbis) {
                found.insert(vorbis)
            } else if packet.starts(with: [0x7F] + Array("FLAC".utf8)) {
                found.insert("FLAC")
            } else if found.contains("FLAC"), let kind = packet.first, kind != 0xFF {
                if kind & 0x80 != 0 { found.insert("last FLAC") }
            } else {
                // One byte ends a stream of Vorbis, and is no sound.
                return packetLength == 0 || packetLength == 1 && found.contains("\u{5}vorbis")
            }
            return true
        }
    }

    /// True when the page's sum is that of its bytes (RFC 3533, section 6).
    private static func isSound(_ page: [UInt8]) -> Bool {
        var sum: UInt32 = 0
        for (index, byte) in page.enumerated() {
            sum ^= UInt32((22..<26).contains(index) ? 0 : byte) << 24
            for _ in 0..<8 { sum = sum << 1 ^ (sum & 0x8000_0000 != 0 ? 0x04C1_1DB7 : 0) }
        }
        return (0..<4).allSatisfy { page[22 + $0] == UInt8(truncatingIfNeeded: sum >> ($0 * 8)) }
    }
}
