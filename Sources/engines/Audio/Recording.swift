// Recording: a file opened for a decoder that cannot open anything itself.
internal import DecodeWire
internal import Glibc
internal import Records
internal import System

/// An open regular file that is not empty; closed when it goes.
struct Recording: ~Copyable {
    let descriptor: Int32
    let size: Int
    private let path: String

    init(_ path: String) throws(Failure) {
        self.path = path
        // O_NONBLOCK, since it may be a pipe without a writer.
        descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)
        guard descriptor >= 0 else {
            throw errno == ENOENT || errno == ENOTDIR
                ? Failure(.item, .notFound, "open the audio: there is no such file")
                : Failure(.item, .storage, "open the audio: \(SystemError().reason)")
        }
        var status = stat()
        guard unsafe fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            close(descriptor)
            throw Failure(.item, .audio, "open the audio: it is not a regular file")
        }
        guard status.st_size > 0 else {
            close(descriptor)
            throw Failure(.item, .audio, "open the audio: the file is empty")
        }
        size = Int(status.st_size)
    }

    deinit { close(descriptor) }

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
