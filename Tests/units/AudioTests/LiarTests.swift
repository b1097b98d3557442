// LiarTests: a decoder that was taken over can send anything, and fails its own record only.
@testable import Audio
import DecodeWire
import Foundation
import Records
import Synchronization
import TestSupport
import Testing

/// A server that lies, in the place of callpipe-decode, and a recording for it.
private struct Liar {
    let scratch = TemporaryDirectory()
    let program: DecodeProgram
    let path: String

    init(_ mode: String) throws {
        try FileManager.default.copyItem(
            atPath: URL(filePath: #filePath).deletingLastPathComponent().path + "/liar.py",
            toPath: scratch["callpipe-decode"])
        _ = try scratch.write(Array(mode.utf8), "mode")
        path = try scratch.write(
            Sound.wave([Sound.tone(440, seconds: 1, rate: 8000)], rate: 8000), "a.wav")
        program = DecodeProgram(directory: scratch.path)
    }

    /// The samples that came, and how it ended.
    func decode(seconds: Double = 60) -> (samples: Int, failure: Failure?) {
        var samples = 0
        do throws(Failure) {
            let recording = try Recording(path)
            let request = recording.request(.mix, rate: 16000, .init(seconds: seconds))
            _ = try program.decode(recording, request) { _, block in samples += block.count }
            return (samples, nil)
        } catch {
            return (samples, error)
        }
    }
}

struct LiarTests {
    @Test("what is agreed on is taken")
    func truth() throws {
        let (samples, failure) = try Liar("truth").decode()
        #expect(samples == 1000)
        #expect(failure == nil)
    }

    @Test(
        "an answer that cannot be right is a failure of its record",
        arguments: [
            "noise", "nothing", "half a frame", "a frame too long", "a long name",
            "half a sample", "no samples", "samples of no form", "two forms", "two beginnings",
            "no beginning", "many channels", "no channels", "another rate", "a likeness unknown",
            "no tracks", "more tracks than channels", "half a truth",
            "no number", "for ever", "less than nothing", "a year", "1 Hz", "facts of channels",
            "nothing missing but a number", "all missing", "more than all", "a year missing",
            "a name to print", "no codec", "no format", "one name", "three names",
            "a fault unknown", "a fault to print",
            "a fault that stops the line",
        ])
    func lie(_ mode: String) throws {
        let failure = try #require(try Liar(mode).decode().failure)
        #expect(failure.scope == .item)
        #expect(failure.kind == .audio)
        #expect(failure.message.contains("no answer that can be right"))
    }

    @Test("a system that lets nothing be filtered is told of once")
    func unfiltered() throws {
        let notes = Mutex<[String]>([])
        let liar = try Liar("truth without a filter")
        liar.program.report { event in
            if case .note(let note) = event { notes.withLock { $0.append(note) } }
        }
        for _ in 1...2 { #expect(liar.decode().failure == nil) }
        #expect(notes.withLock { $0.count } == 1)
        #expect(
            notes.withLock { $0.first?.contains("does not let system calls be filtered") } == true)
    }

    @Test("sound without end is cut off where the limits say")
    func endless() throws {
        let (samples, failure) = try Liar("samples without end").decode(seconds: 10)
        #expect(failure?.scope == .item)
        #expect(samples <= 11 * 16000)
    }

    @Test(
        "a child that does not end by itself says by what it was ended",
        arguments: [
            (SIGSEGV, "crashed (signal 11)"), (SIGABRT, "crashed (signal 6)"),
            (SIGKILL, "killed"), (SIGXCPU, "processor time"), (SIGSYS, "no decoding needs"),
        ])
    func signal(_ signal: Int32, _ words: String) throws {
        let failure = try #require(try Liar("crash by \(signal)").decode().failure)
        #expect(failure.scope == (signal == SIGKILL ? .temporary : .item))
        #expect(failure.kind == .audio)
        #expect(failure.message.contains(words))
    }

    @Test("a child that could not be started is tried again later")
    func unstarted() throws {
        let failure = try #require(try Liar("nothing by -11").decode().failure)
        #expect(failure.scope == .temporary)
    }

    @Test("a server that goes before it begins is started again for the same recording")
    func restarted() throws {
        let (samples, failure) = try Liar("gone at first").decode()
        #expect(samples == 1000)
        #expect(failure == nil)
    }

    @Test(
        "a server that goes again and again, or in the middle, is told",
        arguments: ["gone", "gone in the middle"])
    func gone(_ mode: String) throws {
        let failure = try #require(try Liar(mode).decode().failure)
        #expect(failure.scope == .temporary)
        #expect(failure.message.contains("callpipe-decode was ended"))
    }

    @Test(
        "a program that is not the one, or not there, stops the line",
        arguments: [
            ("mute", "ended at once"), ("another version", "another version"),
            ("", "No such file"),
        ])
    func unusable(_ mode: String, _ words: String) throws {
        let liar = try Liar(mode)
        if mode.isEmpty {
            try FileManager.default.removeItem(atPath: liar.scratch["callpipe-decode"])
        }
        let failure = try #require(liar.decode().failure)
        #expect(failure.scope == .stop)
        #expect(failure.kind == .configuration)
        #expect(failure.message.hasPrefix("start "))
        #expect(failure.message.contains(words))
        #expect(failure.remedy.contains("install"))
    }
}
