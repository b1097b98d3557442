// Canary: a known sentence that the engine has to hear, and a folder that has to be listed.
import Checks
import Crypto
import Filter
import FoundationEssentials
import Records
import System

/// Three seconds of speech, installed with callpipe: "Ask what you can do for your country".
enum Canary {
    /// The word that a working engine hears.
    static let word = "country"

    /// The file; `nil` when it is not installed.
    static var file: String? {
        let path = "\(OwnProgram.directory)/../share/callpipe/canary.wav"
        return FileSystem.exists(path) ? path : nil
    }

    /// The record for `transcribe`.
    static func record(_ bytes: [UInt8], path: String) -> String {
        JSON.members([
            "id": .string("dir:canary"), "source": .string("dir"),
            "audio": .members([
                "path": .string(path), "bytes": .int(bytes.count),
                "sha256": .string(Digest.sha256(bytes)), "type": .string("audio/wav"),
                "seconds": .double(3), "rate": .int(8000), "channels": .int(1),
                "codec": .string("pcm_s16le"),
            ]),
        ]).text + "\n"
    }
}

extension Visit {
    /// Lets the engine hear the known sentence, as `transcribe` would use it.
    func engine(_ named: String?) async -> [CheckResult] {
        let name = named ?? options.environment.value("CALLPIPE_ENGINE")
        let check = "engine" + (name.map { " \($0)" } ?? "")
        let start = SystemClock.seconds
        do throws(Failure) {
            let (engine, text) = try await hear(named)
            let seconds = SystemClock.seconds - start
            let isHeard = text.lowercased().contains(Canary.word)
            let result =
                isHeard
                ? CheckResult(
                    check, Figure(seconds, "s", limit: 60),
                    "\(engine) heard the known sentence",
                    remedy: "use a smaller model with WHISPER_MODEL")
                : CheckResult(
                    check, .fail, "\(engine) did not hear \"\(Canary.word)\" in a known sentence",
                    figure: Figure(seconds, "s"),
                    remedy: "try another model, and --language en for the sentence")
            note(engine, result, latency: seconds)
            return [result]
        } catch {
            let result = CheckResult(check, failed: error)
            let usual =
                options.environment.value("WHISPERX_URL") == nil ? "whisper.cpp" : "whisperx"
            // A mistyped name is no service, and its failure would never end.
            if named == nil || error.kind != .configuration {
                note(name ?? usual, result, latency: nil)
            }
            return [result]
        }
    }

    /// The name of the engine, and the text that it heard.
    private func hear(_ engine: String?) async throws(Failure) -> (engine: String, text: String) {
        guard let file = Canary.file,
            let bytes = try? Descriptor.contents(of: file, atMost: 1 << 20)
        else {
            throw Failure(
                .stop, .configuration, "find the known sentence: canary.wav is not installed",
                remedy: "run make links, or make install")
        }
        let place = try TrialPlace()
        try place.put(bytes, as: "data/audio/canary.wav")
        var words = ["--data", "\(place.path)/data", "--language", "en", "--force"]
        if let engine { words += ["--engine", engine] }
        if let file = options.envFile { words += ["--env-file", file] }
        let output = try await place.run(
            "transcribe", words, input: Canary.record(bytes, path: "audio/canary.wav"),
            atMost: 300)
        struct Answer: Decodable {
            struct Transcript: Decodable {
                let engine: String?
                let text: String?
            }
            let transcript: Transcript?
        }
        let answer = try? JSONDecoder().decode(Answer.self, from: Data(output.utf8))
        return (
            answer?.transcript?.engine ?? engine ?? "the engine", answer?.transcript?.text ?? ""
        )
    }

    /// Looks whether a folder can be listed.
    func source(_ folder: String) async -> [CheckResult] {
        let path = folder.hasPrefix("dir:") ? String(folder.dropFirst(4)) : folder
        do throws(Failure) {
            let place = try TrialPlace()
            let records = try await place.run(
                "dir-list", ["--data", "\(place.path)/data", "--limit", "1000", "--", path])
            let count = records.split(separator: "\n").count
            return [
                count > 0
                    ? CheckResult(
                        "source", .pass, "dir-list finds recordings there",
                        figure: Figure(Double(count)))
                    : CheckResult(
                        "source", .warn, "dir-list finds no finished recording there",
                        remedy: "see which files it leaves out: dir-list --verbose \(path)")
            ]
        } catch {
            return [CheckResult("source", failed: error)]
        }
    }
}
