// Speaker: the name of a party as it stands in the files that people read.

/// The names of parties in text.
public enum Speaker {
    /// `agent` as it begins a line.
    public static func title(_ speaker: String) -> String {
        speaker.prefix(1).uppercased() + speaker.dropFirst()
    }

    /// The name before what was said; empty when it is not known.
    public static func prefix(_ speaker: String?) -> String { speaker.map { "\($0): " } ?? "" }
}
