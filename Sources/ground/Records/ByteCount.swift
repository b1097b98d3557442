// ByteCount: an amount of bytes as people write it, 5G, and as they read it, 5 GiB.
internal import System

/// An amount of bytes; units are powers of 1024.
public struct ByteCount: Sendable, Equatable {
    /// How many bytes.
    public let bytes: Int

    private static let units = ["K", "M", "G", "T", "P"]

    /// So many bytes.
    public init(_ bytes: Int) {
        self.bytes = bytes
    }

    /// Reads `500M`, `1.5G`, `5GiB` or `1048576`; `nil` for what is no amount.
    public init?(_ text: String) {
        var number = Substring(text)
        if number.hasSuffix("iB"), number.count > 2 { number = number.dropLast(2) }
        let isShort = number.count == text.count
        var scale = 1.0
        if let index = ByteCount.units.firstIndex(where: { number.uppercased().hasSuffix($0) }) {
            number = number.dropLast()
            for _ in 0...index { scale *= 1024 }
        } else if !isShort {
            return nil
        }
        let isPlain = number.utf8.allSatisfy { ASCII.isDigit($0) || $0 == 0x2E }
        guard isPlain, let value = Double(number), value * scale < 9e18 else { return nil }
        bytes = Int(value * scale)
    }
}

extension ByteCount: CustomStringConvertible {
    /// `900 B`, `5 GiB`, `3.2 GiB`.
    public var description: String {
        guard bytes >= 1024 else { return "\(bytes) B" }
        var value = Double(bytes)
        var unit = ""
        for next in ByteCount.units where value >= 1024 {
            value /= 1024
            unit = next
        }
        // Rounded down: room that is not there must not be shown.
        let tenths = Int(value * 10)
        let amount = tenths % 10 == 0 ? "\(tenths / 10)" : "\(tenths / 10).\(tenths % 10)"
        return "\(amount) \(unit)iB"
    }
}
