// Finding: a place in a call where something personal was said.

/// Something personal, with all its places.
struct Finding: Equatable {
    /// A part of it.
    struct Place: Equatable {
        let piece: Int
        /// The bytes in the utterance.
        let range: Range<Int>
    }

    let kind: RedactionKind
    var places: [Place]
    /// Its digits, where it has some.
    var digits: [UInt8] = []

    init(_ kind: RedactionKind, _ places: [Place], digits: [UInt8] = []) {
        self.kind = kind
        self.places = places
        self.digits = digits
    }

    /// The digits of a window of a run.
    ///
    /// In each utterance all from the first of them to the last goes, the words between them too.
    init(_ kind: RedactionKind, _ run: Run, _ window: Range<Int>? = nil) {
        let window = window ?? 0..<run.digits.count
        self.init(kind, [], digits: Array(run.digits[window]))
        for atom in run.atoms(window) {
            if let last = places.last, last.piece == atom.piece {
                places[places.count - 1] = Place(
                    piece: atom.piece, range: last.range.lowerBound..<atom.range.upperBound)
            } else {
                places.append(Place(piece: atom.piece, range: atom.range))
            }
        }
    }

    /// True when each of its places lies inside one of the others.
    func isCovered(by others: [Finding]) -> Bool {
        places.allSatisfy { place in
            others.contains { other in
                other.places.contains {
                    $0.piece == place.piece && $0.range.lowerBound <= place.range.lowerBound
                        && $0.range.upperBound >= place.range.upperBound
                }
            }
        }
    }
}
