// WarmUp: a recording decoded before the first fork, so that no child has to begin with it.
internal import CSeccomp
internal import DecodeWire
internal import Glibc

/// Tables that a decoder makes once, and names that the loader looks up when they are first called,
/// take as long as half a minute of telephone sound does; children inherit them.
enum WarmUp {
    /// Half a second of silence as MP3 of 8 kHz: each frame is its header, and nothing in it.
    private static let silence: [UInt8] = {
        let header: [UInt8] = [0xFF, 0xE3, 0x18, 0xC0]
        let frame = header + [UInt8](repeating: 0, count: 72 - header.count)
        return (0..<8).flatMap { _ in frame }
    }()

    /// Decodes it; a fault here is a fault of the children as well, which report it.
    static func run() {
        // An M4A with a date has libavformat ask for the time zone, which is in a file.
        tzset()
        let memory = unsafe memfd_create("silence", 0)
        defer { close(memory) }
        let bytes = silence
        guard unsafe write(memory, bytes, bytes.count) == bytes.count,
            lseek(memory, 0, SEEK_SET) == 0
        else { return }
        let nowhere = unsafe open("/dev/null", O_WRONLY | O_CLOEXEC)
        defer { close(nowhere) }
        let request = DecodeRequest(
            work: .mix, suffix: "mp3", rate: 16000, seconds: 60, rates: 8000...8000, channels: 1,
            memory: 0, processorSeconds: 0)
        var outlet = Outlet(descriptor: nowhere)
        try? DecodeChild.work(request, from: memory, &outlet)
    }
}
