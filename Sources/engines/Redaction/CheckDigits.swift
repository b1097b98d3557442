// CheckDigits: what tells numbers of cards, accounts and persons from other numbers.

/// The checks of numbers, by the rules of those who give them out.
enum CheckDigits {
    /// True when the digits pass the check of ISO/IEC 7812-1, as one in ten of all numbers does.
    static func passesLuhn(_ digits: some BidirectionalCollection<UInt8>) -> Bool {
        var (sum, isDoubled) = (0, false)
        for digit in digits.reversed() {
            let value = Int(digit) * (isDoubled ? 2 : 1)
            sum += value > 9 ? value - 9 : value
            isDoubled.toggle()
        }
        return sum.isMultiple(of: 10)
    }

    /// True when an issuer of cards gives out numbers with these first digits and of this length.
    static func hasIssuer(_ digits: ArraySlice<UInt8>) -> Bool {
        guard digits.count >= 13 else { return false }
        let first = digits.prefix(6).reduce(0) { $0 * 10 + Int($1) }
        let (two, three, four) = (first / 10_000, first / 1000, first / 100)
        switch digits.count {
        case 13: return two / 10 == 4
        case 15: return two == 34 || two == 37 || four == 2131 || four == 1800
        case 14: return (300...305).contains(three) || [36, 38, 39].contains(two)
        case 16, 19:
            let isDiscover =
                four == 6011 || (644...649).contains(three) || two == 65
                || (622_126...622_925).contains(first)
            let isEverywhere =
                two / 10 == 4 || isDiscover || (3528...3589).contains(four) || two == 62
            guard digits.count == 16 else {
                return isEverywhere || (300...305).contains(three) || [36, 38, 39].contains(two)
                    || maestro(two, four)
            }
            return isEverywhere || (51...55).contains(two) || (2221...2720).contains(four)
                || (300...305).contains(three) || [36, 38, 39].contains(two) || maestro(two, four)
        case 17, 18: return two == 62 || maestro(two, four)
        default: return false
        }
    }

    private static func maestro(_ two: Int, _ four: Int) -> Bool {
        [5018, 5020, 5038, 5893, 6304, 6759, 6761, 6762, 6763].contains(four)
    }

    /// True for a social security number that may have been given out.
    static func isSocial(_ digits: ArraySlice<UInt8>) -> Bool {
        guard digits.count == 9 else { return false }
        let number = digits.reduce(0) { $0 * 10 + Int($1) }
        let (area, group, serial) = (number / 1_000_000, number / 10_000 % 100, number % 10_000)
        return area != 0 && area != 666 && area < 900 && group != 0 && serial != 0
    }

    /// True for the ten digits of a number of North America, or eleven with the 1 before them.
    static func isNorthAmerican(_ digits: ArraySlice<UInt8>) -> Bool {
        var digits = digits
        if digits.count == 11, digits.first == 1 { digits = digits.dropFirst() }
        guard digits.count == 10 else { return false }
        let (area, exchange) = (digits.startIndex, digits.startIndex + 3)
        return digits[area] >= 2 && digits[exchange] >= 2
            && !(digits[area + 1] == 9 && digits[area + 2] == 9)
    }

    /// The lengths of account numbers by country, of the registry of ISO 13616.
    static let accountLengths: [String: Int] = [
        "AD": 24, "AE": 23, "AL": 28, "AT": 20, "AZ": 28, "BA": 20, "BE": 16, "BG": 22, "BH": 22,
        "BR": 29, "BY": 28, "CH": 21, "CR": 22, "CY": 28, "CZ": 24, "DE": 22, "DK": 18, "DO": 28,
        "EE": 20, "EG": 29, "ES": 24, "FI": 18, "FO": 18, "FR": 27, "GB": 22, "GE": 22, "GI": 23,
        "GL": 18, "GR": 27, "GT": 28, "HR": 21, "HU": 28, "IE": 22, "IL": 23, "IS": 26, "IT": 27,
        "JO": 30, "KW": 30, "KZ": 20, "LB": 28, "LC": 32, "LI": 21, "LT": 20, "LU": 20, "LV": 21,
        "MC": 27, "MD": 24, "ME": 22, "MK": 19, "MR": 27, "MT": 31, "MU": 30, "NL": 18, "NO": 15,
        "PK": 24, "PL": 28, "PS": 29, "PT": 25, "QA": 29, "RO": 24, "RS": 22, "SA": 24, "SC": 31,
        "SE": 24, "SI": 19, "SK": 24, "SM": 27, "ST": 25, "SV": 28, "TL": 23, "TN": 24, "TR": 26,
        "UA": 29, "VA": 22, "VG": 24, "XK": 20,
    ]

    /// True when letters and digits pass the check of ISO 7064, mod 97.
    static func passesMod97(_ account: [UInt8]) -> Bool {
        guard account.count > 4 else { return false }
        var rest = 0
        for byte in account[4...] + account[..<4] {
            switch byte {
            case 0x30...0x39: rest = (rest * 10 + Int(byte - 0x30)) % 97
            case 0x41...0x5A: rest = (rest * 100 + Int(byte - 0x41) + 10) % 97
            default: return false
            }
        }
        return rest == 1
    }
}
