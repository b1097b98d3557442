// Lexicon: the words that matter to redaction, found by their letters in one look.

/// The sense of a word.
struct Meaning: Equatable {
    enum Kind: UInt8 {
        /// Digits, which the text has as such.
        case digits
        /// A word for 0 to 9; the value is the number.
        case unit
        /// A word for 10 to 19.
        case teen
        /// A word for 20, 30 and so on.
        case tens
        case hundred, thousand
        /// `double`, `triple` and `quadruple`; the value tells how often.
        case again
        /// `first` to `thirtieth`; the value is the number.
        case ordinal
        /// The name of a month; the value is its number.
        case month
        /// A single letter.
        case letter
        /// Digits and letters in one word.
        case mixed
        /// A word that may stand between the digits of a number.
        case filler
        /// A word that tells of which kind a number near it is; the value is a ``Topic``.
        case topic
        /// `dot` with value 0, `@` with 1, and endings of a domain with 2.
        case address
        /// A word that an earlier redaction left; the value is the place of the kind among all.
        case tag
    }

    var kind: Kind
    var value: UInt8
}

/// The subject of the words around a number.
enum Topic: UInt8 {
    case card, cvv, security, code, back, social, birth
    /// Words such as `mobile`.
    case phone
    /// Words that may speak of a telephone number, such as `reach`.
    case contact
    /// Numbers of another kind, such as `order`.
    case other
    /// `next`, `last` and such, before a count of digits.
    case part
    /// `digits`, behind a count of them.
    case digit
    /// `dollars`, `nights` and such, behind a number.
    case measure
}

/// The words, by their first eight letters and their length.
struct Lexicon: Sendable {
    static let shared = Lexicon()

    private var keys = [UInt64](repeating: 0, count: Lexicon.size)
    private var meanings = [Meaning](
        repeating: Meaning(kind: .filler, value: 0), count: Lexicon.size)
    private static let size = 2048

    /// The meaning of a word; `nil` for a word that does not matter.
    func meaning(letters: UInt64, length: Int) -> Meaning? {
        let key = Lexicon.key(letters, length)
        var slot = Lexicon.slot(key)
        while keys[slot] != 0 {
            if keys[slot] == key { return meanings[slot] }
            slot = (slot + 1) & (Lexicon.size - 1)
        }
        return nil
    }

    /// The letters of a word as one number, the first eight of them.
    static func letters(_ word: String) -> UInt64 {
        word.utf8.prefix(8).reduce(0) { $0 << 8 | UInt64($1) }
    }

    private static func key(_ letters: UInt64, _ length: Int) -> UInt64 {
        letters ^ UInt64(truncatingIfNeeded: length) << 59
    }

    private static func slot(_ key: UInt64) -> Int {
        Int(truncatingIfNeeded: (key &* 0x9E37_79B9_7F4A_7C15) >> 53)
    }

    private mutating func add(_ words: String, _ kind: Meaning.Kind, _ value: Int? = nil) {
        for (index, word) in words.split(separator: " ").enumerated() {
            let key = Lexicon.key(Lexicon.letters(String(word)), word.utf8.count)
            var slot = Lexicon.slot(key)
            while keys[slot] != 0, keys[slot] != key { slot = (slot + 1) & (Lexicon.size - 1) }
            keys[slot] = key
            meanings[slot] = Meaning(kind: kind, value: UInt8(value ?? index))
        }
    }

    private mutating func add(_ topic: Topic, _ words: String) {
        add(words, .topic, Int(topic.rawValue))
    }

    private init() {
        add("a b c d e f g h i j k l m n p q r s t u v w x y z", .letter, 0)
        add("zero one two three four five six seven eight nine", .unit)
        add("oh o nought naught aught", .unit, 0)
        for (index, word) in [
            "ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen",
            "eighteen", "nineteen",
        ].enumerated() {
            add(word, .teen, 10 + index)
        }
        for (index, word) in [
            "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety",
        ].enumerated() {
            add(word, .tens, 20 + 10 * index)
        }
        add("fourty", .tens, 40)
        add("hundred", .hundred, 100)
        add("thousand", .thousand, 0)
        add("double", .again, 2)
        add("triple treble", .again, 3)
        add("quadruple", .again, 4)
        for (index, word) in [
            "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth",
            "tenth", "eleventh", "twelfth", "thirteenth", "fourteenth", "fifteenth", "sixteenth",
            "seventeenth", "eighteenth", "nineteenth", "twentieth",
        ].enumerated() {
            add(word, .ordinal, index + 1)
        }
        add("thirtieth", .ordinal, 30)
        for (index, words) in [
            "january jan", "february feb", "march mar", "april apr", "may", "june jun",
            "july jul", "august aug", "september sept sep", "october oct", "november nov",
            "december dec",
        ].enumerated() {
            add(words, .month, index + 1)
        }
        add(
            """
            uh um er ah eh hm hmm mm mhm dash hyphen minus space then and okay ok yes yeah yep no \
            sorry comma so again please correction pause
            """, .filler, 0)
        add("dot point period", .address, 0)
        add("com net org edu gov io co uk de fr info biz me us ca au", .address, 2)
        addTopics()
    }

    private mutating func addTopics() {
        add(.card, "card cards visa mastercard amex credit debit maestro creditcard cc pan")
        add(.cvv, "cvv cvc csc cvv2 cvc2 cid")
        add(.security, "security verification")
        add(.code, "code codes value")
        add(.back, "back front reverse rear signature")
        add(.social, "social ssn taxpayer itin")
        add(.birth, "birth born dob birthday birthdate")
        add(.phone, "phone telephone cell mobile callback cellphone landline fax phones")
        add(.contact, "number call reach text dial contact ring area")
        add(
            .other,
            """
            order tracking confirmation reference booking reservation invoice case ticket room \
            flight serial model part zip postal membership loyalty policy claim tracker id item \
            sku shipment suite table gate extension meter quote po
            """)
        add(.part, "next last other final remaining previous")
        add(.digit, "digit digits numbers")
        add(
            .measure,
            """
            dollars dollar euros euro pounds cents percent nights night am pm miles minutes \
            hours people guests adults degrees points
            """)
    }
}
