// NumberSet: the calls that a run has seen, one bit each.

/// A set of the numbers of calls.
///
/// Numbers come in order, so a million cost 128 KiB; a set of ids would cost fifty MiB.
package struct NumberSet {
    private static let pageBits: Int64 = 1 << 13
    private static let emptyPage = [UInt64](repeating: 0, count: Int(pageBits / 64))
    private var pages: [Int64: [UInt64]] = [:]

    package init() {}

    package func contains(_ number: Int64) -> Bool {
        let (page, word, bit) = NumberSet.place(number)
        guard let words = pages[page] else { return false }
        return words[word] & bit != 0
    }

    package mutating func insert(_ number: Int64) {
        let (page, word, bit) = NumberSet.place(number)
        pages[page, default: NumberSet.emptyPage][word] |= bit
    }

    private static func place(_ number: Int64) -> (page: Int64, word: Int, bit: UInt64) {
        let (page, inPage) = (number >> 13, number & (pageBits - 1))
        return (page, Int(inPage / 64), 1 << UInt64(inPage % 64))
    }
}
