// Lexicon: the mood of each turn by the words in it, without any model.
internal import Crypto
public import Records
internal import System

/// Words with their moods.
///
/// Without a sentence's grammar a word list finds about four in ten complaints (analyze(1) has the
/// measurement).
public struct Lexicon: Sendable {
    private static let longestFile = 16 << 20
    /// Words that turn the mood of the words after them.
    private static let negations: Set = [
        "not", "no", "never", "none", "nobody", "nothing", "neither", "nor", "nowhere", "without",
        "cannot", "can't", "cant", "won't", "wont", "don't", "dont", "doesn't", "doesnt", "didn't",
        "didnt", "isn't", "isnt", "aren't", "arent", "wasn't", "wasnt", "weren't", "werent",
        "hasn't", "hasnt", "haven't", "havent", "hadn't", "hadnt", "wouldn't", "wouldnt",
        "couldn't", "couldnt", "shouldn't", "shouldnt", "hardly", "barely", "rarely", "seldom",
    ]
    /// The number of words before a word that may turn its mood.
    private static let reach = 3
    /// The factor by which a negation turns a mood, as VADER measured it (Hutto and Gilbert, 2014).
    private static let turned = -0.74
    /// VADER's constant, which brings a sum of moods between -1 and 1.
    private static let spread = 15.0

    private let moods: [String: Double]
    /// The SHA-256 of the file.
    private let hash: String
    /// The name in results.
    private let name: String

    /// Reads a lexicon: a word and its mood from -4 to 4 on each line, with a tab between them; more
    /// columns are not looked at.
    ///
    /// - Throws: `Failure` of scope `stop`, kind `configuration`.
    public init(path: String) throws(Failure) {
        let bytes: [UInt8]
        do throws(SystemError) {
            bytes = try Descriptor.contents(of: path, atMost: Lexicon.longestFile)
        } catch {
            throw Failure(
                .stop, .configuration, "read the lexicon \(path): \(error.reason)",
                remedy: "run make lexicon, or let --lexicon name a file of words and moods")
        }
        var moods: [String: Double] = [:]
        for line in String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isNewline) {
            let columns = line.split(separator: "\t", maxSplits: 2)
            if columns.count >= 2, let mood = Double(columns[1]), abs(mood) <= 10 {
                moods[PlainText.folded(String(columns[0]))] = mood
            }
        }
        guard moods.count >= 10 else {
            throw Failure(
                .stop, .configuration, "read the lexicon \(path): it has fewer than ten words",
                remedy: "write a word, a tab and a number from -4 to 4 on each line")
        }
        self.moods = moods
        hash = Digest.sha256(bytes)
        let file = path.split(separator: "/").last ?? ""
        name = String(file.prefix { $0 != "." })
    }

    /// The mood of a text, from -1 to 1, as VADER counts it but for capitals and punctuation, which
    /// speech does not have; 0 without a word of the lexicon.
    public func score(_ text: String) -> Double {
        let words = PlainText.folded(text)
            .split { !$0.isLetter && !$0.isNumber && $0 != "'" && $0 != "-" }.map(String.init)
        var sum = 0.0
        for (index, word) in words.enumerated() {
            guard let mood = moods[word] else { continue }
            let before = words[max(0, index - Lexicon.reach)..<index]
            sum += before.contains(where: Lexicon.negations.contains) ? mood * Lexicon.turned : mood
        }
        return sum / (sum * sum + Lexicon.spread).squareRoot()
    }

    /// A hash over everything that decides the result.
    public func key(_ conversation: Conversation) -> String {
        Digest.sha256(Array("lexicon 1 \(hash) \(conversation.hash)".utf8))
    }

    /// The member `sentiment` of a call: the mood of each turn that has one, of each party, and of
    /// the call, which are the means of the turns by their lengths.
    public func result(_ conversation: Conversation) -> JSON {
        let turns = conversation.turns.map { ($0, score($0.text)) }
        let parties = Set(conversation.turns.map(\.speaker)).sorted().map { party in
            JSON.Member(
                party, .object(Mood.members(mean(turns.filter { $0.0.speaker == party }))))
        }
        let told = turns.filter { $0.1 != 0 }.map { turn, score in
            JSON.object(
                [
                    .init("start", .double(turn.start)), .init("speaker", .string(turn.speaker)),
                ] + Mood.members(score))
        }
        return .object(
            Mood.members(mean(turns)) + [
                .init("parties", .object(parties)), .init("turns", .array(told)),
                .init("engine", .string("lexicon")), .init("model", .string(name)),
                .init("key", .string(key(conversation))),
                .init("at", .string(Timestamp.now.text)),
            ])
    }

    private func mean(_ turns: [(Turn, Double)]) -> Double {
        let (sum, weight) = turns.reduce((0.0, 0.0)) { sums, turn in
            let length = Double(turn.0.text.utf8.count)
            return (sums.0 + turn.1 * length, sums.1 + length)
        }
        return weight > 0 ? sum / weight : 0
    }
}
