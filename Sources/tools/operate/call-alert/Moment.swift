// Moment: the end of a silence, as an operator writes it.
import Filter
import Records

/// A time that is still to come.
struct Moment {
    let time: Timestamp

    /// Reads a time, a date, or a span from now such as `2h`; `nil` for anything else.
    init?(_ text: String) {
        if let time = Timestamp(text) {
            self.time = time
        } else if let day = Day(text) {
            time = day.adding(days: 1).start
        } else if let span = TimeSpan.seconds(text) {
            time = Timestamp.now.adding(seconds: span)
        } else {
            return nil
        }
    }
}
