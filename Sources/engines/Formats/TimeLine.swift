// TimeLine: the line of a caption that says when it is shown, in all spellings that files have.
internal import System

/// `00:00:01,000 --> 00:00:02,500`, and what other programs make of it.
///
/// The mark before the milliseconds may be `,` or `.`, the milliseconds and the hours may be missing,
/// hours may have any number of digits, and WebVTT's settings may follow.
struct TimeLine: Equatable {
    /// Milliseconds.
    let start: Int
    /// Milliseconds; perhaps before the start.
    let end: Int

    /// Reads a line; `nil` for one that is none.
    init?(_ line: some RandomAccessCollection<UInt8>) {
        var rest = line[...]
        TimeLine.skipBlanks(&rest)
        guard let start = TimeLine.time(&rest) else { return nil }
        TimeLine.skipBlanks(&rest)
        guard rest.starts(with: "-->".utf8) else { return nil }
        rest = rest.dropFirst(3)
        TimeLine.skipBlanks(&rest)
        guard let end = TimeLine.time(&rest), rest.first.map(ASCII.isSpace) ?? true else {
            return nil
        }
        self.start = start
        self.end = end
    }

    private static func skipBlanks<Bytes: Collection<UInt8>>(_ rest: inout Bytes)
    where Bytes.SubSequence == Bytes {
        rest = rest.drop(while: ASCII.isBlank)
    }

    /// Takes a time off the front: two or three numbers with colons, and perhaps a fraction.
    private static func time<Bytes: Collection<UInt8>>(_ rest: inout Bytes) -> Int?
    where Bytes.SubSequence == Bytes {
        var parts: [Int] = []
        while true {
            guard let number = number(&rest) else { return nil }
            parts.append(number.value)
            guard rest.first == UInt8(ascii: ":"), parts.count < 3 else { break }
            rest = rest.dropFirst()
        }
        guard parts.count >= 2, parts.dropFirst().allSatisfy({ $0 < 60 }) else { return nil }
        var milliseconds = parts.reduce(0) { $0 * 60 + $1 } * 1000
        if rest.first == UInt8(ascii: ",") || rest.first == UInt8(ascii: ".") {
            rest = rest.dropFirst()
            guard let fraction = number(&rest) else { return nil }
            switch fraction.digits {
            case 1: milliseconds += fraction.value * 100
            case 2: milliseconds += fraction.value * 10
            case 3: milliseconds += fraction.value
            default: return nil
            }
        }
        return milliseconds
    }

    /// Takes a number of at most nine digits off the front.
    private static func number<Bytes: Collection<UInt8>>(
        _ rest: inout Bytes
    ) -> (value: Int, digits: Int)? where Bytes.SubSequence == Bytes {
        var (value, digits) = (0, 0)
        while let byte = rest.first, (0x30...0x39).contains(byte), digits < 9 {
            value = value * 10 + Int(byte - 0x30)
            digits += 1
            rest = rest.dropFirst()
        }
        return digits == 0 ? nil : (value, digits)
    }
}
