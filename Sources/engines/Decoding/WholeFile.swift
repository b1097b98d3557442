// WholeFile: the recordings of a file, one after the other, and the facts about them.
internal import DecodeWire
internal import Glibc

/// The recordings of a file, and the facts that decoding them shows.
struct WholeFile {
    private let descriptor: Int32
    private let limits: DecodeRequest
    private var facts = DecodeFacts()
    private var frames = 0

    init(descriptor: Int32, limits: DecodeRequest) {
        self.descriptor = descriptor
        self.limits = limits
    }

    /// Decodes everything.
    ///
    /// - Parameters:
    ///   - isMix: True when all channels are to be one.
    ///   - isWanted: False for recordings and times of which the sink needs no samples.
    ///   - sink: Takes each block.
    /// - Throws: `DecodeFault`, and the sink's errors.
    mutating func decode(
        isMix: Bool, while isWanted: (Part) -> Bool = { _ in true }, into sink: Part.Sink
    ) throws(DecodeFault) {
        let size = Int64(lseek(descriptor, 0, SEEK_END))
        if let format = HeaderOnly.format(of: try Input(descriptor: descriptor, 0..<size)) {
            (facts.format, facts.recordings) = (format, 1)
            return
        }
        var start: Int64? = 0
        var form: (rate: Int, channels: Int)?
        while let position = start {
            var limits = limits
            limits.seconds -= facts.seconds
            let part: Part
            do {
                part = try Part(descriptor: descriptor, position..<size, limits: limits)
            } catch  where position > 0 && error.isOfForm {
                // Its first letters promised more than it holds.
                facts.unreadBytes += UInt64(size - position)
                return
            }
            try part.decode(
                isMix: isMix, rate: limits.rate ?? form?.rate, while: { isWanted(part) }
            ) { channel, samples, its throws(DecodeFault) in
                if form == nil { form = its }
                guard its.channels == form?.channels else { throw DecodeFault(.channelsChange) }
                try sink(channel, samples, its)
            }
            add(part)
            start = part.next
        }
    }

    private mutating func add(_ part: Part) {
        if facts.recordings == 0 {
            (facts.rate, facts.channels) = (UInt32(part.rate), UInt32(part.channels))
            (facts.tracks, facts.codec) = (UInt32(part.tracks.count), part.tracks[0].codecName)
            facts.format = part.format
        }
        facts.recordings += 1
        facts.seconds += part.seconds
        facts.missingSeconds += part.missing
        facts.damagedPackets = UInt32(clamping: Int(facts.damagedPackets) + part.damaged)
        facts.tracksLeftOut += UInt32(part.tracksLeftOut)
        facts.unreadBytes += UInt64(part.unreadBytes)
        if part.exceedsHeader { facts.exceedsHeader = true }
        frames += part.frames
    }

    /// The facts that the decoded frames showed.
    ///
    /// - Throws: `DecodeFault` when too little of it was audio.
    func facts(_ likeness: DecodeFacts.Likeness?) throws(DecodeFault) -> DecodeFacts {
        // Where there is no track, there is no sound by the file's own word.
        if facts.recordings == 1, facts.tracks == 0 { return facts }
        guard frames > 0, facts.seconds > 0, Int(facts.damagedPackets) <= frames else {
            throw DecodeFault(frames > 0 ? .mostlyDamaged : .noSound)
        }
        var facts = facts
        facts.likeness = likeness
        return facts
    }
}

extension DecodeFault {
    /// True when a recording cannot be opened because of its bytes.
    fileprivate var isOfForm: Bool {
        switch code {
        case .format, .damagedStart, .noAudio, .noDecoder, .refused, .rate, .channels: true
        default: false
        }
    }
}
