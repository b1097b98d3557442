// Certificates: the output of state-erase, group by group.
import CheckpointRetention
import Filter

/// Writes the certificates of erasures.
final class Certificates {
    private let erasure: Erasure
    private let report: Report
    /// The number of certificates that were written.
    private(set) var count = 0

    init(of erasure: Erasure, _ report: Report) {
        self.erasure = erasure
        self.report = report
    }

    /// Certifies the erasures since the last time, if there are enough of them.
    ///
    /// A certificate is an object for people, too: they keep it as it is.
    func write(atLeast least: Int = 0) throws {
        guard erasure.pending >= least else { return }
        try erasure.certify { certificate in
            try report.write(certificate.json)
            count += 1
        }
        try report.flush()
    }
}
