// RedactionKind: the kinds of personal data that are taken out.

/// A kind of personal data.
public enum RedactionKind: String, CaseIterable, Sendable, Codable {
    /// The number of a payment card.
    case card
    /// The security code of a card.
    case cvv
    /// A social security number of the USA, or its last four digits.
    case ssn
    /// A bank account by ISO 13616.
    case iban
    /// An e-mail address.
    case email
    /// A telephone number.
    case phone
    /// A date of birth.
    case birth
    /// A number that is probably one of the others, heard wrongly.
    case number

    /// The word that stands in a text in its place, between brackets.
    var tag: String { rawValue.uppercased() }

    /// True for numbers whose last digits may stay.
    var hasDigits: Bool {
        switch self {
        case .card, .ssn, .iban, .phone, .number: true
        case .cvv, .email, .birth: false
        }
    }
}
