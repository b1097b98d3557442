// Alignment: the fewest changes that make the words of one transcript those of another.

/// Words of two transcripts, put against each other.
struct Alignment {
    /// A place where they differ.
    struct Change: Equatable {
        /// The words of the first.
        var first: [String]
        /// The words of the second.
        var second: [String]
        /// The number of the first of the words in the first transcript.
        var place: Int
    }

    private(set) var substitutions = 0
    private(set) var deletions = 0
    private(set) var insertions = 0
    /// Neighbouring changes are one.
    private(set) var changes: [Change] = []

    /// The most words that are put against each other at once, for the memory that it takes: 16 MB.
    static let longest = 4000

    /// Puts two lists of words against each other, each at most ``longest``.
    init(_ first: ArraySlice<String>, _ second: ArraySlice<String>) {
        let (a, b) = (Array(first), Array(second))
        let width = b.count + 1
        // 0 keeps, 1 substitutes, 2 deletes, 3 inserts.
        var moves = [UInt8](repeating: 0, count: (a.count + 1) * width)
        var costs = Array(0...b.count)
        for column in 1..<max(1, width) where width > 1 { moves[column] = 3 }
        for row in 1..<max(1, a.count + 1) where !a.isEmpty {
            var diagonal = costs[0]
            costs[0] = row
            moves[row * width] = 2
            for column in 1..<max(1, width) where width > 1 {
                let isSame = a[row - 1] == b[column - 1]
                let (above, left) = (costs[column], costs[column - 1])
                var (cost, move) = (diagonal + (isSame ? 0 : 1), UInt8(isSame ? 0 : 1))
                if above + 1 < cost { (cost, move) = (above + 1, 2) }
                if left + 1 < cost { (cost, move) = (left + 1, 3) }
                diagonal = above
                costs[column] = cost
                moves[row * width + column] = move
            }
        }
        trace(moves, a, b, offset: first.startIndex)
    }

    private mutating func trace(_ moves: [UInt8], _ a: [String], _ b: [String], offset: Int) {
        var (row, column) = (a.count, b.count)
        var isOpen = false
        while row > 0 || column > 0 {
            let move = moves[row * (b.count + 1) + column]
            if move == 0 {
                isOpen = false
            } else {
                if !isOpen { changes.append(Change(first: [], second: [], place: offset + row)) }
                isOpen = true
            }
            if move <= 2 { row -= 1 }
            if move != 2 { column -= 1 }
            guard move > 0 else { continue }
            let last = changes.count - 1
            if move != 3 { changes[last].first.insert(a[row], at: 0) }
            if move != 2 { changes[last].second.insert(b[column], at: 0) }
            changes[last].place = offset + row
            switch move {
            case 1: substitutions += 1
            case 2: deletions += 1
            default: insertions += 1
            }
        }
        changes.reverse()
    }
}
