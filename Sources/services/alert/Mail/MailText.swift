// MailText: a notice as the text of a mail (RFC 5322, 2045, 2047).
internal import AlertService
internal import FoundationEssentials
internal import Records
internal import System

/// Header and body of a mail, with lines that end in CR LF.
struct MailText {
    let bytes: [UInt8]

    init(_ notice: Notice, _ envelope: Envelope, at now: Timestamp) {
        let host = MailText.word(notice.host)
        var lines = [
            "Date: \(MailText.date(now))", "From: \(envelope.from)",
            "To: \(envelope.to.joined(separator: ",\r\n "))",
            "Subject: \(MailText.encoded(notice.subject))", "Message-ID: <\(notice.id)@\(host)>",
        ]
        // All mails of an alert refer to the same id, so that a reader shows them together.
        let roots = notice.items.prefix(20).map { "<\(MailText.word($0.key))@\(host)>" }
        if !roots.isEmpty { lines.append("References: \(roots.joined(separator: "\r\n "))") }
        lines += [
            "MIME-Version: 1.0", "Content-Type: text/plain; charset=utf-8",
            "Content-Transfer-Encoding: quoted-printable", "Auto-Submitted: auto-generated", "",
        ]
        let body = notice.text.split(separator: "\n", omittingEmptySubsequences: false)
            .map { MailText.quoted(String($0)) }
        bytes = Array((lines + body).map { $0 + "\r\n" }.joined().utf8)
    }

    /// A text of letters, digits, `-`, `_` and `.`; other letters become `-`.
    static func word(_ text: String) -> String {
        let letters = text.utf8.map { byte -> UInt8 in
            let isPlain =
                ASCII.isLetter(byte) || ASCII.isDigit(byte) || "-_.".utf8.contains(byte)
            return isPlain ? byte : UInt8(ascii: "-")
        }
        return letters.isEmpty ? "callpipe" : String(decoding: letters, as: UTF8.self)
    }

    /// `Sun, 29 Nov 2026 10:47:45 +0000`.
    static func date(_ time: Timestamp) -> String {
        let days = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]
        let months = [
            "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
        ]
        let text = time.text
        // 1 January 1970 was a Thursday.
        let day = days[((time.day.daysSinceEpoch % 7) + 7) % 7]
        let month = Int(text.dropFirst(5).prefix(2)).map { months[$0 - 1] } ?? ""
        return "\(day), \(text.dropFirst(8).prefix(2)) \(month) \(text.prefix(4)) "
            + "\(text.dropFirst(11).prefix(8)) +0000"
    }

    /// The value of a header line: as it is, or as words of RFC 2047 where it is not plain ASCII.
    static func encoded(_ text: String) -> String {
        let isPlain = text.utf8.allSatisfy { (0x20...0x7E).contains($0) }
        if isPlain, text.utf8.count <= 900, !text.contains("=?") { return text }
        // A word holds whole letters and at most 75 bytes.
        var (words, word): ([String], String) = ([], "")
        for letter in text where !letter.isNewline {
            if word.utf8.count + letter.utf8.count > 42 {
                words.append(word)
                word = ""
            }
            word.append(letter)
        }
        return (words + [word])
            .map { "=?utf-8?B?\(Data($0.utf8).base64EncodedString())?=" }.joined(separator: "\r\n ")
    }

    /// A line as quoted-printable, in lines of at most 76 letters.
    static func quoted(_ line: String) -> String {
        var (lines, current): ([String], String) = ([], "")
        let bytes = Array(line.utf8)
        for (index, byte) in bytes.enumerated() {
            let isLastSpace = (byte == 0x20 || byte == 0x09) && index == bytes.count - 1
            let isPlain = (0x20...0x7E).contains(byte) && byte != 0x3D && !isLastSpace
            let digits = String(byte, radix: 16, uppercase: true)
            let text =
                isPlain
                ? String(UnicodeScalar(byte)) : "=" + (digits.count < 2 ? "0" : "") + digits
            if current.utf8.count + text.utf8.count > 75 {
                lines.append(current + "=")
                current = ""
            }
            current += text
        }
        return (lines + [current]).joined(separator: "\r\n")
    }
}
