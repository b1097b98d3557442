// MediaFile: a file opened by libavformat, and the frames of its best audio stream.
internal import CFFmpeg
internal import Glibc
internal import Records

/// An open recording; owns its contexts, and is used by one thread.
@safe
final class MediaFile {
    private var format: UnsafeMutablePointer<AVFormatContext>?
    private var codec: UnsafeMutablePointer<AVCodecContext>?
    private var packet: UnsafeMutablePointer<AVPacket>?
    private var frame: UnsafeMutablePointer<AVFrame>?
    private var stream: Int32 = 0
    private let limits: Audio.Limits

    // Samples are counted, not seconds added up, so that a whole number of them stays exact.
    private var samples = 0
    private var sampleRate = 0
    private var earlierSeconds = 0.0
    private var frames = 0
    private var damaged = 0
    private var rate = 0
    private var channels = 0

    /// FFmpeg writes to standard error unless it is told not to, once for the process.
    private static let isQuiet: Bool = {
        av_log_set_level(AV_LOG_QUIET)
        return true
    }()

    init(_ path: String, limits: Audio.Limits) throws(Failure) {
        self.limits = limits
        precondition(MediaFile.isQuiet)
        try MediaFile.check(path)
        try open(path)
        try unsafe openDecoder(findStream())
        unsafe packet = av_packet_alloc()
        unsafe frame = av_frame_alloc()
        guard unsafe packet != nil, unsafe frame != nil else { throw MediaFile.outOfMemory }
    }

    deinit {
        unsafe av_frame_free(&frame)
        unsafe av_packet_free(&packet)
        unsafe avcodec_free_context(&codec)
        unsafe avformat_close_input(&format)
    }

    /// Hands over each decoded frame; the frame is only lent.
    func decode(
        _ body: (UnsafeMutablePointer<AVFrame>) throws(Failure) -> Void
    ) throws(Failure) {
        guard let format = unsafe format, let packet = unsafe packet, let codec = unsafe codec
        else { return }
        while true {
            let status = unsafe av_read_frame(format, packet)
            guard status >= 0 else {
                if status == cffmpeg_error_io {
                    throw Failure(.temporary, .storage, "read the audio: the disk gave an error")
                }
                // A file that is cut off ends here too; what came before is there.
                if status != cffmpeg_error_eof { damaged += 1 }
                break
            }
            defer { unsafe av_packet_unref(packet) }
            guard unsafe packet.pointee.stream_index == stream else { continue }
            if unsafe avcodec_send_packet(codec, packet) < 0 {
                damaged += 1
            } else {
                try unsafe drain(body)
            }
        }
        // The decoder holds back frames until it is told that nothing follows.
        if unsafe avcodec_send_packet(codec, nil) >= 0 { try unsafe drain(body) }
    }

    private var seconds: Double {
        earlierSeconds + (sampleRate == 0 ? 0 : Double(samples) / Double(sampleRate))
    }

    /// What the decoded frames showed.
    ///
    /// - Throws: `Failure` of scope `item` when too little of it was audio.
    func facts() throws(Failure) -> Audio.Facts {
        guard frames > 0, seconds > 0, damaged <= frames, let codec = unsafe codec else {
            throw Failure(
                .item, .audio,
                frames > 0
                    ? "decode the audio: most of it is damaged"
                    : "decode the audio: it holds no sound that can be decoded")
        }
        return unsafe Audio.Facts(
            seconds: seconds, rate: rate, channels: channels,
            codec: String(cString: avcodec_get_name(codec.pointee.codec_id)),
            damagedPackets: damaged)
    }

    // MARK: opening

    private static let outOfMemory = Failure(.stop, .internal, "decode the audio: out of memory")

