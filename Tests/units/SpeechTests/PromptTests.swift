// PromptTests: the text that tells an engine which words to expect.
import Records
import Speech
import Testing

@Suite struct PromptTests {
    @Test("white space is one space, and nothing is no prompt")
    func plain() throws {
        #expect(try Prompt.checked(" Pipkin,\n Waldo ") == "Pipkin, Waldo")
        #expect(try Prompt.checked(" \t") == nil)
        #expect(try Prompt.checked(nil) == nil)
        #expect(try Prompt.checked(String(repeating: "a", count: Prompt.longest))?.count == 2000)
    }

    @Test("a text that no engine can use fails, and the message has nothing of it")
    func unusable() throws {
        for text in [String(repeating: "Pipkin ", count: 300), "Pipkin\u{0}Waldo"] {
            let failure = #expect(throws: Failure.self) { try Prompt.checked(text) }
            #expect(failure?.scope == .item && failure?.kind == .input)
            #expect(failure.map { "\($0)".contains("Pipkin") } == false)
        }
    }
}
