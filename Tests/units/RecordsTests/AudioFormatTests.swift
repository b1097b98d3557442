// AudioFormatTests: what files are called, by what a service says and by what decoding showed.
import Records
import Testing

@Suite struct AudioFormatTests {
    @Test(
        "a media type has its format, in whatever spelling",
        arguments: [
            ("audio/mpeg", AudioFormat.mp3), ("Audio/MPEG; charset=binary", .mp3),
            ("audio/wav", .wav), ("audio/x-wav ", .wav), ("audio/wave", .wav),
            ("audio/vnd.wave;codec=7", .wav), ("audio/ogg", .ogg), ("audio/mp4", .m4a),
            ("audio/x-m4a", .m4a), ("audio/webm", .webm), ("audio/basic", .au),
        ] as [(String, AudioFormat)])
    func contentType(_ text: String, _ format: AudioFormat) {
        #expect(AudioFormat(contentType: text) == format)
    }

    @Test(
        "a type of something else has none",
        arguments: [nil, "", "text/html", "application/json", "application/octet-stream"])
    func noAudio(_ text: String?) {
        #expect(AudioFormat(contentType: text) == nil)
    }

    @Test("a format's own type is read as that format")
    func roundTrip() {
        for format in AudioFormat.allCases where format != .unknown {
            #expect(AudioFormat(contentType: format.contentType) == format)
        }
    }

    @Test("FFmpeg's names are read")
    func decoded() {
        #expect(AudioFormat(decodedAs: "mov") == .m4a)
        #expect(AudioFormat(decodedAs: "wav") == .wav)
        #expect(AudioFormat(decodedAs: "matroska") == .mka)
        #expect(AudioFormat(decodedAs: "bin") == nil)
        #expect(AudioFormat(decodedAs: "tta") == nil)
    }
}
