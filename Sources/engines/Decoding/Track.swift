// Track: one stream of sound of a recording, frame by frame.
internal import CFFmpeg
internal import DecodeWire

/// A stream and its decoder; owns its contexts, and is used by one thread.
@safe
final class Track {
    private let container: Container
    private let stream: Int
    private let limits: DecodeRequest
    private var codec: UnsafeMutablePointer<AVCodecContext>?
    private var packet: UnsafeMutablePointer<AVPacket>?
    private var frame: UnsafeMutablePointer<AVFrame>?
    private var isDraining = false
    /// The packet whose frames come now, until the first of them is there.
    private var pending: (bytes: Double, end: Int64)?

    // Samples are counted, not seconds added up, so that a whole number of them stays exact.
    private var samples = 0
    private var sampleRate = 0
    private var earlierSeconds = 0.0
    private var reach = Reach()
    /// How many frames were decoded.
    private(set) var frames = 0
    /// How many packets could not be decoded.
    private(set) var damaged = 0
    /// As the header says until a frame was decoded, then as that was.
    private(set) var rate = 0
    private(set) var channels = 0
    /// When the frame in hand begins, as the container counts time.
    private(set) var time: Double?

    init(_ container: Container, stream: Int, limits: DecodeRequest) throws(DecodeFault) {
        self.container = container
        self.stream = stream
        self.limits = limits
        container.keepOnly(stream)
        try openDecoder()
        unsafe packet = av_packet_alloc()
        unsafe frame = av_frame_alloc()
        guard unsafe packet != nil, unsafe frame != nil else { throw DecodeFault(.memory) }
    }

    deinit {
        unsafe av_frame_free(&frame)
        unsafe av_packet_free(&packet)
        unsafe avcodec_free_context(&codec)
    }

    private func openDecoder() throws(DecodeFault) {
        guard let stream = unsafe container.stream(stream),
            let parameters = unsafe stream.pointee.codecpar
        else { throw DecodeFault(.memory) }
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
            throw container.fault(status) ?? DecodeFault(.refused, codec: name)
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

    // MARK: facts

    /// The decoded samples over the rate.
    var seconds: Double {
        earlierSeconds + (sampleRate == 0 ? 0 : Double(samples) / Double(sampleRate))
    }

    /// How much more of it the header states, in seconds.
    var missing: Double {
        var reach = reach
        reach.seconds = seconds
        return container.stated?.missing(stream: stream, reach: reach, limit: limits.seconds) ?? 0
    }

    /// FFmpeg's name of the codec.
    var codecName: String {
        guard let codec = unsafe codec else { return "" }
        return unsafe String(cString: avcodec_get_name(codec.pointee.codec_id))
    }

    // MARK: decoding

    /// The next frame, which is lent until the one after it; `nil` at the end.
    func next() throws(DecodeFault) -> UnsafeMutablePointer<AVFrame>? {
        guard let codec = unsafe codec, let frame = unsafe frame else { return nil }
        while true {
            unsafe av_frame_unref(frame)
            let status = unsafe avcodec_receive_frame(codec, frame)
            if status >= 0 {
                try unsafe count(frame)
                return unsafe frame
            }
            if status == cffmpeg_error_memory { throw DecodeFault(.memory) }
            if status == cffmpeg_error_eof { return nil }
            if status != cffmpeg_error_again { damaged += 1 }
            if isDraining { return nil }
            try unsafe feed(codec)
        }
    }

    /// Gives the decoder one more packet, or tells it that nothing follows: it holds back frames.
    private func feed(_ codec: UnsafeMutablePointer<AVCodecContext>) throws(DecodeFault) {
        guard let packet = unsafe packet else { return }
        while true {
            let status = unsafe container.read(into: packet)
            guard status >= 0 else {
                if let fault = container.fault(status) { throw fault }
                // A file that is cut off ends here, too; the part before it is decoded.
                if status != cffmpeg_error_eof { damaged += 1 }
                isDraining = true
                unsafe avcodec_send_packet(codec, nil)
                return
            }
            defer { unsafe av_packet_unref(packet) }
            guard unsafe Int(packet.pointee.stream_index) == stream else { continue }
            let sent = unsafe avcodec_send_packet(codec, packet)
            if sent == cffmpeg_error_memory { throw DecodeFault(.memory) }
            guard sent >= 0 else {
                damaged += 1
                continue
            }
            pending = unsafe (
                Double(packet.pointee.size), packet.pointee.pos + Int64(packet.pointee.size)
            )
            return
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
        time = unsafe time(of: frame)
        if let time {
            reach.end = time + Double(unsafe frame.pointee.nb_samples) / Double(frameRate)
        }
        if let packet = pending, !isDraining {
            reach.bytes += packet.bytes
            reach.position = packet.end
        }
        pending = nil
        guard seconds <= limits.seconds else { throw DecodeFault(.tooLong) }
    }

    private func time(of frame: UnsafeMutablePointer<AVFrame>) -> Double? {
        guard let base = unsafe codec?.pointee.pkt_timebase, base.den > 0,
            case let time = unsafe frame.pointee.best_effort_timestamp, time != Int64.min
        else { return nil }
        return Double(time) * av_q2d(base)
    }
}
