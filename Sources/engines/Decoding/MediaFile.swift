// MediaFile: a recording opened by libavformat, and the frames of its best audio stream.
internal import CFFmpeg
internal import DecodeWire

/// An open recording; owns its contexts, and is used by one thread.
@safe
final class MediaFile {
    private let input: Input
    private var format: UnsafeMutablePointer<AVFormatContext>?
    private var codec: UnsafeMutablePointer<AVCodecContext>?
    private var packet: UnsafeMutablePointer<AVPacket>?
    private var frame: UnsafeMutablePointer<AVFrame>?
    private var stream: Int32 = 0
    private let limits: DecodeRequest
    private var stated: StatedLength?

    // Samples are counted, not seconds added up, so that a whole number of them stays exact.
    private var samples = 0
    private var sampleRate = 0
    private var earlierSeconds = 0.0
    private var frames = 0
    private var damaged = 0
    private var reach = Reach()
    /// As the header says until a frame was decoded, then as that was.
    private(set) var rate = 0
    private(set) var channels = 0

    init(descriptor: Int32, limits: DecodeRequest) throws(DecodeFault) {
        self.limits = limits
        input = try Input(descriptor: descriptor)
        try open()
        try unsafe openDecoder(findStream())
        unsafe packet = av_packet_alloc()
        unsafe frame = av_frame_alloc()
        guard unsafe packet != nil, unsafe frame != nil else { throw DecodeFault(.memory) }
    }

    deinit {
        unsafe av_frame_free(&frame)
        unsafe av_packet_free(&packet)
        unsafe avcodec_free_context(&codec)
        unsafe avformat_close_input(&format)
    }

    /// Hands over each decoded frame until the taker has enough; the frame is only lent.
    func decode(
        _ body: (UnsafeMutablePointer<AVFrame>) throws(DecodeFault) -> Bool
    ) throws(DecodeFault) {
        guard let format = unsafe format, let packet = unsafe packet, let codec = unsafe codec
        else { return }
        while true {
            let status = unsafe av_read_frame(format, packet)
            guard status >= 0 else {
                if let fault = fault(status) { throw fault }
                // A file that is cut off ends here too; what came before is there.
                if status != cffmpeg_error_eof { damaged += 1 }
                break
            }
            defer { unsafe av_packet_unref(packet) }
            guard unsafe packet.pointee.stream_index == stream else { continue }
            let framesBefore = frames
            let sent = unsafe avcodec_send_packet(codec, packet)
            if sent == cffmpeg_error_memory { throw DecodeFault(.memory) }
            if sent < 0 {
                damaged += 1
            } else if try unsafe !drain(body) {
                return
            }
            if frames > framesBefore {
                reach.bytes += Double(unsafe packet.pointee.size)
                reach.position = unsafe packet.pointee.pos + Int64(packet.pointee.size)
            }
        }
        // The decoder holds back frames until it is told that nothing follows.
        if unsafe avcodec_send_packet(codec, nil) >= 0 { _ = try unsafe drain(body) }
    }

    private var seconds: Double {
        earlierSeconds + (sampleRate == 0 ? 0 : Double(samples) / Double(sampleRate))
    }

    /// What the decoded frames showed.
    ///
    /// - Throws: `DecodeFault` when too little of it was audio.
    func facts(isDualMono: Bool?) throws(DecodeFault) -> DecodeFacts {
        if input.hasFailed { throw DecodeFault(.disk) }
        guard frames > 0, seconds > 0, damaged <= frames, let codec = unsafe codec else {
            throw DecodeFault(frames > 0 ? .mostlyDamaged : .noSound)
        }
        reach.seconds = seconds
        let missing = stated?.missing(
            stream: Int(stream), reach: reach, limit: limits.seconds)
        return unsafe DecodeFacts(
            seconds: seconds, missingSeconds: missing ?? 0, rate: UInt32(rate),
            channels: UInt32(channels), damagedPackets: UInt32(clamping: damaged),
            isDualMono: isDualMono,
            codec: String(cString: avcodec_get_name(codec.pointee.codec_id)))
    }

    // MARK: opening

    private func open() throws(DecodeFault) {
        var options: OpaquePointer?
        defer { unsafe av_dict_free(&options) }
        unsafe av_dict_set(&options, "format_whitelist", Allowed.formats, 0)
        unsafe av_dict_set(&options, "codec_whitelist", Allowed.codecs, 0)
        // No protocol has this name: what a recording refers to is not opened.
        unsafe av_dict_set(&options, "protocol_whitelist", "none", 0)
        unsafe av_dict_set(&options, "max_streams", "16", 0)
        unsafe format = avformat_alloc_context()
        guard let context = unsafe format else { throw DecodeFault(.memory) }
        unsafe context.pointee.pb = input.context
        let status = unsafe avformat_open_input(
            &format, "recording.\(limits.suffix)", nil, &options)
        guard status >= 0 else { throw fault(status) ?? DecodeFault(.format) }
        // What follows estimates a length where none is stated.
        stated = unsafe format.map { unsafe StatedLength($0) }
        let found = unsafe avformat_find_stream_info(format, nil)
        guard found >= 0 else { throw fault(found) ?? DecodeFault(.damagedStart) }
    }

