// RecordTally: what had to be decided about the records of a listing.

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
        var remarks: [String] = []
        if unreadTimes > 0 {
            remarks.append(
                "no time can be read in \(counted(unreadTimes, "name")), and the record has no start"
            )
        }
        if unreadDirections > 0 {
            remarks.append(
                "the direction in \(counted(unreadDirections, "name")) is no known word, and the "
                    + "record has none")
        }
        if unplaced > 0 {
            remarks.append(
                "in \(counted(unplaced, "name")) a number or a name stands without a direction, so "
                    + "that it is not known which party's it is")
        }
        if fileTimes > 0 {
            remarks.append(
                "the start of \(counted(fileTimes, "recording")) is when the file was written to, "
                    + "since "
                    + (hasPattern
                        ? "--pattern has no time" : "no --pattern says what the names mean"))
        }
        return remarks
    }
}
