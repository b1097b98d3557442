// TerminalCodes: the colours and cursor movements that programs print for a terminal.

/// Codes such as `ESC [ 31 m`, which are nothing that was said.
enum TerminalCodes {
    private static let escape: UInt8 = 0x1B
    /// The same in a string of JSON.
    private static let spelled = [Array(#"\u001b"#.utf8), Array(#"\u001B"#.utf8)]

    /// The output without its codes.
    static func removed(from bytes: [UInt8]) -> [UInt8] {
        guard bytes.contains(escape) || spelled.contains(where: bytes.contains) else {
            return bytes
        }
        var rest = bytes[...]
        var kept: [UInt8] = []
        kept.reserveCapacity(bytes.count)
        while let byte = rest.first {
            if let mark = lengthOfEscape(rest) {
                rest.removeFirst(mark)
                rest.removeFirst(lengthOfCode(rest))
            } else {
                kept.append(byte)
                rest.removeFirst()
            }
        }
        return kept
    }

    private static func lengthOfEscape(_ bytes: ArraySlice<UInt8>) -> Int? {
        if bytes.first == escape { return 1 }
        return spelled.first(where: bytes.starts)?.count
    }

    /// The length of a code behind its escape, by ECMA-48: parameters, intermediates, one final byte.
    private static func lengthOfCode(_ bytes: ArraySlice<UInt8>) -> Int {
        guard bytes.first == UInt8(ascii: "[") else { return 0 }
        let end = bytes.dropFirst().firstIndex { !(0x20...0x3F).contains($0) }
        guard let end, (0x40...0x7E).contains(bytes[end]) else { return 1 }
        return end - bytes.startIndex + 1
    }
}
