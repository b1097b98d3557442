// SoundTagsTests: the names of sounds are no words, and numbers in brackets are.
import Speech
import Testing

@Suite("Names of sounds")
struct SoundTagsTests {
    @Test(
        "what stands for a sound goes, what somebody says stays",
        arguments: [
            ("[BLANK_AUDIO]", ""), ("(soft music) Hello.", "Hello."), ("♪ ♪", ""),
            ("Call (555) 123 now", "Call (555) 123 now"), ("*sighs* Well [laughs] yes", "Well yes"),
            ("(never closed", "(never closed"), ("* item", "* item"),
            ("(a b c d e f g h i j k l m)", "(a b c d e f g h i j k l m)"),
        ])
    func tags(_ text: String, _ kept: String) {
        let words = SoundTags.removed(from: text.split(separator: " ").map(String.init)) { $0 }
        #expect(words.joined(separator: " ") == kept)
    }
}
