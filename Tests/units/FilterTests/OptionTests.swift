// OptionTests: declared options, read by their types.
import Records
import Testing

@testable import Filter

struct OptionTests {
    private struct Table: OptionTable {
        enum Order: String, CaseIterable {
            case oldest, newest
        }

        let days = Option.integer("days", "N", "", in: 1...30)
        let settle = Option.time("settle", "TIME", "").or(60)
        let order = Option.choice("order", "ORDER", "", of: Order.self)
        let ids = Option.texts("id", "ID", "")
        let share = Option.number("share", "N", "", in: 0...1, needs: "a number from 0 to 1")
        let data = Option.data
        let minFree = Option.minFree
        let reason = Option.text("reason", "TEXT", "")
        let isForced = Option.force
        var all: [any DeclaredOption] {
            [days, settle, order, ids, share, data, minFree, reason, isForced]
        }
    }

    private func options(
        _ words: String..., settings: [String: String] = [:]
    ) throws -> Options<Table> {
        let table = Table()
        return try Options(
            table,
            OptionReader(
                arguments: Arguments(words, options: table.all.map(\.spelling)),
                environment: Environment(settings)))
    }

    @Test("Without words and settings, options have their usual values")
    func usual() throws {
        let options = try options()
        #expect(options.days == nil)
        #expect(options.settle == 60)
        #expect(options.order == nil)
        #expect(options.ids.isEmpty)
        #expect(options.data == "data")
        #expect(options.minFree == ByteCount(0))
        #expect(!options.isForced)
        #expect(!options.isGiven(options.table.days))
    }

    @Test("Options have the values of the command line, in their types")
    func given() throws {
        let options = try options(
            "--days=3", "--settle", "2h", "--order", "newest", "--id", "a", "--id", "b", "-f",
            "--share", "0.25")
        #expect(options.days == 3)
        #expect(options.settle == 7200)
        #expect(options.order == .newest)
        #expect(options.ids == ["a", "b"])
        #expect(options.share == 0.25)
        #expect(options.isForced)
        #expect(options.isGiven(options.table.days))
    }

    @Test("The command line comes before the environment, which comes before the usual value")
    func authority() throws {
        let settings = ["CALLPIPE_DATA": "calls", "CALLPIPE_MIN_FREE": "1K"]
        let options = try options("--data", "here", settings: settings)
        #expect(options.data == "here")
        #expect(options.minFree == ByteCount(1024))
        #expect(try self.options(settings: settings).data == "calls")
        #expect(try self.options(settings: ["CALLPIPE_DATA": ""]).data == "data")
    }

    @Test(
        "A wrong value is named with the right ones",
        arguments: [
            ("--days=31", "option --days needs a whole number from 1 to 30, not \"31\""),
            ("--days=", "option --days needs a whole number from 1 to 30, not \"\""),
            ("--settle=soon", "option --settle needs a time such as 60s or 5m, not \"soon\""),
            ("--order=random", "option --order needs oldest or newest, not \"random\""),
            ("--share=nan", "option --share needs a number from 0 to 1, not \"nan\""),
            ("--min-free=x", "option --min-free needs a size such as 5G, not \"x\""),
            ("--reason=", "option --reason needs a text, not \"\""),
        ])
    func wrong(_ word: String, _ message: String) {
        #expect(throws: UsageError(message)) { try options(word) }
    }

    @Test("An option with one value is given once, or with the same value again")
    func repeated() throws {
        #expect(try options("--days=3", "-f", "--days", "3", "-f").days == 3)
        #expect(throws: UsageError("option --days takes one value, and is given several")) {
            try options("--days=3", "--days=4")
        }
    }

    @Test("A wrong setting is a failure of the configuration that names its variable")
    func wrongSetting() {
        let failure = Failure(
            .stop, .configuration, "use CALLPIPE_MIN_FREE: it is not a size such as 5G",
            remedy: "set it to a size such as 5G, or leave it out")
        #expect(throws: failure) { try options(settings: ["CALLPIPE_MIN_FREE": "much"]) }
    }

    @Test(
        "Words are joined as messages have them",
        arguments: [
            ([], ""), (["a"], "a"), (["a", "b"], "a or b"), (["a", "b", "c"], "a, b or c"),
        ]
            as [([String], String)])
    func either(_ words: [String], _ text: String) {
        #expect(Phrase.either(words) == text)
    }
}
