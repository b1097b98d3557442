// ManualExamplesTests: the examples of every manual page, run as they stand.
import Foundation
import Testing

@Suite struct ManualExamplesTests {
    static let pages =
        ((try? FileManager.default.contentsOfDirectory(
            atPath: "\(Workplace.root)/man")) ?? [])
        .filter {
            $0.hasSuffix(".1") || ["callpipe-state.5", "callpipe-transcript.5"].contains($0)
        }.sorted()

    /// Examples that cannot run here: the page, how the command begins, and why.
    static let exceptions = [
        ("call-status.1", "call-status --watch", "it takes 15 minutes"),
        ("drive-reserve.1", "...", "it shows a place in a pipe"),
    ]

    @Test("every page has examples, and they do as they stand")
    func examples() throws {
        let model = try ManualScene()
        for page in ManualExamplesTests.pages {
            let examples = try ManualExample.of(page)
            #expect(!examples.isEmpty, "\(page)")
            let place = try ManualScene(of: model).place
            for example in examples where !isExcepted(example) {
                let command = example.command
                    .replacing(" /var/", with: " \(place.path)/var/")
                    .replacing("pipelines/", with: "\(Workplace.root)/pipelines/")
                let outcome = try place.run(command)
                let told = "\(page): \(example.command)\n\(outcome.status) \(outcome.errors)"
                // Our programs end with 1 when they tell of records that failed; sqlite3 on an error.
                // Those that tell how an archive is end as a monitoring plugin does.
                let isPlugin = ["call-doctor", "call-health", "call-status"].contains {
                    command.contains($0)
                }
                let most: Int32 = command.hasPrefix("sqlite3") ? 0 : isPlugin ? 3 : 1
                #expect(outcome.status <= most && !outcome.errors.contains("unable to"), "\(told)")
            }
        }
    }

    private func isExcepted(_ example: ManualExample) -> Bool {
        ManualExamplesTests.exceptions.contains {
            $0.0 == example.page && example.command.hasPrefix($0.1)
        }
    }

    @Test("an exception is for an example that is there")
    func exceptionsAreNeeded() throws {
        for (page, start, _) in ManualExamplesTests.exceptions {
            #expect(try ManualExample.of(page).contains { $0.command.hasPrefix(start) })
        }
    }
}
