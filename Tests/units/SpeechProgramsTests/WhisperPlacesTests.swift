// WhisperPlacesTests: the order in which programs and models are looked for.
import Foundation
import Records
import TestSupport
import Testing

@testable import SpeechPrograms

/// A directory as `make install` leaves it, with programs elsewhere on the search path.
private final class Places {
    let directory = TemporaryDirectory()

    init() throws {
        try FileManager.default.createDirectory(
            atPath: directory["bin"], withIntermediateDirectories: true)
    }

    /// Makes a file, and gives its path as an engine would have it.
    @discardableResult
    func file(_ path: String, _ content: [UInt8] = [], isProgram: Bool = false) throws -> String {
        let file = URL(filePath: directory[path])
        try FileManager.default.createDirectory(
            at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(content).write(to: file)
        if isProgram {
            try FileManager.default.setAttributes(
                [.posixPermissions: 0o755], ofItemAtPath: file.path)
        }
        return file.path
    }

    var places: WhisperPlaces {
        WhisperPlaces(
            besideTools: directory["bin"],
            searchPath: "\(directory["path"]):\(directory["late"])")
    }

    /// A path without `..` in it.
    func plain(_ path: String) -> String { path.replacing("/bin/../", with: "/") }
}

struct WhisperPlacesTests {
    @Test("the installed program comes before those on PATH, unless PATH is preferred")
    func order() throws {
        let stand = try Places()
        let late = try stand.file("late/whisper-cli", isProgram: true)
        #expect(try stand.places.commandLine(nil) == late)
        let other = try stand.file("late/whisper-cpp", isProgram: true)
        #expect(try stand.places.commandLine("whisper-cpp") == other)
        let installed = try stand.file("lib/callpipe/whisper-cli", isProgram: true)
        #expect(stand.plain(try stand.places.commandLine(nil)) == installed)
        var places = stand.places
        places.prefersSearchPath = true
        #expect(try places.commandLine(nil) == late)
        #expect(try places.commandLine(other) == other)
    }

    @Test("callpipe's own program is the installed one, and is not taken where PATH is preferred")
    func own() throws {
        let stand = try Places()
        try stand.file("late/callpipe-hear", isProgram: true)
        #expect(stand.places.ownProgram == nil)
        let installed = try stand.file("lib/callpipe/callpipe-hear", isProgram: true)
        #expect(stand.places.ownProgram.map(stand.plain) == installed)
        var places = stand.places
        places.prefersSearchPath = true
        #expect(places.ownProgram == nil)
    }

    @Test("a named program that is not there is no other program")
    func missing() throws {
        let stand = try Places()
        try stand.file("lib/callpipe/whisper-cli", isProgram: true)
        try stand.file("path/text")
        for name in [stand.directory["nothing"], stand.directory["path"], "nothing", "text"] {
            let failure = #expect(throws: Failure.self) { try stand.places.commandLine(name) }
            #expect(failure?.scope == .stop && failure?.kind == .configuration)
        }
    }

    @Test("the server is the neighbour of the program that was named")
    func server() throws {
        let stand = try Places()
        let named = try stand.file("own/whisper-cli", isProgram: true)
        let installed = try stand.file("lib/callpipe/whisper-server", isProgram: true)
        #expect(stand.plain(try stand.places.server(nil, beside: named)) == installed)
        let neighbour = try stand.file("own/whisper-server", isProgram: true)
        #expect(try stand.places.server(nil, beside: named) == neighbour)
        #expect(stand.plain(try stand.places.server(nil, beside: nil)) == installed)
        #expect(stand.plain(try stand.places.server(installed, beside: named)) == installed)
    }

    @Test("a model is a file or a name, one's own before an installed one")
    func model() throws {
        let stand = try Places()
        var places = stand.places
        places.ownModels = stand.directory["own"]
        let usual = try stand.file("share/callpipe/models/ggml-tiny.en.bin")
        #expect(stand.plain(try places.model(nil)) == usual)
        #expect(stand.plain(try places.model("tiny.en")) == usual)
        let own = try stand.file("own/ggml-tiny.en.bin")
        #expect(try places.model("tiny.en") == own)
        #expect(try places.model(own) == own)
    }

    @Test(
        "a model that is not installed names the command that installs it",
        arguments: [
            (nil, "tiny.en"), ("base", "base"), ("small.en-q5_1", "small.en-q5_1"),
            ("large-v3-turbo", "large-v3-turbo"),
        ] as [(String?, String)])
    func uninstalled(_ wanted: String?, _ name: String) throws {
        let stand = try Places()
        let failure = #expect(throws: Failure.self) { try stand.places.model(wanted) }
        #expect(failure?.scope == .stop && failure?.kind == .configuration)
        #expect(failure?.remedy == "install it with: callpipe-model \(name)")
    }

    @Test(
        "what nobody publishes cannot be installed",
        arguments: [
            "enormous", "large-v3.en", "base-q9_9", "", "nowhere.bin", "/nowhere/ggml-base.bin",
        ])
    func unknown(_ wanted: String) throws {
        let failure = #expect(throws: Failure.self) { try Places().places.model(wanted) }
        #expect(failure?.scope == .stop)
        #expect(failure?.remedy.contains("callpipe-model") == false, "\(failure?.remedy ?? "")")
    }

    @Test("an English model hears no other language, and what is no model decides nothing")
    func english() throws {
        let stand = try Places()
        func model(_ tokens: Int) throws -> String {
            let head = (0..<4).map { UInt8(truncatingIfNeeded: tokens >> ($0 * 8)) }
            return try stand.file("ggml-\(tokens).bin", Array("lmgg".utf8) + head)
        }
        try WhisperModel.check(language: "de", of: model(51_865))
        try WhisperModel.check(language: "en", of: model(51_864))
        try WhisperModel.check(language: "auto", of: model(51_864))
        for (tokens, language) in [(51_864, "en"), (51_865, "auto")] {
            var program = WhisperProgram(program: "whisper-cli", model: try model(tokens))
            program.language = "auto"
            #expect(program.spokenLanguage == language)
        }
        try WhisperModel.check(language: "de", of: stand.file("text", Array("short".utf8)))
        let failure = #expect(throws: Failure.self) {
            try WhisperModel.check(language: "de", of: model(51_864))
        }
        #expect(failure?.remedy.contains("callpipe-model base") == true)
        #expect(throws: Failure.self) { try WhisperModel.check(language: "xx", of: model(51_865)) }
    }
}
