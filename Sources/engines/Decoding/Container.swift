// Container: a recording opened by libavformat.
internal import CFFmpeg
internal import DecodeWire

/// An open recording; owns its context, and is used by one thread.
@safe
final class Container {
    let input: Input
    /// The length of the recording, as its header states it.
    private(set) var stated: StatedLength?
    private var format: UnsafeMutablePointer<AVFormatContext>?

    init(_ input: Input, suffix: String) throws(DecodeFault) {
        self.input = input
        var options: OpaquePointer?
        defer { unsafe av_dict_free(&options) }
        unsafe av_dict_set(&options, "format_whitelist", Allowed.formats, 0)
        unsafe av_dict_set(&options, "codec_whitelist", Allowed.codecs, 0)
        // No protocol has this name, so a recording cannot refer to another file.
        unsafe av_dict_set(&options, "protocol_whitelist", "none", 0)
        unsafe av_dict_set(&options, "max_streams", "16", 0)
        unsafe format = avformat_alloc_context()
        guard let context = unsafe format else { throw DecodeFault(.memory) }
        unsafe context.pointee.pb = input.context
        let status = unsafe avformat_open_input(&format, "recording.\(suffix)", nil, &options)
        guard status >= 0 else { throw fault(status) ?? DecodeFault(.format) }
        // Later steps estimate a length where none is stated.
        stated = unsafe format.map { unsafe StatedLength($0, input) }
        if input.letters(at: 0) == "RIFX" { turnSamples() }
    }

    /// libavformat reads the header of a big-endian WAV, and takes its samples for little-endian.
    private func turnSamples() {
        let codecs = [
            AV_CODEC_ID_PCM_S16LE: AV_CODEC_ID_PCM_S16BE,
            AV_CODEC_ID_PCM_S24LE: AV_CODEC_ID_PCM_S24BE,
            AV_CODEC_ID_PCM_S32LE: AV_CODEC_ID_PCM_S32BE,
            AV_CODEC_ID_PCM_F32LE: AV_CODEC_ID_PCM_F32BE,
        ]
        guard let parameters = unsafe stream(0)?.pointee.codecpar,
            let codec = codecs.first(where: { unsafe $0.key == parameters.pointee.codec_id })
        else { return }
        unsafe parameters.pointee.codec_id = codec.value
    }

    deinit { unsafe avformat_close_input(&format) }

    /// FFmpeg's name of the format, such as `wav`; the first where it has several.
    var name: Substring {
        guard let name = unsafe format?.pointee.iformat?.pointee.name else { return "" }
        return unsafe String(cString: name).prefix { $0 != "," }
    }

    /// Where libavformat stands: behind the header, when nothing else was read yet.
    var position: Int64 { unsafe format.map { unsafe avio_seek($0.pointee.pb, 0, SEEK_CUR) } ?? 0 }

    /// Reads the sound of a WAV up to the end of the file, whatever the header states.
    func ignoreStatedLength() {
        unsafe av_opt_set(format?.pointee.priv_data, "ignore_length", "1", 0)
    }

    /// Reads as much as it takes to know the form of each stream.
    func findStreams() throws(DecodeFault) {
        let status = unsafe avformat_find_stream_info(format, nil)
        guard status >= 0 else { throw fault(status) ?? DecodeFault(.damagedStart) }
    }

    /// The streams of sound, and which of them have a decoder.
    ///
    /// - Throws: `DecodeFault` when none has.
    func tracks() throws(DecodeFault) -> (decodable: [Int], leftOut: Int) {
        var decodable: [Int] = []
        var strange: [String] = []
        for index in 0..<streamCount {
            guard let parameters = unsafe stream(index)?.pointee.codecpar,
                unsafe parameters.pointee.codec_type == AVMEDIA_TYPE_AUDIO
            else { continue }
            let codec = unsafe parameters.pointee.codec_id
            if Allowed.hasDecoder(codec) {
                decodable.append(index)
            } else {
                strange.append(unsafe String(cString: avcodec_get_name(codec)))
            }
        }
        guard !decodable.isEmpty else {
            throw strange.first.map { DecodeFault(.noDecoder, codec: $0) } ?? DecodeFault(.noAudio)
        }
        return (decodable, strange.count)
    }

    private var streamCount: Int { unsafe Int(format?.pointee.nb_streams ?? 0) }

    /// One of the streams.
    func stream(_ index: Int) -> UnsafeMutablePointer<AVStream>? {
        guard index < streamCount else { return nil }
        return unsafe format?.pointee.streams[index]
    }

    /// From now on only one stream is read into packets.
    func keepOnly(_ index: Int) {
        for other in 0..<streamCount where other != index {
            unsafe stream(other)?.pointee.discard = AVDISCARD_ALL
        }
    }

    /// The next packet, or FFmpeg's error.
    func read(into packet: UnsafeMutablePointer<AVPacket>) -> Int32 {
        unsafe av_read_frame(format, packet)
    }

    /// A fault that the recording's form does not explain; `nil` for others.
    func fault(_ status: Int32) -> DecodeFault? {
        if input.hasFailed { return DecodeFault(.disk) }
        return status == cffmpeg_error_memory ? DecodeFault(.memory) : nil
    }
}

/// The names that FFmpeg's own white lists compare with.
enum Allowed {
    static let formats = "wav,w64,mp3,ogg,flac,mov,aac,amr,gsm,aiff,au,matroska"
    static let codecs = codecNames.joined(separator: ",")

    private static let codecNames = [
        "mp3float", "mp3", "mp2float", "mp2", "vorbis", "libvorbis", "opus", "libopus", "flac",
        "alac", "aac", "pcm_u8", "pcm_s8", "pcm_s16le", "pcm_s16be", "pcm_s24le", "pcm_s24be",
        "pcm_s32le", "pcm_s32be", "pcm_f32le", "pcm_f32be", "pcm_f64le", "pcm_mulaw", "pcm_alaw",
        "adpcm_ms", "adpcm_ima_wav", "gsm", "gsm_ms", "libgsm", "libgsm_ms", "g722", "g729",
        "amrnb", "amrwb",
    ]

    /// True when the decoder that FFmpeg would choose is on the list.
    static func hasDecoder(_ codec: AVCodecID) -> Bool {
        guard let decoder = unsafe avcodec_find_decoder(codec),
            let name = unsafe decoder.pointee.name
        else { return false }
        return unsafe codecNames.contains(String(cString: name))
    }

    /// True when a format's name, or one of several that commas part, is on the list.
    static func isFormat(_ names: String) -> Bool {
        let formats = formats.split(separator: ",")
        return names.split(separator: ",").contains { formats.contains($0) }
    }
}
