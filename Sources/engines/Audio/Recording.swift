// Recording: a file opened for a decoder that cannot open anything itself.
internal import DecodeWire
internal import Glibc
internal import Records
internal import System

/// An open regular file that is not empty; closed when it goes.
struct Recording: ~Copyable {
    private let file: OwnedDescriptor
    let size: Int
    private let path: String

    /// The open file.
    var descriptor: Int32 { file.number }

    init(_ path: String) throws(Failure) {
        self.path = path
        // O_NONBLOCK, since it may be a pipe without a writer.
        let opened = try Recording.open(path)
        guard let status = try? FileStatus(of: opened.number), status.kind == .file else {
            throw Failure(.item, .audio, "open the audio: it is not a regular file")
        }
        guard status.size > 0 else {
            throw Failure(.item, .audio, "open the audio: the file is empty")
        }
        file = opened
        size = status.size
    }

    private static func open(_ path: String) throws(Failure) -> OwnedDescriptor {
        do {
            return try OwnedDescriptor(opening: path, O_RDONLY | O_NONBLOCK | O_NOCTTY)
        } catch {
            throw error.code == ENOENT || error.code == ENOTDIR
                ? Failure(.item, .notFound, "open the audio: there is no such file")
                : Failure(.item, .storage, "open the audio: \(error.reason)")
        }
    }

    /// The request that goes to the decoder.
    func request(
        _ work: DecodeRequest.Work, rate: Int?, _ limits: Audio.Limits
    ) -> DecodeRequest {
        let name = path.split(separator: "/").last ?? ""
        let suffix = name.split(separator: ".", omittingEmptySubsequences: false).dropFirst().last
        // A day of MP3 at the lowest bit rate takes a quarter of this on a slow machine.
        let time = 60 + size / (256 << 10)
        return DecodeRequest(
            work: work, suffix: suffix.map(String.init) ?? "", rate: rate,
            seconds: limits.seconds, rates: limits.rates, channels: limits.channels,
            memory: limits.memory, processorSeconds: limits.processorSeconds ?? time)
    }
}
