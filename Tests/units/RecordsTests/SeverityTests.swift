// SeverityTests: the severity and the category of each failure are what callpipe-record(5) says.
import Foundation
import Records
import TestSupport
import Testing

struct SeverityTests {
    @Test("The manual lists each category with its kinds")
    func categories() throws {
        let path = Checkout.root.appending(path: "man/callpipe-record.5")
        let manual = try String(contentsOf: path, encoding: .utf8)
        let start = try #require(manual.range(of: ".Bl -column \"AUTHENTICATION\""))
        let end = try #require(manual.range(of: ".El", range: start.upperBound..<manual.endIndex))
        var kinds: [String: [String]] = [:]
        for line in manual[start.upperBound..<end.lowerBound].split(separator: "\n").dropFirst() {
            let words = line.split { !$0.isLetter && $0 != "_" }.map(String.init)
            #expect(words.prefix(2) == ["It", "Li"])
            kinds[words[2]] = Array(words.dropFirst(3))
        }
        #expect(Set(kinds.keys) == Set(ErrorCategory.allCases.map(\.rawValue)))
        for kind in Failure.Kind.allCases {
            let category = ErrorCategory(kind).rawValue
            #expect(kinds[category]?.contains(kind.rawValue) == true, "\(kind)")
        }
        for severity in Severity.allCases {
            #expect(manual.contains(".It Li \(severity.rawValue)\n"))
        }
    }

    @Test(
        "A failure weighs as much as it costs",
        arguments: [
            (Failure.Scope.temporary, Failure.Kind.network, Severity.low),
            (.temporary, .rateLimit, .low), (.temporary, .storage, .medium),
            (.temporary, .quota, .medium), (.item, .audio, .medium), (.item, .gone, .high),
            (.item, .integrity, .high), (.stop, .server, .high), (.stop, .auth, .critical),
            (.stop, .space, .critical),
        ])
    func severity(_ scope: Failure.Scope, _ kind: Failure.Kind, _ severity: Severity) {
        #expect(Failure(scope, kind, "do it: no").severity == severity)
    }

    @Test("Only a failure that stops the line is critical")
    func critical() {
        for kind in Failure.Kind.allCases {
            #expect(Severity(.item, kind) != .critical)
            #expect(Severity(.temporary, kind) != .critical)
            #expect([.high, .critical].contains(Severity(.stop, kind)))
        }
    }
}
