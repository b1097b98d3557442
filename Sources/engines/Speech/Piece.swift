// Piece: speech of one channel as a service gets it, and its place in the call.
internal import Records
internal import System

/// Stretches of one channel one after the other, as one WAV file without the long pauses between
/// them.
public struct Piece: Sendable, Equatable {
    /// The channel, from 0.
    public let channel: Int
    /// The file with the whole channel.
    private let file: NamelessFile
    /// The parts of the file's samples that are sent after the header, in bytes.
    public let ranges: [Range<Int>]
    /// The header of the WAV file; the ranges follow it.
    public let header: [UInt8]
    /// The stretches of speech, in frames of the sound.
    let frames: [Range<Int>]
    /// The stretches that are sent, in frames of the sound.
    private let stretches: [Range<Int>]
    /// The speech of each stretch, in seconds of the piece.
    private let spoken: [ClosedRange<Double>]

    init(_ passages: [Passage], of channel: SpeakingChannel) {
        self.channel = channel.number
        file = channel.file
        frames = passages.flatMap(\.phrases)
        stretches = passages.map(\.frames)
        var sent = 0
        spoken = passages.map { passage in
            let first = (passage.phrases.first ?? passage.frames).lowerBound
            let last = (passage.phrases.last ?? passage.frames).upperBound
            let begin = sent - passage.frames.lowerBound
            sent += passage.frames.count
            return Piece.seconds(begin + first)...Piece.seconds(begin + last)
        }
        ranges = stretches.map(channel.place)
        header = WaveFile.header(bytes: ranges.reduce(0) { $0 + $1.count }, rate: channel.rate)
    }

    /// Some samples of the whole channel, by their place in bytes.
    func samples(_ range: Range<Int>) throws(SystemError) -> [UInt8] {
        try file.bytes(
            (WaveFile.headerLength + range.lowerBound)..<(WaveFile.headerLength + range.upperBound))
    }

    /// The path of the file with the whole channel, for this process and while the piece exists.
    public var path: String { file.path }
    /// The size of the WAV file in bytes.
    public var bytes: Int { ranges.reduce(header.count) { $0 + $1.count } }
    /// The length of the WAV file in seconds.
    public var seconds: Double { stretches.seconds }
    /// The seconds of speech in it.
    public var speech: Double { frames.seconds }
    /// The start of its speech in the call, with the breath before it, in seconds.
    public var start: Double {
        let start = Piece.seconds(frames.first?.lowerBound ?? 0) - Piece.breath
        return max(Piece.seconds(limits.lowerBound), start)
    }
    /// The end of its speech in the call, with the breath after it, in seconds.
    public var end: Double {
        let end = Piece.seconds(frames.last?.upperBound ?? 0) + Piece.breath
        return min(Piece.seconds(limits.upperBound), end)
    }

    /// The part of Whisper's window of 30 s that the encoder needs for the piece, in fiftieths of a
    /// second; 0 for all of it.
    ///
    /// With five seconds of silence after the speech the model makes no more errors than with 30 s in
    /// all; with one second it does.
    package var whisperContext: Int {
        let step = 32.0
        let context = Int(((seconds + 5) * 50 / step).rounded(.up) * step)
        return context < 1500 ? context : 0
    }

    /// Words begin and end more softly than the level shows.
    private static let breath = 0.1
    /// The most seconds by which engines are wrong about the edges of speech.
    private static let blur = 1.0

    /// Moves utterances from the times of the piece to the times of the call.
    ///
    /// Engines are wrong by some tenths of a second where speech begins and ends; both are moved to where
    /// sound begins and ends. Utterances where there is no sound are left out and counted by the meter,
    /// and an utterance over a pause that was not sent becomes two.
    ///
    /// - Parameters:
    ///   - heard: The utterances in seconds of the piece.
    ///   - meter: The count of utterances that are left out.
    ///   - slack: The seconds that an utterance may lie away from speech; engines with exact times
    ///     need none.
    /// - Returns: The utterances in seconds of the call, with the piece's channel.
    public func inCall(
        _ heard: [Utterance], _ meter: Meter, slack: Double = 0.5
    ) -> [Utterance] {
        let placed = heard.placed(in: 0...seconds).flatMap(split).compactMap {
            (utterance) -> Utterance? in
            var said = utterance
            said.channel = channel
            said.words = utterance.words.map(inCall)
            if let first = said.words.first?.start, let last = said.words.last?.end {
                (said.start, said.end) = (first, max(first, last))
            } else {
                (said.start, said.end) = inCall(utterance.start, utterance.end)
            }
            guard isNearSpeech(said, slack) || !said.isPlaced else {
                meter.leaveOut(1)
                return nil
            }
            (said.start, said.end) = onSpeech(said.start, said.end)
            return said
        }
        let said = Sentences.joined(placed)
        return said.indices.map { index in
            widened(
                said[index], after: index == 0 ? nil : said[index - 1].end,
                before: index + 1 == said.count ? nil : said[index + 1].start)
        }
    }

