// PocketSphinxDecoder: the C library's decoder and its model's files.
internal import CPocketSphinx
internal import Crypto
internal import FoundationEssentials
internal import Records

/// Where a model's three parts lie.
struct PocketSphinxModel: Sendable {
    let acoustic: String
    let languageModel: String
    let dictionary: String
    let name: String
    private let hashes: [ModelHash]
    /// Whether ``FrontEnd`` hears as this model's own front end does.
    let hasKnownFrontEnd: Bool

    /// The language's code, from the directory's name.
    var language: String { String(name.prefix { $0 != "-" && $0 != "_" }) }

    /// The name with what all of its files hold; they are hashed when somebody asks.
    var model: Model {
        let parts = hashes.map { $0.sha256 ?? "unreadable" }.joined(separator: "\n")
        return Model(name: name, identity: "\(name) sha256:\(Digest.sha256(Array(parts.utf8)))")
    }

    init(_ directory: String, cache: String?) throws(Failure) {
        let entries = (try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? []
        let sorted = entries.sorted()
        guard
            let acoustic = sorted.first(where: {
                FileManager.default.fileExists(atPath: "\(directory)/\($0)/mdef")
            }),
            let language = sorted.first(where: {
                $0.hasSuffix(".lm.bin") && !$0.contains("phone")
            }),
            let dictionary = sorted.first(where: { $0.hasSuffix(".dict") })
        else {
            throw Failure(
                .stop, .configuration, "load the pocketsphinx model: \(directory) holds none",
                remedy: "install Debian's package pocketsphinx-en-us, or name the model's"
                    + " directory by --model or POCKETSPHINX_MODEL")
        }
        self.acoustic = "\(directory)/\(acoustic)"
        languageModel = "\(directory)/\(language)"
        self.dictionary = "\(directory)/\(dictionary)"
        let parameters = FileManager.default.contents(
            atPath: "\(directory)/\(acoustic)/feat.params")
        hasKnownFrontEnd = PocketSphinxModel.isKnown(
            String(decoding: parameters ?? Data(), as: UTF8.self))
        name = directory.split(separator: "/").last.map(String.init) ?? directory
        let acoustics = (try? FileManager.default.contentsOfDirectory(atPath: self.acoustic)) ?? []
        hashes = (acoustics.sorted().map { "\(acoustic)/\($0)" } + [language, dictionary]).map {
            ModelHash("\(directory)/\($0)", cache: cache)
        }
    }

    /// Whether a model's parameters ask for just what ``FrontEnd`` computes.
    static func isKnown(_ parameters: String) -> Bool {
        let words = parameters.split(whereSeparator: \.isWhitespace).map(String.init)
        var values: [String: String] = [:]
        for index in stride(from: 0, to: words.count - 1, by: 2) {
            values[words[index]] = words[index + 1]
        }
        let beyond: Set = ["-feat", "-svspec", "-agc", "-varnorm", "-model", "-cmninit"]
        return values.filter { !beyond.contains($0.key) } == [
            "-lowerf": "130", "-upperf": "6800", "-nfilt": "25", "-transform": "dct",
            "-lifter": "22", "-cmn": "batch",
        ]
    }
}

/// One decoder, used by one thread at a time.
///
/// It is handed from thread to thread, never shared: ``PocketSphinx`` lends each to one task and
/// takes it back under a lock. What the library shares between decoders is its log, which is off,
/// and the random numbers of its dither, which is off unless asked for.
@safe
final class PocketSphinxDecoder: @unchecked Sendable {
    private let decoder: OpaquePointer
    private let logarithms: OpaquePointer

    init(_ model: PocketSphinxModel) throws(Failure) {
        err_set_logfp(nil)
        guard
            let settings = unsafe cpocketsphinx_config(
                model.acoustic, model.languageModel, model.dictionary)
        else { throw PocketSphinxDecoder.unusable(model) }
        // The decoder keeps its own reference.
        defer { _ = unsafe cmd_ln_free_r(settings) }
        guard let decoder = unsafe ps_init(settings),
            let logarithms = unsafe ps_get_logmath(decoder)
        else { throw PocketSphinxDecoder.unusable(model) }
        unsafe self.decoder = decoder
        unsafe self.logarithms = logarithms
    }

    deinit { _ = unsafe ps_free(decoder) }

    private static func unusable(_ model: PocketSphinxModel) -> Failure {
        Failure(
            .stop, .configuration,
            "load the pocketsphinx model \(model.name): the library refuses it",
            remedy: "install Debian's package pocketsphinx-en-us again")
    }

    /// The words in a whole utterance of 16 kHz, with times from its start.
    func words(in samples: [Int16]) throws(Failure) -> [Word] {
        guard !samples.isEmpty else { return [] }
        return try unsafe words { decoder in
            unsafe samples.withUnsafeBufferPointer { buffer in
                unsafe ps_process_raw(decoder, buffer.baseAddress, buffer.count, 0, 1)
            }
        }
    }

    /// The words in a whole utterance as ``FrontEnd`` hears it, with times from its start.
    func words(inCepstra cepstra: [Float]) throws(Failure) -> [Word] {
        guard !cepstra.isEmpty else { return [] }
        return try unsafe words { decoder in
            unsafe cepstra.withUnsafeBufferPointer { buffer in
                unsafe cpocketsphinx_process_cepstra(
                    decoder, buffer.baseAddress, Int32(buffer.count / FrontEnd.cepstra),
                    Int32(FrontEnd.cepstra))
            }
        }
    }

    private func words(
        _ process: (OpaquePointer) -> Int32
    ) throws(Failure) -> [Word] {
        // The noise that was learned from another call must not change the words of this one.
        var status = unsafe ps_start_stream(decoder)
        if status >= 0 { status = unsafe ps_start_utt(decoder) }
        if status >= 0 {
            // In one call and as a whole, since the mean over the utterance is taken out of it.
            status = unsafe process(decoder)
            let ended = unsafe ps_end_utt(decoder)
            status = min(status, ended)
        }
        guard status >= 0 else {
            throw Failure(.item, .engine, "decode the audio: pocketsphinx gives an error")
        }
        var words: [Word] = []
        var segment = unsafe ps_seg_iter(decoder)
        while let current = unsafe segment {
            if let word = unsafe word(of: current) { words.append(word) }
            unsafe segment = ps_seg_next(current)
        }
        return words
    }

    private func word(of segment: OpaquePointer) -> Word? {
        guard let raw = unsafe ps_seg_word(segment),
            let text = unsafe PocketSphinxDecoder.spoken(String(cString: raw))
        else { return nil }
        var first: Int32 = 0
        var last: Int32 = 0
        unsafe ps_seg_frames(segment, &first, &last)
        let probability = unsafe logmath_exp(
            logarithms, ps_seg_prob(segment, nil, nil, nil))
        return Word(
            text, start: Double(first) / 100, end: Double(last + 1) / 100,
            confidence: min(max(probability, 0), 1))
    }

    /// A dictionary entry as it is said: no fillers, no number of the pronunciation.
    static func spoken(_ entry: String) -> String? {
        guard let head = entry.first, !"<[+".contains(head) else { return nil }
        guard entry.last == ")", let open = entry.lastIndex(of: "("), open > entry.startIndex,
            entry[entry.index(after: open)...].dropLast().allSatisfy(\.isNumber)
        else { return entry }
        return String(entry[..<open])
    }
}
