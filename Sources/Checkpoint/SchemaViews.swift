// SchemaViews: what people's own SQL asks; made anew whenever the tables change.

extension Schema {
    /// The views, over tables that may change with any version.
    static let views = """
        DROP VIEW IF EXISTS stages;
        CREATE VIEW stages AS
          SELECT c.id AS call_id, o.stage,
            iif(m.call IS NOT NULL AND o.status IN ('pending', 'queued', 'failed'), 'processing',
              o.status) AS status,
            o.attempts, o.not_before, m.run AS lease_owner, m.until AS lease_until, o.error_class,
            o.error_kind, o.error_message, o.started_at, o.finished_at, o.seconds
          FROM outcomes AS o JOIN calls AS c ON c.number = o.call
          LEFT JOIN (
            SELECT l.call, m.stage, m.until, r.id AS run FROM leases AS l
            JOIN claims AS m ON m.number = l.claim JOIN runs AS r ON r.number = m.run
            WHERE m.until > strftime('%Y-%m-%dT%H:%M:%fZ', 'now')) AS m
            ON m.call = o.call AND m.stage = o.stage;
        """
}
