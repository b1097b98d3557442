// CallReportTests: call-report over a checkpoint that pipelines have filled.
import Foundation
import Testing

@Suite struct CallReportTests {
    private let place: Workplace

    init() throws {
        place = try Workplace()
        let filled = try place.run(
            """
            record() { printf '{"id":"rc:%s","start":"%s"%s}\\n' "$1" "$2" "$3"; }
            at() { export CALLPIPE_NOW=2024-01-15T$1Z; }
            at 09:00:00
            for n in 1 2 3; do record $n 2024-01-15T08:0$n:00Z; done | state-todo upload >/dev/null
            at 09:10:00
            for n in 1 2; do record $n 2024-01-15T08:0$n:00Z ',"transcript":{"engine":"deepgram",
                "model":"nova","provenance":{"at":"2024-01-15T09:09:00Z","seconds":3600,"wall":36,
                "cost":0.75}}' | tr -d '\\n'; echo; done | state-mark transcribe | state-mark upload >/dev/null
            at 09:20:00
            record 3 2024-01-15T08:03:00Z ',"error":{"stage":"fetch","class":"item","kind":"gone",
                "message":"it is <b>gone</b> | for good","at":"2024-01-15T09:20:00.000Z"}' |
                tr -d '\\n' | state-mark fetch >/dev/null
            state-run --name '<script>' -- false
            true
            """)
        #expect(filled.status == 0, "\(filled.errors)")
        place["CALLPIPE_NOW"] = "2024-01-15T18:00:00Z"
    }

    @Test("the report of a day has load, times, errors, and on demand capacity and cost")
    func day() throws {
        let plain = try place.run("call-report --last 24h")
        #expect(plain.status == 0, "\(plain.errors)")
        #expect(plain.output.contains("3 recorded calls began"))
        #expect(plain.output.contains("3 in the busiest hour, at 2024-01-15T08:00Z"))
        #expect(plain.output.contains("Times\n-----") && plain.output.contains("call to archive"))
        #expect(!plain.output.contains("Capacity") && !plain.output.contains("Cost"))
        #expect(plain.output.matches(of: /fetch +1 +1 +100 %/).count == 1)
        let whole = try place.run("call-report --last 30d --capacity --cost --fetch-limit 1")
        #expect(
            whole.output.matches(of: /2024-01 +deepgram +nova +2 +2 +0.02 +0.01 +1.5000/).count == 1
        )
        #expect(whole.output.contains("The sum of what has a price is 1.5000."))
        #expect(whole.output.contains("Capacity\n--------"))
    }

    @Test("the report of an incident has its sections, and escapes what others wrote")
    func incident() throws {
        let page = try place.run("call-report --incident 2024-01-15 2024-01-16 --format html")
        #expect(page.status == 0, "\(page.errors)")
        for section in [
            "Impact", "Timeline", "Detection", "Root cause", "Response", "Actions",
        ] {
            #expect(page.output.contains("<h2>\(section)</h2>"))
        }
        #expect(page.output.contains("it is &lt;b&gt;gone&lt;/b&gt; | for good"))
        #expect(!page.output.contains("<script") && page.output.contains("&lt;script&gt;"))
        let text = try place.run(
            "call-report --incident 2024-01-15T09:00:00Z 2024-01-16 --format md")
        #expect(text.output.contains("The first sign came at 2024-01-15T09:20:00Z"))
        #expect(!text.output.contains("0 runs") && text.output.contains("noted"))
        #expect(text.output.contains("\\<b\\>gone\\</b\\> \\| for good"))
    }

    @Test("it changes nothing, makes no checkpoint, and refuses what means nothing")
    func refusals() throws {
        for command in [
            "--last 10s", "--incident 2024-01-16 2024-01-15", "--incident yesterday today",
            "--incident --cost", "2024-01-15", "--last 1h 2024-01-15 2024-01-16", "--fetch-limit 5",
            "--format json",
        ] {
            #expect(try place.run("call-report \(command)").status == 64, "\(command)")
        }
        let none = try place.run("call-report --state none.db; echo $?; ls none.db")
        #expect(none.output == "78\n")
    }

    @Test("a checkpoint without work is told in sentences")
    func empty() throws {
        let outcome = try place.run(
            "state-todo fetch --state new.db </dev/null; call-report --state new.db --capacity --cost"
        )
        #expect(outcome.status == 0, "\(outcome.errors)")
        #expect(outcome.output.contains("There was no error."))
        #expect(outcome.output.contains("No stage has any work."))
    }
}