    /// The frames from the first stretch to the last.
    var limits: Range<Int> {
        (stretches.first?.lowerBound ?? 0)..<(stretches.last?.upperBound ?? 0)
    }

    // MARK: Times

    private func inCall(_ word: Word) -> Word {
        // One time alone does not place a word.
        guard let start = word.start, let end = word.end else {
            return Word(word.text, confidence: word.confidence)
        }
        var word = word
        let index = stretch(at: (start + end) / 2)
        let first = time(start, in: index)
        (word.start, word.end) = onSpeech(first, max(first, time(end, in: index)))
        return word
    }

    /// A start belongs to the first stretch whose speech is not over, and an end to the last stretch
    /// whose speech has begun: engines let a segment begin and end anywhere in the quiet around a seam.
    private func inCall(_ start: Double, _ end: Double) -> (Double, Double) {
        let slack = Piece.breath
        let first =
            spoken.firstIndex { $0.upperBound - slack > start } ?? max(0, spoken.count - 1)
        let last = max(first, spoken.lastIndex { $0.lowerBound + slack < end } ?? first)
        let begin = time(start, in: first)
        return (begin, max(begin, time(end, in: last)))
    }

    private func stretch(at time: Double) -> Int {
        var rest = time * Double(Levels.framesPerSecond)
        for (index, stretch) in stretches.enumerated() {
            if rest < Double(stretch.count) { return index }
            rest -= Double(stretch.count)
        }
        return max(0, stretches.count - 1)
    }

    private func time(_ time: Double, in index: Int) -> Double {
        guard stretches.indices.contains(index) else { return 0 }
        let before = stretches[..<index].reduce(0) { $0 + $1.count }
        let frame = time * Double(Levels.framesPerSecond) - Double(before)
        let inside = min(max(frame, 0), Double(stretches[index].count))
        return (Double(stretches[index].lowerBound) + inside) / Double(Levels.framesPerSecond)
    }

    /// A breath before the level rises belongs to the word; the rest is silence.
    private func onSpeech(_ start: Double, _ end: Double) -> (Double, Double) {
        let slack = Piece.breath
        var (start, end) = (start, end)
        if let next = frames.first(where: { Piece.seconds($0.upperBound) + slack > start }) {
            let begin = Piece.seconds(next.lowerBound)
            if begin - slack > start, begin < end { start = begin - slack }
        }
        if let last = frames.last(where: { Piece.seconds($0.lowerBound) - slack < end }) {
            let finish = Piece.seconds(last.upperBound)
            if finish + slack < end, finish > start { end = finish + slack }
        }
        return (start, end)
    }

    /// The utterance from where its sound begins to where its sound ends, as far as no other utterance
    /// is in that sound.
    private func widened(
        _ utterance: Utterance, after previous: Double?, before next: Double?
    ) -> Utterance {
        var utterance = utterance
        let first = frames.first { Piece.seconds($0.upperBound) > utterance.start }
        if let begin = first.map({ Piece.seconds($0.lowerBound) - Piece.breath }),
            begin < utterance.start, utterance.start - begin < Piece.blur, previous ?? 0 <= begin
        {
            utterance.start = max(begin, Piece.seconds(limits.lowerBound))
        }
        let last = frames.last { Piece.seconds($0.lowerBound) < utterance.end }
        if let finish = last.map({ Piece.seconds($0.upperBound) + Piece.breath }),
            finish > utterance.end, finish - utterance.end < Piece.blur,
            next ?? .infinity >= finish
        {
            utterance.end = min(finish, Piece.seconds(limits.upperBound))
        }
        return utterance
    }

    private func isNearSpeech(_ utterance: Utterance, _ slack: Double) -> Bool {
        frames.contains {
            Piece.seconds($0.lowerBound) - slack <= utterance.end
                && Piece.seconds($0.upperBound) + slack >= utterance.start
        }
    }

    private static func seconds(_ frame: Int) -> Double {
        Double(frame) / Double(Levels.framesPerSecond)
    }

    // MARK: Seams

    /// The utterance in one part for each stretch that has words of it.
    private func split(_ utterance: Utterance) -> [Utterance] {
        let places = utterance.words.compactMap { word in
            word.start.map { stretch(at: ($0 + (word.end ?? $0)) / 2) }
        }
        guard places.count == utterance.words.count, let first = places.first,
            places.contains(where: { $0 != first })
        else { return [utterance] }
        let spelled = utterance.text.split(whereSeparator: \.isWhitespace).map(String.init)
        let texts = spelled.count == places.count ? spelled : utterance.words.map(\.text)
        var parts: [Utterance] = []
        var begin = places.startIndex
        for index in places.indices
        where index + 1 == places.count || places[index + 1] != places[begin] {
            var part = utterance
            part.words = Array(utterance.words[begin...index])
            part.text = texts[begin...index].joined(separator: " ")
            part.start = part.words.first?.start ?? utterance.start
            part.end = part.words.last?.end ?? utterance.end
            parts.append(part)
            begin = index + 1
        }
        return parts
    }
}
