// RecordTally: the decisions about the records of a listing, counted.

/// The sentences of the remarks whose number is not 0.
func told(_ remarks: (number: Int, sentence: String)...) -> [String] {
    remarks.filter { $0.number > 0 }.map(\.sentence)
}

/// The counts of the records of a listing.
struct RecordTally {
    /// True when the user has said what names mean.
    let hasPattern: Bool
    /// Names whose time could not be read, so that their records have no start.
    var unreadTimes = 0
    /// Names whose word for the direction is not known.
    var unreadDirections = 0
    /// Names with a number that may be either party's.
    var unplaced = 0
    /// Records that begin when their file was written.
    var fileTimes = 0

    init(hasPattern: Bool) {
        self.hasPattern = hasPattern
    }

    /// Remarks for the operator, a sentence each.
    var remarks: [String] {
        let cause = hasPattern ? "--pattern has no time" : "no --pattern says what the names mean"
        return told(
            (
                unreadTimes,
                "no time can be read in \(counted(unreadTimes, "name")), and the record has no start"
            ),
            (
                unreadDirections,
                """
                the direction in \(counted(unreadDirections, "name")) is no known word, and the \
                record has none
                """
            ),
            (
                unplaced,
                """
                in \(counted(unplaced, "name")) a number or a name stands without a direction, so \
                that it is not known which party's it is
                """
            ),
            (
                fileTimes,
                """
                the start of \(counted(fileTimes, "recording")) is when the file was written to, \
                since \(cause)
                """
            ))
    }
}
