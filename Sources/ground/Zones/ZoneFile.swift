// ZoneFile: the changes of a zone's clocks, as the files of the time zone database tell them.

/// The content of a file of RFC 8536 (TZif): changes at moments, and a rule for what comes after them.
struct ZoneFile: Sendable {
    /// Seconds since 1970 in UTC, in their order.
    private var changes: [Int] = []
    /// The offset from each change on.
    private var offsets: [Int] = []
    /// The offset before the first change.
    private var first = 0
    private var rule: ZoneRule?

    /// A zone that only has a rule.
    init(rule: ZoneRule) {
        self.rule = rule
    }

    /// Reads a file; `nil` for what is none, and for the zones that count leap seconds.
    init?(_ bytes: [UInt8]) {
        var cursor = Cursor(bytes: bytes)
        guard var header = Header(&cursor) else { return nil }
        var width = 4
        if header.version > 0 {
            // The first block is for old readers; the second has times of 64 bits.
            guard cursor.skip(header.size(width)), let second = Header(&cursor) else { return nil }
            header = second
            width = 8
        }
        guard header.leaps == 0, header.types > 0,
            let times = cursor.numbers(header.times, width: width),
            let indices = cursor.numbers(header.times, width: 1)
        else { return nil }
        var types: [Int] = []
        for _ in 0..<header.types {
            guard let offset = cursor.number(width: 4), cursor.skip(2) else { return nil }
            types.append(offset)
        }
        guard indices.allSatisfy(types.indices.contains),
            zip(times, times.dropFirst()).allSatisfy({ $0 < $1 }),
            cursor.skip(header.names + header.standards + header.universals)
        else { return nil }
        changes = times
        offsets = indices.map { types[$0] }
        first = types[0]
        if width == 8, cursor.skip(1) {
            let text = cursor.rest.prefix { $0 != UInt8(ascii: "\n") }
            rule = ZoneRule(String(decoding: text, as: UTF8.self))
        }
    }

    /// The offset from UTC at a second since 1970.
    func offset(at second: Int) -> Int {
        guard let last = changes.last, second < last else {
            return rule?.offset(at: second) ?? offsets.last ?? first
        }
        var (low, high) = (0, changes.count)
        while low < high {
            let middle = (low + high) / 2
            if changes[middle] <= second { low = middle + 1 } else { high = middle }
        }
        return low == 0 ? first : offsets[low - 1]
    }
}

/// The counts at the head of a block.
private struct Header {
    let version: UInt8
    let universals: Int
    let standards: Int
    let leaps: Int
    let times: Int
    let types: Int
    let names: Int

    init?(_ cursor: inout Cursor) {
        let magic = Array("TZif".utf8)
        guard cursor.rest.starts(with: magic), cursor.skip(magic.count),
            let version = cursor.number(width: 1), cursor.skip(15),
            let counts = cursor.numbers(6, width: 4), counts.allSatisfy((0...100_000).contains)
        else { return nil }
        self.version = UInt8(truncatingIfNeeded: version)
        universals = counts[0]
        standards = counts[1]
        leaps = counts[2]
        times = counts[3]
        types = counts[4]
        names = counts[5]
    }

    func size(_ width: Int) -> Int {
        times * (width + 1) + types * 6 + names + leaps * (width + 4) + standards + universals
    }
}

/// Takes big-endian numbers off the front of bytes.
private struct Cursor {
    private(set) var rest: ArraySlice<UInt8>

    init(bytes: [UInt8]) {
        rest = bytes[...]
    }

    mutating func skip(_ count: Int) -> Bool {
        guard rest.count >= count else { return false }
        rest.removeFirst(count)
        return true
    }

    /// A signed number, but for one of a single byte.
    mutating func number(width: Int) -> Int? {
        guard rest.count >= width else { return nil }
        let value = rest.prefix(width).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        rest.removeFirst(width)
        switch width {
        case 4: return Int(Int32(truncatingIfNeeded: value))
        case 8: return Int(Int64(bitPattern: value))
        default: return Int(value)
        }
    }

    mutating func numbers(_ count: Int, width: Int) -> [Int]? {
        guard rest.count >= count * width else { return nil }
        return (0..<count).compactMap { _ in number(width: width) }
    }
}
