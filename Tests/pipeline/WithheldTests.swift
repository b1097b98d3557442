// WithheldTests: what redact cannot redact does not come into the checkpoint.
import Foundation
import Testing

@Test("A record that cannot be redacted goes on without what was said")
func withheld() throws {
    let place = try Workplace()
    let record =
        #"{"id":"t:1","start":"2026-01-01T00:00:00Z","insights":{"summary":"Card 4111 1111 1111 1111."},"#
        + #""transcript":{"path":"transcripts/2026/01/01/t-1.json","engine":"e","key":"k","#
        + #""text":"Card 4111 1111 1111 1111.","files":{"json":"aa"},"segments":[{"start":0,"end":3,"#
        + #""channel":0,"text":"Card 4111 1111 1111 1111."}]}}"#
    let outcome = try place.run(
        """
        mkdir -p data/transcripts/2026/01/01
        echo '{"id":"t:2","engine":"e","segments":[]}' >data/transcripts/2026/01/01/t-1.json
        redact | state-mark transcribe | state-mark redact
        """, input: record)
    let error = try #require(outcome.records.first?["error"] as? [String: Any], "\(outcome.errors)")
    #expect(error["stage"] as? String == "redact")
    #expect(try place.run("cat state.db* | grep -a -c 4111").output == "0\n")
    #expect(!outcome.output.contains("4111"))
    #expect(!outcome.errors.contains("4111"))
}
