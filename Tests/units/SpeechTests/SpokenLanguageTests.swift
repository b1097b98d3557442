// SpokenLanguageTests: names and codes of languages, and the codes that an engine accepts.
import Records
import Testing

@testable import Speech

struct SpokenLanguageTests {
    @Test("languages are codes, by whatever name")
    func codes() {
        for (name, code) in [
            ("english", "en"), ("English", "en"), ("de", "de"), ("haitian creole", "ht"),
            ("cantonese", "yue"), ("Castilian", "es"), ("pt-BR", "pt-br"), ("fil", "fil"),
        ] {
            #expect(SpokenLanguage.code(of: name) == code)
        }
        for name in ["klingon", "", "e", "en us", "1"] {
            #expect(SpokenLanguage.code(of: name) == nil)
        }
    }

    @Test(
        "each engine has its codes, and all have auto",
        arguments: [
            ("auto", true, true, true), ("haw", true, true, true), ("fil", false, true, true),
            ("pt-br", false, true, true), ("multi", false, false, true),
            ("en us", false, false, false), ("", false, false, false),
        ])
    func rules(_ language: String, _ whisper: Bool, _ iso639: Bool, _ word: Bool) {
        func isAccepted(_ codes: SpokenLanguage.Codes) -> Bool {
            do throws(Failure) {
                try SpokenLanguage.check(language, among: codes, of: "an engine")
                return true
            } catch {
                return error.scope != .stop || error.kind != .configuration
            }
        }
        #expect(isAccepted(.whisper) == whisper)
        #expect(isAccepted(.iso639) == iso639)
        #expect(isAccepted(.word) == word)
    }
}
