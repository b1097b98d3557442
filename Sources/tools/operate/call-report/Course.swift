// Course: the sections of an incident report.
import CheckpointPeriods
import Documents
import Records

extension Document {
    /// The report of an incident; what only people know is left open for them.
    init(of incident: Incident, in period: Period) {
        self.init("callpipe: incident of \(period.words)")
        addImpact(incident.impact)
        addTimeline(incident.events)
        addDetection(incident)
        addCause(incident)
        add(.heading("Response"))
        add(.paragraph(responses(incident)))
        add(.list(["Helped: ...", "Did not help: ..."]))
        add(.heading("Actions"))
        var actions = Grid(
            "The steps that keep it from happening again",
            ["action": false, "owner": false, "until": false])
        actions.add("...", "...", "...")
        add(.table(actions))
    }

    private mutating func addImpact(_ impact: Incident.Impact) {
        add(.heading("Impact"))
        add(
            .list([
                "\(impact.calls) recorded calls began in this time; \(impact.uploaded) of them are "
                    + "stored now, \(impact.failed) failed for good",
                "\(impact.purged) recordings were to be purged in this time and are not fetched",
                impact.lostRuns == 0
                    ? "every run noted its end"
                    : "runs that noted no end, because they were killed or go on: \(impact.lostRuns)",
            ]))
    }

    private mutating func addTimeline(_ events: [Incident.Event]) {
        var grid = Grid(
            "Times are UTC; the source is the table of the checkpoint",
            ["time": false, "until": false, "source": false, "of": false, "event": false])
        for event in events {
            grid.add(
                Words.time(event.time), event.last.map(Words.time) ?? "", event.source.rawValue,
                event.subject, event.text)
        }
        add("Timeline", grid, orElse: "The checkpoint has nothing of this time.")
    }

    private mutating func addDetection(_ incident: Incident) {
        add(.heading("Detection"))
        guard let first = incident.firstSign else {
            return add(.paragraph("There is no sign of trouble in this time."))
        }
        var points = [
            "The first sign came at \(Words.time(first.time)) (\(first.source.rawValue), "
                + "\(first.subject))"
        ]
        if let alert = incident.firstAlert, let sign = Timestamp(first.time),
            let told = Timestamp(alert.time)
        {
            let minutes = max(0, told.milliseconds - sign.milliseconds) / 60_000
            points.append(
                "The first alert came at \(Words.time(alert.time)), \(minutes) minutes later")
        } else {
            points.append("No alert fired in this time")
        }
        if let last = incident.lastSign {
            points.append("The last sign came at \(Words.time(last.last ?? last.time))")
        }
        add(.list(points))
    }

    private mutating func addCause(_ incident: Incident) {
        var grid = Grid(
            "Errors by kind", ["stage": false, "kind": false, "errors": true])
        for kind in incident.kinds { grid.add(kind.stage, kind.kind, "\(kind.count)") }
        add("Root cause", grid, orElse: "There was no error in this time.")
        add(.paragraph("The cause was: ..."))
    }

    private func responses(_ incident: Incident) -> String {
        let acts = incident.events.filter {
            $0.source == .audit || ($0.source == .alert && !$0.isTrouble)
        }
        return acts.isEmpty
            ? "The checkpoint has no act of a person in this time."
            : "The timeline has \(acts.count) acts: acknowledged alerts, holds, erasures, restores."
    }
}
