// LineFormatReader: a format of lines, read a line at a time.
internal import Records

/// A reader that gets the lines of a file and gives the utterances that they complete.
///
/// It keeps no more than one utterance.
protocol LineFormatReader {
    /// The facts that stand before the utterances, as far as they were read.
    var facts: Facts { get }
    /// The faults that were mended.
    var remarks: Remarks { get }
    /// False for a format that tells no times.
    var hasTimes: Bool { get }
    /// Takes a line without its end.
    ///
    /// - Parameters:
    ///   - line: The bytes, without a byte order mark.
    ///   - number: Its number, from 1.
    ///   - sink: Gets the utterance that ends with the line before.
    /// - Throws: `Failure` of scope `item`, and the error of the sink.
    mutating func take(
        _ line: [UInt8], _ number: Int, _ sink: (Spoken, _ line: Int) throws -> Void
    ) throws
    /// Takes the end of the file.
    mutating func finish(_ sink: (Spoken, _ line: Int) throws -> Void) throws
}

extension Remarks {
    /// The text of a line; bytes that are no UTF-8 are replaced and remarked.
    mutating func text(_ line: some Collection<UInt8>, _ number: Int) -> String {
        if let text = String(validating: line, as: UTF8.self) { return text }
        add("lines with bytes that are not UTF-8, which became U+FFFD", line: number)
        return String(decoding: line, as: UTF8.self)
    }

    /// The end of a caption in milliseconds, which is not before its start.
    mutating func end(_ time: TimeLine, _ number: Int) -> Int {
        if time.end < time.start {
            add("captions that ended before they began, and end where they begin now", line: number)
        }
        return max(time.start, time.end)
    }
}

extension Spoken {
    /// An utterance on no known channel.
    init(_ time: TimeLine, end: Int, speaker: String?, channel: Int = 0, text: String) {
        self.init(
            Transcript.Segment(
                start: Double(time.start) / 1000, end: Double(end) / 1000, channel: channel,
                speaker: speaker, text: text))
    }
}
