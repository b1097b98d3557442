// PatternsTests: what matches, where, and that every search ends.
import Patterns
import Testing

@Suite struct PatternsTests {
    private func places(
        _ pattern: String, _ text: String, mode: Pattern.Mode = .characters,
        ignoresCase: Bool = false
    ) throws -> [Range<Int>] {
        let pattern = try Pattern(pattern, mode: mode, ignoresCase: ignoresCase)
        return try pattern.matches(in: Array(text.utf8).span).map(\.range)
    }

    @Test func tellsEveryMatchWithItsBytes() throws {
        #expect(try places("o+", "foo bar o") == [1..<3, 8..<9])
        #expect(try places("x", "foo") == [])
        #expect(try places("", "") == [0..<0])
        #expect(try places("^", "") == [0..<0])
    }

    @Test func anEmptyMatchDoesNotStopTheSearchAndCutsNoCharacter() throws {
        #expect(try places("x*", "axb") == [0..<0, 1..<2, 2..<2, 3..<3])
        #expect(try places("x*", "é") == [0..<0, 2..<2])
        #expect(try places("(?=b)|b", "ab") == [1..<1, 1..<2])
    }

    @Test func groupsThatTookNoPartAreNil() throws {
        let pattern = try Pattern("(a)|(b)|(c)")
        let match = try pattern.firstMatch(in: Array("xb".utf8).span)
        #expect(match?.range == 1..<2)
        #expect(match?.groups == [nil, 1..<2, nil])
    }

    @Test func aSearchMayBeginWithinTheText() throws {
        let text = Array("one two one".utf8)
        let match = try Pattern("one").firstMatch(in: text.span, from: 1)
        #expect(match?.range == 8..<11)
        #expect(try Pattern("\\Bne").firstMatch(in: text.span, from: 9)?.range == 9..<11)
    }

    @Test func charactersFollowUnicodeAndBytesFollowASCII() throws {
        #expect(try places("\\d", "٣") == [0..<2])
        #expect(try places("\\d", "٣", mode: .bytes) == [])
        #expect(try places("É", "é", ignoresCase: true) == [0..<2])
        #expect(try places("É", "é", mode: .bytes, ignoresCase: true) == [])
        #expect(try places("^.$", "é") == [0..<2])
        #expect(try places("^..$", "é", mode: .bytes) == [0..<2])
    }

    @Test func brokenTextMatchesAroundItsBrokenBytes() throws {
        let text: [UInt8] = [0x61, 0xFF, 0x62, 0xC3, 0x63]
        #expect(try Pattern("[a-c]").matches(in: text.span).map(\.range) == [0..<1, 2..<3, 4..<5])
        #expect(try Pattern(".").matches(in: text.span).map(\.range) == [0..<1, 2..<3, 4..<5])
    }

    @Test(arguments: [Pattern.Mode.bytes, .characters])
    func aPatternThatBacktracksForEverIsGivenUp(mode: Pattern.Mode) throws {
        let pattern = try Pattern("(a+)+$", mode: mode)
        let hopeless = Array((String(repeating: "a", count: 40) + "!").utf8)
        #expect(throws: PatternProblem.tooManySteps) { try pattern.matches(in: hopeless.span) }
        #expect(throws: PatternProblem.tooManySteps) { try pattern.firstMatch(in: hopeless.span) }
        #expect(PatternProblem.tooManySteps.reason.contains("tries too many ways to match"))
        // The same object goes on with the next text.
        #expect(try pattern.matches(in: Array("baa".utf8).span).map(\.range) == [1..<3])
    }

    @Test func aDeepPatternIsGivenUp() throws {
        // What nests deeper than the stack of the machine code goes to the interpreter.
        let pattern = try Pattern(
            "^(\\((?:[^()]|(?1))*\\))$", limits: .init(steps: 10_000_000, depth: 50))
        let open = String(repeating: "(", count: 20_000)
        let deep = Array((open + String(repeating: ")", count: 20_000)).utf8)
        #expect(throws: PatternProblem.tooManySteps) { try pattern.firstMatch(in: deep.span) }
    }

    @Test func aMalformedPatternTellsThePlace() throws {
        let problem = #expect(throws: PatternProblem.self) { try Pattern("call (now") }
        #expect(problem == .malformed(reason: "missing closing parenthesis", offset: 9))
        #expect(problem?.reason == "is wrong at byte 10: missing closing parenthesis")
        #expect(throws: PatternProblem.self) { try Pattern("(*UTF)a", mode: .bytes) }
        #expect(throws: PatternProblem.self) { try Pattern("a{2,1}") }
    }

    @Test func manyThreadsMayShareOnePattern() async throws {
        let pattern = try Pattern("\\b(\\w+) \\1\\b")
        let text = Array("so the the call call ended".utf8)
        let counts = await withTaskGroup(of: Int.self) { group in
            for _ in 0..<64 {
                group.addTask { (try? pattern.matches(in: text.span).count) ?? -1 }
            }
            return await group.reduce(into: [Int]()) { $0.append($1) }
        }
        #expect(counts == Array(repeating: 2, count: 64))
    }
}