    /// What is no matter of the recording's form.
    private func fault(_ status: Int32) -> DecodeFault? {
        if input.hasFailed { return DecodeFault(.disk) }
        return status == cffmpeg_error_memory ? DecodeFault(.memory) : nil
    }

    /// The stream that FFmpeg would play; all others are not even read into packets.
    private func findStream() throws(DecodeFault) -> UnsafeMutablePointer<AVStream> {
        guard let format = unsafe format else { throw DecodeFault(.memory) }
        stream = unsafe av_find_best_stream(format, AVMEDIA_TYPE_AUDIO, -1, -1, nil, 0)
        let count = Int32(clamping: unsafe format.pointee.nb_streams)
        guard (0..<count).contains(stream) else { throw DecodeFault(.noAudio) }
        for index in 0..<Int(count) where index != Int(stream) {
            unsafe format.pointee.streams[index]?.pointee.discard = AVDISCARD_ALL
        }
        guard let best = unsafe format.pointee.streams[Int(stream)] else {
            throw DecodeFault(.noAudio)
        }
        return unsafe best
    }

    private func openDecoder(_ stream: UnsafeMutablePointer<AVStream>) throws(DecodeFault) {
        guard let parameters = unsafe stream.pointee.codecpar else { throw DecodeFault(.memory) }
        let name = unsafe String(cString: avcodec_get_name(parameters.pointee.codec_id))
        guard let decoder = unsafe avcodec_find_decoder(parameters.pointee.codec_id) else {
            throw DecodeFault(.noDecoder, codec: name)
        }
        (rate, channels) = unsafe (
            Int(parameters.pointee.sample_rate), Int(parameters.pointee.ch_layout.nb_channels)
        )
        try check(rate: rate, channels: channels)
        unsafe codec = avcodec_alloc_context3(decoder)
        guard let codec = unsafe codec,
            unsafe avcodec_parameters_to_context(codec, parameters) >= 0
        else { throw DecodeFault(.memory) }
        unsafe codec.pointee.pkt_timebase = stream.pointee.time_base
        unsafe codec.pointee.thread_count = 1
        var options: OpaquePointer?
        defer { unsafe av_dict_free(&options) }
        unsafe av_dict_set(&options, "codec_whitelist", Allowed.codecs, 0)
        let status = unsafe avcodec_open2(codec, decoder, &options)
        guard status >= 0 else {
            throw fault(status) ?? DecodeFault(.refused, codec: name)
        }
    }

    private func check(rate: Int, channels: Int) throws(DecodeFault) {
        guard limits.rates.contains(rate) else {
            throw DecodeFault(.rate, number: UInt32(clamping: rate))
        }
        guard channels >= 1, channels <= limits.channels else {
            throw DecodeFault(.channels, number: UInt32(clamping: channels))
        }
    }

    // MARK: decoding

    private func drain(
        _ body: (UnsafeMutablePointer<AVFrame>) throws(DecodeFault) -> Bool
    ) throws(DecodeFault) -> Bool {
        guard let codec = unsafe codec, let frame = unsafe frame else { return false }
        while true {
            let status = unsafe avcodec_receive_frame(codec, frame)
            if status == cffmpeg_error_again || status == cffmpeg_error_eof { return true }
            if status == cffmpeg_error_memory { throw DecodeFault(.memory) }
            guard status >= 0 else {
                damaged += 1
                return true
            }
            defer { unsafe av_frame_unref(frame) }
            try unsafe count(frame)
            if try unsafe !body(frame) { return false }
        }
    }

    private func count(_ frame: UnsafeMutablePointer<AVFrame>) throws(DecodeFault) {
        let frameRate = Int(unsafe frame.pointee.sample_rate)
        let frameChannels = Int(unsafe frame.pointee.ch_layout.nb_channels)
        // A stream may change midway, so each frame is held against the bounds.
        try check(rate: frameRate, channels: frameChannels)
        if frames == 0 { (rate, channels) = (frameRate, frameChannels) }
        if sampleRate != frameRate {
            (earlierSeconds, samples, sampleRate) = (seconds, 0, frameRate)
        }
        frames += 1
        samples += Int(unsafe frame.pointee.nb_samples)
        if let time = unsafe time(of: frame) {
            reach.end = time + Double(unsafe frame.pointee.nb_samples) / Double(frameRate)
        }
        guard seconds <= limits.seconds else { throw DecodeFault(.tooLong) }
    }

    /// When a frame begins, as the container counts.
    private func time(of frame: UnsafeMutablePointer<AVFrame>) -> Double? {
        guard let base = unsafe codec?.pointee.pkt_timebase, base.den > 0,
            case let time = unsafe frame.pointee.best_effort_timestamp, time != Int64.min
        else { return nil }
        return Double(time) * av_q2d(base)
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
