// ArgumentsTests: command lines, and what they bring about.
import Testing

@testable import Filter

struct ArgumentsTests {
    private let options = [
        Option.text("jobs", letter: "j", "N", "").spelling, Option.force.spelling,
        CommonOptions().isQuiet.spelling, Option.data.spelling,
    ]

    @Test(
        "Each way to write an option",
        arguments: [
            (["--jobs", "3"], ["jobs": ["3"]], []), (["--jobs=3"], ["jobs": ["3"]], []),
            (["--jobs="], ["jobs": [""]], []), (["-j", "3"], ["jobs": ["3"]], []),
            (["-j3"], ["jobs": ["3"]], []),
            (["-fqj3"], ["force": [""], "quiet": [""], "jobs": ["3"]], []),
            (["-j", "-f"], ["jobs": ["-f"]], []), (["--data=a=b"], ["data": ["a=b"]], []),
            (["x", "-f", "y"], ["force": [""]], ["x", "y"]), (["-", "-f"], ["force": [""]], ["-"]),
            (["--", "-f", "--"], [:], ["-f", "--"]),
            (["-j1", "--jobs=2"], ["jobs": ["1", "2"]], []),
            (["", "-f"], ["force": [""]], [""]),
        ] as [([String], [String: [String]], [String])])
    func understood(_ words: [String], _ values: [String: [String]], _ operands: [String]) throws {
        let arguments = try Arguments(words, options: options)
        #expect(arguments.values == values)
        #expect(arguments.operands == operands)
    }

    @Test(
        "What is wrong with a command line is named",
        arguments: [
            (["--job"], "unknown option --job"), (["-x"], "unknown option -x"),
            (["-fx"], "unknown option -x"), (["--jobs"], "option --jobs needs a value"),
            (["-fj"], "option -j needs a value"), (["--force=1"], "option --force takes no value"),
            (["--=1"], "unknown option --"),
        ])
    func wrong(_ words: [String], _ message: String) {
        #expect(throws: UsageError(message)) { try Arguments(words, options: options) }
    }

    @Test(
        "A wrong command line ends with 64 and points to the help",
        arguments: [
            "--nope", "word", "--jobs 0", "--jobs 257", "--jobs x", "--limit -1", "--limit",
            "--log-format xml", "--completion tcsh", "--quiet=1", "--jobs 99999999999999999999",
        ])
    func usage(_ options: String) throws {
        let outcome = try Place().run("$TOOL \(options)")
        #expect(outcome.status == 64)
        #expect(outcome.output.isEmpty)
        #expect(
            outcome.errors.hasPrefix("filter-tool: unable to understand the command line: "))
        #expect(outcome.errors.hasSuffix("; try filter-tool --help\n"))
    }

    @Test("Words reach a tool that takes them")
    func operands() throws {
        let settings = ["OPERANDS": "DIR", "WORDS": #"["a", "-b"]"#]
        #expect(try Place().run("$TOOL a -- -b", "", settings).status == 0)
        #expect(try Place().run("$TOOL a", "", settings).status == 64)
        #expect(try Place().run("$TOOL", "", ["MAX_WORKERS": "many"]).status == 78)
    }

    @Test(
        "Help lists every option of every kind of tool", arguments: ["filter", "source", "groups"])
    func help(_ kind: String) throws {
        let outcome = try Place().run(
            "$TOOL --nope --help; $TOOL --help", "", ["FILTER_TOOL": kind])
        #expect(outcome.status == 0)
        var names = [
            "data", "force", "count", "env-file", "log-format", "quiet", "verbose", "completion",
            "help", "version", "limit",
        ]
        names += kind == "filter" ? ["jobs", "dry-run", "keep-order", "rejects"] : []
        names += kind == "groups" ? ["rejects"] : []
        for name in names { #expect(outcome.output.contains("--\(name)")) }
        let listed = outcome.lines.filter {
            $0.hasPrefix("  ") && $0.contains("  --") || $0.contains(", --")
        }
        #expect(listed.count >= names.count)
        #expect(outcome.lines.allSatisfy { $0.utf8.count <= 100 })
        #expect(outcome.output.contains("filter-tool --jobs 4 <records"))
        #expect(try Place().run("$TOOL -V").output == "filter-tool (callpipe) \(Program.version)\n")
    }

    @Test("Completion is understood by its shell, and knows every option")
    func completion() throws {
        let outcome = try Place().run(
            """
            $TOOL --completion bash >c && bash -n c && . ./c
            COMP_WORDS=(filter-tool --k) COMP_CWORD=1; _filter_tool; echo "${COMPREPLY[@]}"
            touch 'a file'; COMP_WORDS=(filter-tool a) COMP_CWORD=1; _filter_tool
            echo "${COMPREPLY[@]}"
            for shell in zsh fish; do
                $TOOL --completion $shell >c
                for option in $($TOOL --completion bash | grep -o -e '--[a-z-]*[a-z]'); do
                    grep -q -e "${option#--}" c || echo "$shell does not know $option"
                done
                ! command -v $shell >/dev/null || $shell -n c || echo "$shell does not read it"
            done
            """)
        #expect(outcome.output == "--keep-order\na file\n")
        #expect(outcome.errors.isEmpty)
    }
}
