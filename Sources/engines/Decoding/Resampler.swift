// Resampler: frames as blocks of 16-bit samples, at one rate, mixed or channel by channel.
internal import CFFmpeg
internal import DecodeWire

/// Converts the frames of a decoder; owns its context, and is used by one thread.
@safe
final class Resampler {
    /// Takes the next samples of one channel, from 0; in a mix there is channel 0 only.
    typealias Sink = (_ channel: Int, _ samples: Span<Int16>) throws(DecodeFault) -> Void

    private var context: OpaquePointer?
    private var output: UnsafeMutablePointer<AVFrame>?
    private let mixer: Mixer?
    private let rate: Int32?
    private var inputChannels: Int32 = 0
    private var outputRate: Int32 = 0
    private var outputLayout = unsafe AVChannelLayout()

    init(isMix: Bool, rate: Int?) throws(DecodeFault) {
        mixer = isMix ? try Mixer() : nil
        self.rate = rate.map(Int32.init(clamping:))
        unsafe context = swr_alloc()
        unsafe output = av_frame_alloc()
        guard unsafe context != nil, unsafe output != nil else {
            throw DecodeFault(.memory)
        }
    }

    deinit {
        unsafe av_channel_layout_uninit(&outputLayout)
        unsafe av_frame_free(&output)
        unsafe swr_free(&context)
    }

    /// The rate and the number of channels that the sink gets; known after its first block.
    var form: (rate: Int, channels: Int) {
        (Int(outputRate), Int(unsafe outputLayout.nb_channels))
    }

    /// Converts one frame; the filter holds some samples back until a later one or `finish`.
    func convert(
        _ frame: UnsafeMutablePointer<AVFrame>, into sink: Sink
    ) throws(DecodeFault) {
        if unsafe frame.pointee.ch_layout.order == AV_CHANNEL_ORDER_UNSPEC {
            let count = unsafe frame.pointee.ch_layout.nb_channels
            unsafe av_channel_layout_default(&frame.pointee.ch_layout, count)
        }
        let frame = if let mixer { try unsafe mixer.mix(frame) } else { unsafe frame }
        let count = unsafe frame.pointee.ch_layout.nb_channels
        if inputChannels == 0 {
            inputChannels = count
            outputRate = rate ?? (unsafe frame.pointee.sample_rate)
            // In the same layout no channel is touched.
            unsafe av_channel_layout_copy(&outputLayout, &frame.pointee.ch_layout)
        }
        guard count == inputChannels else { throw DecodeFault(.channelsChange) }
        var status = try unsafe run(frame, into: sink)
        if status & cffmpeg_error_input_changed == cffmpeg_error_input_changed, status < 0 {
            // The stream has a new rate or form: empty the filter, then set it up anew.
            try finish(into: sink)
            unsafe swr_close(context)
            status = try unsafe run(frame, into: sink)
        }
        if status == cffmpeg_error_memory { throw DecodeFault(.memory) }
        guard status >= 0 else { throw DecodeFault(.sampleForm) }
    }

    /// Hands over the samples that the filter still holds: the last 2 ms.
    func finish(into sink: Sink) throws(DecodeFault) {
        guard let context = unsafe context, unsafe swr_is_initialized(context) != 0 else { return }
        while try unsafe run(nil, into: sink) > 0 {}
    }

    /// The number of samples per channel that came out, or FFmpeg's error.
    private func run(
        _ frame: UnsafeMutablePointer<AVFrame>?, into sink: Sink
    ) throws(DecodeFault) -> Int32 {
        guard let output = unsafe output else { return 0 }
        unsafe av_frame_unref(output)
        unsafe output.pointee.sample_rate = outputRate
        unsafe output.pointee.format = AV_SAMPLE_FMT_S16P.rawValue
        unsafe av_channel_layout_copy(&output.pointee.ch_layout, &outputLayout)
        let status = unsafe swr_convert_frame(context, output, frame)
        guard status >= 0 else { return status }
        let count = unsafe output.pointee.nb_samples
        guard count > 0, let planes = unsafe output.pointee.extended_data else { return 0 }
        for channel in 0..<Int(unsafe output.pointee.ch_layout.nb_channels) {
            guard let plane = unsafe planes[channel] else { continue }
            let samples = unsafe UnsafeRawPointer(plane).assumingMemoryBound(to: Int16.self)
            try sink(channel, unsafe Span(_unsafeStart: samples, count: Int(count)))
        }
        return count
    }
}
