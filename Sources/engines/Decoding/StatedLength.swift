// StatedLength: how long a recording is by its own header, against what could be decoded of it.
internal import CFFmpeg

/// What decoding reached, in several measures: none is right for all containers.
struct Reach {
    /// The decoded samples over the rate; what was damaged in the middle is not among them.
    var seconds = 0.0
    /// When the last decoded frame ends, as the container counts time.
    var end = 0.0
    /// The bytes of the packets that could be decoded.
    var bytes = 0.0
    /// Where the last of them ends in the file.
    var position: Int64 = 0
}

/// What a container states, and never what is estimated from a bit rate.
struct StatedLength {
    /// By stream, in seconds.
    private var seconds: [Double] = []
    /// How many bytes of sound a WAV states, and how many of them are there.
    private var sound: (stated: Double, there: Double)?
    /// Where the frames of an MP3 begin, whose times are but the sum of the frames before.
    private var firstFrame: Int64?

    /// The most bytes that a header of 32 bits states; beyond are the numbers that programs put
    /// there which write to a pipe and do not know.
    private static let mostBytes: UInt32 = 0x7EFF_FFFF

    /// Takes what a header says, as it stands before libavformat looks further.
    init(_ format: UnsafeMutablePointer<AVFormatContext>) {
        guard let name = unsafe format.pointee.iformat?.pointee.name,
            let pb = unsafe format.pointee.pb
        else { return }
        switch unsafe String(cString: name) {
        case "wav", "w64": unsafe readSound(pb)
        case "mp3":
            firstFrame = unsafe avio_seek(pb, 0, SEEK_CUR)
            unsafe readStreams(format)
        // The end of an Ogg stream is what its last page says: the last that is there.
        case "ogg": break
        case let name: unsafe readStreams(format, isAIFF: name == "aiff")
        }
    }

    /// The length that libavformat gives a WAV which is cut off is that of what is left.
    private mutating func readSound(_ pb: UnsafeMutablePointer<AVIOContext>) {
        // libavformat stands at the first sample, behind the size of the sound.
        let start = unsafe avio_seek(pb, 0, SEEK_CUR)
        defer { unsafe avio_seek(pb, start, SEEK_SET) }
        unsafe avio_seek(pb, 0, SEEK_SET)
        let head = unsafe avio_rl32(pb)
        // The numbers of a big-endian WAV would be read backwards.
        guard head != Tag.rifx else { return }
        var stated: UInt64?
        unsafe avio_seek(pb, start - 8, SEEK_SET)
        if unsafe avio_rl32(pb) == Tag.data {
            let size = unsafe avio_rl32(pb)
            if size <= StatedLength.mostBytes { stated = UInt64(size) }
            if head == Tag.rf64 {
                unsafe avio_seek(pb, 12, SEEK_SET)
                let isThere = unsafe avio_rl32(pb) == Tag.ds64
                unsafe avio_seek(pb, 28, SEEK_SET)
                stated = isThere ? unsafe avio_rl64(pb) : nil
            }
        } else if start >= 24 {
            unsafe avio_seek(pb, start - 24, SEEK_SET)
            if unsafe avio_rl32(pb) == Tag.data {
                unsafe avio_seek(pb, start - 8, SEEK_SET)
                stated = unsafe avio_rl64(pb)
                stated = stated.map { $0 < 24 ? 0 : $0 - 24 }
            }
        }
        let size = unsafe avio_size(pb)
        guard let stated, stated > 0, size > start else { return }
        sound = (Double(stated), min(Double(stated), Double(size - start)))
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

    /// How many seconds the end of a stream is short of what is stated; a length beyond the limit
    /// would not be decoded if it were there, and so is none.
    func missing(stream: Int, reach: Reach, limit: Double) -> Double {
        var reached = max(reach.seconds, reach.end <= limit ? reach.end : 0)
        var stated = seconds.indices.contains(stream) ? seconds[stream] : 0
        if let sound { stated = reached * sound.stated / sound.there }
        if let firstFrame, reach.bytes > 0 {
            // What is damaged in the middle of an MP3 is in its bytes, if not in its times.
            let share = Double(reach.position - firstFrame) / reach.bytes
            reached = max(reached, reach.seconds * share)
        }
        return stated <= limit ? max(0, stated - reached) : 0
    }
}

/// The four letters at the head of a chunk, as a number.
private enum Tag {
    static let data: UInt32 = 0x6174_6164
    static let rf64: UInt32 = 0x3436_4652
    static let ds64: UInt32 = 0x3436_7364
    static let rifx: UInt32 = 0x5846_4952
}