    /// Only a regular file: a pipe would block, a directory or device is a mistake.
    private static func check(_ path: String) throws(Failure) {
        var status = stat()
        guard unsafe stat(path, &status) == 0 else {
            throw errno == ENOENT || errno == ENOTDIR
                ? Failure(.item, .notFound, "open the audio: there is no such file")
                : Failure(.item, .storage, "open the audio: \(SystemError().reason)")
        }
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw Failure(.item, .audio, "open the audio: it is not a regular file")
        }
        guard status.st_size > 0 else {
            throw Failure(.item, .audio, "open the audio: the file is empty")
        }
        guard unsafe access(path, R_OK) == 0 else {
            throw Failure(.item, .storage, "open the audio: \(SystemError().reason)")
        }
    }

    private func open(_ path: String) throws(Failure) {
        var options: OpaquePointer?
        defer { unsafe av_dict_free(&options) }
        unsafe av_dict_set(&options, "format_whitelist", Allowed.formats, 0)
        unsafe av_dict_set(&options, "codec_whitelist", Allowed.codecs, 0)
        unsafe av_dict_set(&options, "protocol_whitelist", "file", 0)
        unsafe av_dict_set(&options, "max_streams", "16", 0)
        // With the prefix a name that looks like an address stays a name.
        let status = unsafe avformat_open_input(&format, "file:" + path, nil, &options)
        guard status >= 0 else {
            throw Failure(
                .item, .audio,
                "open the audio: it is no recording in a format that is read (\(reason(status)))")
        }
        let found = unsafe avformat_find_stream_info(format, nil)
        guard found >= 0 else {
            throw Failure(.item, .audio, "open the audio: it is damaged (\(reason(found)))")
        }
    }

    /// The stream that FFmpeg would play; all others are not even read into packets.
    private func findStream() throws(Failure) -> UnsafeMutablePointer<AVStream> {
        guard let format = unsafe format else { throw MediaFile.outOfMemory }
        stream = unsafe av_find_best_stream(format, AVMEDIA_TYPE_AUDIO, -1, -1, nil, 0)
        let count = Int32(clamping: unsafe format.pointee.nb_streams)
        guard (0..<count).contains(stream) else {
            throw Failure(.item, .audio, "decode the audio: the file holds no audio")
        }
        for index in 0..<Int(count) where index != Int(stream) {
            unsafe format.pointee.streams[index]?.pointee.discard = AVDISCARD_ALL
        }
        guard let best = unsafe format.pointee.streams[Int(stream)] else {
            throw MediaFile.outOfMemory
        }
        return unsafe best
    }

    private func openDecoder(_ stream: UnsafeMutablePointer<AVStream>) throws(Failure) {
        guard let parameters = unsafe stream.pointee.codecpar else { throw MediaFile.outOfMemory }
        let name = unsafe String(cString: avcodec_get_name(parameters.pointee.codec_id))
        guard let decoder = unsafe avcodec_find_decoder(parameters.pointee.codec_id) else {
            throw Failure(.item, .audio, "decode the audio: no decoder for codec \(name)")
        }
        try check(
            rate: unsafe parameters.pointee.sample_rate,
            channels: unsafe parameters.pointee.ch_layout.nb_channels)
        unsafe codec = avcodec_alloc_context3(decoder)
        guard let codec = unsafe codec,
            unsafe avcodec_parameters_to_context(codec, parameters) >= 0
        else { throw MediaFile.outOfMemory }
        unsafe codec.pointee.pkt_timebase = stream.pointee.time_base
        unsafe codec.pointee.thread_count = 1
        var options: OpaquePointer?
        defer { unsafe av_dict_free(&options) }
        unsafe av_dict_set(&options, "codec_whitelist", Allowed.codecs, 0)
        let status = unsafe avcodec_open2(codec, decoder, &options)
        guard status >= 0 else {
            throw Failure(
                .item, .audio, "decode the audio: codec \(name) is refused (\(reason(status)))")
        }
    }

    private func check(rate: Int32, channels: Int32) throws(Failure) {
        guard limits.rates.contains(Int(rate)) else {
            throw Failure(
                .item, .audio,
                "decode the audio: \(rate) Hz is outside \(limits.rates.lowerBound) to "
                    + "\(limits.rates.upperBound) Hz")
        }
        guard (1...limits.channels).contains(Int(channels)) else {
            throw Failure(
                .item, .audio,
                "decode the audio: \(channels) channels where 1 to \(limits.channels) are read")
        }
    }

    private func reason(_ status: Int32) -> String {
        var text = [CChar](repeating: 0, count: 128)
        _ = unsafe av_strerror(status, &text, text.count)
        return String(decoding: text.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    }

    // MARK: decoding

    private func drain(
        _ body: (UnsafeMutablePointer<AVFrame>) throws(Failure) -> Void
    ) throws(Failure) {
        guard let codec = unsafe codec, let frame = unsafe frame else { return }
        while true {
            let status = unsafe avcodec_receive_frame(codec, frame)
            if status == cffmpeg_error_again || status == cffmpeg_error_eof { return }
            guard status >= 0 else {
                damaged += 1
                return
            }
            defer { unsafe av_frame_unref(frame) }
            try unsafe count(frame)
            try unsafe body(frame)
        }
    }

    private func count(_ frame: UnsafeMutablePointer<AVFrame>) throws(Failure) {
        let frameRate = unsafe frame.pointee.sample_rate
        let frameChannels = unsafe frame.pointee.ch_layout.nb_channels
        // A stream may change midway, so each frame is held against the bounds.
        try check(rate: frameRate, channels: frameChannels)
        if frames == 0 {
            rate = Int(frameRate)
            channels = Int(frameChannels)
        }
        if sampleRate != Int(frameRate) {
            (earlierSeconds, samples, sampleRate) = (seconds, 0, Int(frameRate))
        }
        frames += 1
        samples += Int(unsafe frame.pointee.nb_samples)
        guard seconds <= limits.seconds else {
            throw Failure(
                .item, .audio,
                "decode the audio: it is longer than \(Int(limits.seconds / 60)) minutes")
        }
    }
}

/// The names that FFmpeg's own white lists compare with.
private enum Allowed {
    static let formats = "wav,w64,mp3,ogg,flac,mov,aac,amr,gsm,aiff,au"
    static let codecs = [
        "mp3float,mp3,mp2float,mp2,vorbis,libvorbis,opus,libopus,flac,alac,aac",
        "pcm_u8,pcm_s8,pcm_s16le,pcm_s16be,pcm_s24le,pcm_s24be,pcm_s32le,pcm_s32be",
        "pcm_f32le,pcm_f32be,pcm_f64le,pcm_mulaw,pcm_alaw,adpcm_ms,adpcm_ima_wav",
        "gsm,gsm_ms,libgsm,libgsm_ms,g722,g729,amrnb,amrwb",
    ].joined(separator: ",")
}
