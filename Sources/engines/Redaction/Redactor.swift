// Redactor: takes what is personal out of the words of a call.
internal import Crypto
internal import Records

/// The kinds to take out, and how much of a number may stay.
public struct Redactor: Sendable {
    /// The kinds that are taken out.
    public let kinds: Set<RedactionKind>
    /// The last digits of a number that stay, from 0 to 4.
    public let keptDigits: Int

    /// Takes the settings.
    public init(kinds: Set<RedactionKind> = Set(RedactionKind.allCases), keptDigits: Int = 0) {
        self.kinds = kinds
        self.keptDigits = keptDigits
    }

    /// After so many passes the text is left as it is; each pass only takes away.
    private static let passes = 8

    /// Takes everything out of texts that belong together.
    ///
    /// A text that was redacted before stays as it is.
    ///
    /// - Parameters:
    ///   - pieces: The texts in their order; they are changed.
    ///   - own: The business's own telephone numbers, the last ten digits of each.
    ///   - blank: Told of each change of a text before it is made: the number of the text, and what
    ///     is put where.
    ///   - found: Told what was found in a pass, with the places as they are before its changes.
    /// - Throws: `Failure` of scope `item`.
    func redact(
        _ pieces: inout [SpokenPiece], own: Set<[UInt8]>,
        _ blank: (Int, [Blank]) -> Void = { _, _ in },
        found: ([Finding]) -> Void = { _ in }
    ) throws(Failure) {
        var detector = Detector(kinds: kinds)
        // The words behind a number that was taken out are looked at again, so that a second run
        // finds nothing.
        for _ in 0..<Redactor.passes {
            let findings = try detector.findings(in: pieces, own: own)
            if findings.isEmpty { return }
            found(findings)
            for (piece, blanks) in blanks(of: findings) {
                blank(piece, blanks)
                pieces[piece].text = Blank.apply(blanks, to: pieces[piece].text)
            }
        }
    }

    /// The changes of each text, those that overlap put together.
    private func blanks(of findings: [Finding]) -> [Int: [Blank]] {
        var all: [Int: [Blank]] = [:]
        for finding in findings {
            for (index, place) in finding.places.enumerated() {
                let isLast = index + 1 == finding.places.count
                all[place.piece, default: []].append(
                    Blank(range: place.range, tag: tag(finding, isLast: isLast)))
            }
        }
        return all.mapValues { blanks in
            var merged: [Blank] = []
            for blank in blanks.sorted(by: { $0.range.lowerBound < $1.range.lowerBound }) {
                if let last = merged.last, blank.range.lowerBound < last.range.upperBound {
                    let end = max(last.range.upperBound, blank.range.upperBound)
                    merged[merged.count - 1].range = last.range.lowerBound..<end
                } else {
                    merged.append(blank)
                }
            }
            return merged
        }
    }

    private func tag(_ finding: Finding, isLast: Bool) -> String {
        guard keptDigits > 0, isLast, finding.kind.hasDigits, finding.digits.count >= 8 else {
            return "[\(finding.kind.tag)]"
        }
        // Digits of an account are letters and digits as text; of a number, values.
        let digits = finding.digits.suffix(keptDigits).map { String($0 < 10 ? $0 : $0 & 0x0F) }
        return "[\(finding.kind.tag) *\(digits.joined())]"
    }
}

/// A change of a text: bytes that go, and what stands in their place.
struct Blank: Equatable {
    var range: Range<Int>
    let tag: String

    static func apply(_ blanks: [Blank], to text: [UInt8]) -> [UInt8] {
        var (result, at) = ([UInt8](), 0)
        for blank in blanks {
            result += text[at..<blank.range.lowerBound] + blank.tag.utf8
            at = blank.range.upperBound
        }
        return result + text[at...]
    }
}
