// Mixer: all channels of a frame as one, before anything else is done with them.
//
// libswresample by itself resamples first and mixes then when the rate goes up, which is twice the
// work for the usual call.
internal import CFFmpeg
internal import DecodeWire

/// Mixes the frames of a decoder; owns its context, and is used by one thread.
@safe
final class Mixer {
    private var context: OpaquePointer?
    private var output: UnsafeMutablePointer<AVFrame>?

    init() throws(DecodeFault) {
        unsafe context = swr_alloc()
        unsafe output = av_frame_alloc()
        guard unsafe context != nil, unsafe output != nil else { throw DecodeFault(.memory) }
    }

    deinit {
        unsafe av_frame_free(&output)
        unsafe swr_free(&context)
    }

    /// The frame itself when it has one channel; else another, lent until the next call.
    func mix(
        _ frame: UnsafeMutablePointer<AVFrame>
    ) throws(DecodeFault) -> UnsafeMutablePointer<AVFrame> {
        guard unsafe frame.pointee.ch_layout.nb_channels > 1, let output = unsafe output else {
            return unsafe frame
        }
        var status = unsafe run(frame, output)
        if status & cffmpeg_error_input_changed == cffmpeg_error_input_changed, status < 0 {
            // At the same rate nothing is held back that would be lost.
            unsafe swr_close(context)
            status = unsafe run(frame, output)
        }
        if status == cffmpeg_error_memory { throw DecodeFault(.memory) }
        guard status >= 0 else { throw DecodeFault(.sampleForm) }
        return unsafe output
    }

    private func run(
        _ frame: UnsafeMutablePointer<AVFrame>, _ output: UnsafeMutablePointer<AVFrame>
    ) -> Int32 {
        unsafe av_frame_unref(output)
        unsafe output.pointee.sample_rate = frame.pointee.sample_rate
        // 16 bits stay 16 bits; finer samples are rounded at the end only.
        let form = unsafe AVSampleFormat(rawValue: frame.pointee.format)
        let isCoarse = av_get_bytes_per_sample(form) <= 2
        unsafe output.pointee.format =
            (isCoarse ? AV_SAMPLE_FMT_S16P : AV_SAMPLE_FMT_FLTP).rawValue
        unsafe av_channel_layout_default(&output.pointee.ch_layout, 1)
        unsafe weigh(&frame.pointee.ch_layout, &output.pointee.ch_layout)
        return unsafe swr_convert_frame(context, output, frame)
    }

    /// The most channels that libswresample takes; it refuses more by itself.
    private static let mostChannels = 64

    /// Makes the mix the mean of all channels, before the first frame of a form.
    ///
    /// Of three or six channels libswresample takes one for the bass, and leaves it out of a mix. A
    /// recorder has a party there.
    private func weigh(
        _ input: UnsafePointer<AVChannelLayout>, _ output: UnsafePointer<AVChannelLayout>
    ) {
        let count = unsafe Int(input.pointee.nb_channels)
        guard let context = unsafe context, unsafe swr_is_initialized(context) == 0,
            count <= Mixer.mostChannels
        else { return }
        unsafe av_opt_set_chlayout(UnsafeMutableRawPointer(context), "ichl", input, 0)
        unsafe av_opt_set_chlayout(UnsafeMutableRawPointer(context), "ochl", output, 0)
        let weights = [Double](repeating: 1 / Double(count), count: count)
        unsafe swr_set_matrix(context, weights, Int32(count))
    }
}
