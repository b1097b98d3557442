// StatedLength: the length that a recording's header states, against the length that was decoded.
internal import CFFmpeg

/// The end of the decoded sound, in several measures: none is right for all containers.
struct Reach {
    /// The decoded samples over the rate, without damaged parts in the middle.
    var seconds = 0.0
    /// When the last decoded frame ends, as the container counts time.
    var end = 0.0
    /// The bytes of the packets that could be decoded.
    var bytes = 0.0
    /// Where the last of them ends in the file.
    var position: Int64 = 0
}

/// The length that a container states; never an estimate from a bit rate.
struct StatedLength {
    /// The sound of a container of chunks.
    struct Sound {
        /// Where it begins.
        var start: Int64
        /// How many bytes the header states, always more than none.
        var bytes: UInt64
        var layout: Layout

        /// Where it ends, which may be beyond the file.
        var end: Int64 { start + Int64(min(bytes, UInt64(Int64.max / 2))) }
    }

    private(set) var sound: Sound?
    /// The share of the stated sound that is there, from 0 to 1.
    private var shareThere = 1.0
    /// By stream, in seconds.
    private var seconds: [Double] = []
    /// True when the header states one length for all streams, which one may end before.
    private(set) var isCommon = false
    /// Where the frames of an MP3 begin, whose times are but the sum of the frames before.
    private var firstFrame: Int64?

    /// The most bytes that a header of 32 bits states; beyond are the numbers that programs put
    /// there which write to a pipe and do not know.
    private static let mostBytes: UInt64 = 0x7EFF_FFFF

    /// Reads the header, before libavformat reads further.
    init(_ format: UnsafeMutablePointer<AVFormatContext>, _ input: Input) {
        guard let name = unsafe format.pointee.iformat?.pointee.name,
            let pb = unsafe format.pointee.pb
        else { return }
        let start = unsafe avio_seek(pb, 0, SEEK_CUR)
        switch unsafe String(cString: name) {
        case "wav", "w64": readSound(from: start, in: input)
        case "mp3":
            firstFrame = start
            unsafe readStreams(format)
        case "matroska,webm": unsafe readDuration(format)
        // An Ogg stream states its end on its last page only, which is missing when it is cut off.
        case "ogg": break
        case "aiff":
            if input.letters(at: start - 16) == "SSND",
                let size = input.number(at: start - 12, 4, isBigEndian: true), size > 8,
                size <= StatedLength.mostBytes
            {
                // The length counts eight more bytes before the first sample.
                sound = Sound(start: start, bytes: size - 8, layout: .big)
            }
            unsafe readStreams(format, isAIFF: true)
        default: unsafe readStreams(format)
        }
    }

    /// Reads it from the file: for a WAV that is cut off, libavformat gives the length of the rest.
    private mutating func readSound(from start: Int64, in input: Input) {
        let head = input.letters(at: 0)
        let layout: Layout
        var bytes: UInt64?
        if input.letters(at: start - 8) == "data" {
            layout = head == "RIFX" ? .big : .riff
            bytes = input.number(at: start - 4, 4, isBigEndian: layout == .big)
            if let stated = bytes, stated > StatedLength.mostBytes { bytes = nil }
            if head == "RF64" {
                bytes = input.letters(at: 12) == "ds64" ? input.number(at: 28, 8) : nil
            }
        } else if input.letters(at: start - 24) == "data" {
            layout = .wave64
            bytes = input.number(at: start - 8, 8).map { $0 < 24 ? 0 : $0 - 24 }
        } else {
            return
        }
        guard let bytes, bytes > 0, input.size > start else { return }
        sound = Sound(start: start, bytes: bytes, layout: layout)
        shareThere = min(1, Double(input.size - start) / Double(bytes))
    }

    private mutating func readStreams(
        _ format: UnsafeMutablePointer<AVFormatContext>, isAIFF: Bool = false
    ) {
        for index in 0..<Int(unsafe format.pointee.nb_streams) {
            guard let stream = unsafe format.pointee.streams[index] else { return }
            let (duration, base) = unsafe (stream.pointee.duration, stream.pointee.time_base)
            // An AIFF counts frames of so many bytes, and may hold a number that means nothing too.
            let block = isAIFF ? unsafe stream.pointee.codecpar?.pointee.block_align ?? 0 : 0
            let isKnown =
                duration > 0 && base.den > 0
                && Double(duration) * Double(block) <= Double(StatedLength.mostBytes)
            seconds.append(isKnown ? Double(duration) * av_q2d(base) : 0)
        }
    }

    /// Pictures may go on when the sound has ended, so that a video states nothing of its sound.
    private mutating func readDuration(_ format: UnsafeMutablePointer<AVFormatContext>) {
        let count = unsafe Int(format.pointee.nb_streams)
        let isSound = (0..<count).allSatisfy { index in
            unsafe format.pointee.streams[index]?.pointee.codecpar?.pointee.codec_type
                == AVMEDIA_TYPE_AUDIO
        }
        let duration = unsafe format.pointee.duration
        guard isSound, duration > 0 else { return }
        isCommon = true
        seconds = Array(repeating: Double(duration) / Double(AV_TIME_BASE), count: count)
    }

    /// The seconds from the decoded end of a stream to its stated end.
    ///
    /// A stated length beyond the limit counts as none, because it would not be decoded.
    func missing(stream: Int, reach: Reach, limit: Double) -> Double {
        var reached = max(reach.seconds, reach.end <= limit ? reach.end : 0)
        var stated = seconds.indices.contains(stream) ? seconds[stream] : 0
        if shareThere > 0, shareThere < 1 { stated = reached / shareThere }
        if let firstFrame, reach.bytes > 0 {
            // A damaged part in the middle of an MP3 counts in its bytes, if not in its times.
            let share = Double(reach.position - firstFrame) / reach.bytes
            reached = max(reached, reach.seconds * share)
        }
        return stated <= limit ? max(0, stated - reached) : 0
    }
}
