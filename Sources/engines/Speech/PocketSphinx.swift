// PocketSphinx: the engine that needs nothing but Debian's packages, in this process.
internal import Glibc
public import Records
internal import Synchronization

/// Decodes with PocketSphinx: for trying the pipeline and for finding words in wideband audio.
///
/// A channel is heard twice: once to learn where somebody speaks, once to decode it in whole
/// utterances, which this engine needs for its normalisation. Memory does not grow with the sound.
public final class PocketSphinx: Engine {
    /// The name of this engine.
    public static let name = "pocketsphinx"
    /// Where Debian's package `pocketsphinx-en-us` puts its model.
    public static let debianModel = "/usr/share/pocketsphinx/model/en-us"

    /// The name of this engine.
    public var name: String { PocketSphinx.name }
    /// The model's name and the hash of its files.
    public var model: Model { files.model }
    /// The version of how sound is prepared and cut.
    public let settings = "3"

    private let files: PocketSphinxModel
    private let slots: Slots
    private let narrowband = Narrowband()
    private let idle = Mutex<[PocketSphinxDecoder]>([])

    /// Finds the model; it is loaded when there is something to decode.
    ///
    /// - Parameters:
    ///   - directory: Holds the acoustic model as a directory, `*.lm.bin` and `*.dict`.
    ///   - decoders: How many sounds are decoded at once; each decoder takes 100 MB.
    ///   - cache: Where the hashes of the model's files are kept; `nil` for nowhere.
    /// - Throws: `Failure` of scope `stop` when there is no model.
    public init(
        model directory: String = debianModel, decoders: Int, cache: String? = nil
    ) throws(Failure) {
        files = try PocketSphinxModel(directory, cache: cache)
        slots = Slots(decoders)
    }

    /// The only language that the model knows, as a code.
    public var language: String { files.language }

    /// What was said, by all channels.
    public func transcribe(_ sound: Sound) async throws -> Transcription {
        try await slots.use {
            try await OwnThread.run { cancellation in try self.decode(sound, cancellation) }
        }
    }

    private func decode(
        _ sound: Sound, _ cancellation: Cancellation
    ) throws(Failure) -> Transcription {
        // What was recorded at 8 kHz is taken as it is: the upper band is filled in here.
        let isNarrow = sound.rate <= 8000
        let rate = isNarrow ? 8000 : 16000
        let passages = try PocketSphinx.passages(of: sound, rate: rate, cancellation)
        guard passages.contains(where: { !$0.isEmpty }) else {
            return Transcription(language: files.language, utterances: [])
        }

        let decoder = try borrow()
        defer { idle.withLock { $0.append(decoder) } }
        var utterances: [Utterance] = []
        var readers = passages.map { PassageReader($0, rate: rate) }
        func hear(_ passage: Passage, _ samples: [Int16], _ channel: Int) throws(Failure) {
            try cancellation.check()
            let words =
                if !isNarrow {
                    try decoder.words(in: samples)
                } else if files.hasKnownFrontEnd {
                    try decoder.words(inCepstra: narrowband.cepstra(of: samples))
                } else {
                    try decoder.words(in: Narrowband.widened(samples))
                }
            utterances += PocketSphinx.utterances(words, in: passage, channel: channel)
        }
        try sound.read(rate) { channel, block throws(Failure) in
            try cancellation.check()
            for (passage, samples) in readers[channel].append(block) {
                try hear(passage, samples, channel)
            }
        }
        for channel in readers.indices {
            if let (passage, samples) = readers[channel].finish() {
                try hear(passage, samples, channel)
            }
        }
        sound.meter.add(sound.seconds * Double(sound.channels))
        return Transcription(language: files.language, utterances: utterances)
    }

    private func borrow() throws(Failure) -> PocketSphinxDecoder {
        if let decoder = idle.withLock({ $0.popLast() }) { return decoder }
        return try PocketSphinxDecoder(files)
    }

    private static func passages(
        of sound: Sound, rate: Int, _ cancellation: Cancellation
    ) throws(Failure) -> [[Passage]] {
        var levels = [Levels](repeating: Levels(rate: rate), count: sound.channels)
        try sound.read(rate) { channel, block throws(Failure) in
            try cancellation.check()
            levels[channel].append(block)
        }
        return levels.map { level in
            var level = level
            level.finish()
            return Passage.all(in: level)
        }
    }

    /// Gives each word to the phrase it lies in, so that times are those of the sound.
    static func utterances(
        _ words: [Word], in passage: Passage, channel: Int
    ) -> [Utterance] {
        let frames = Double(Levels.framesPerSecond)
        let phrases = passage.utterances
        var said = [[Word]](repeating: [], count: phrases.count)
        for word in words {
            guard let start = word.start, let end = word.end else { continue }
            let middle = (passage.start + (start + end) / 2) * frames
            func distance(_ phrase: Range<Int>) -> Double {
                max(Double(phrase.lowerBound) - middle, middle - Double(phrase.upperBound), 0)
            }
            guard
                let nearest = phrases.indices.min(by: {
                    distance(phrases[$0]) < distance(phrases[$1])
                })
            else { continue }
            let phrase = phrases[nearest]
            let bounds = Double(phrase.lowerBound) / frames...Double(phrase.upperBound) / frames
            var placed = word
            placed.start = min(max(passage.start + start, bounds.lowerBound), bounds.upperBound)
            placed.end = min(max(passage.start + end, bounds.lowerBound), bounds.upperBound)
            said[nearest].append(placed)
        }
        return zip(phrases, said).compactMap { phrase, words in
            words.isEmpty
                ? nil
                : Utterance(
                    start: Double(phrase.lowerBound) / frames,
                    end: Double(phrase.upperBound) / frames, channel: channel,
                    text: words.map(\.text).joined(separator: " "), confidence: words.confidence,
                    words: words)
        }
    }
}
