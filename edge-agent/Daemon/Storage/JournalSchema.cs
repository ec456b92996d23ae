namespace Edge.Daemon.Storage;

/// <summary>The tables of a journal, one migration per number; never edited after a release.</summary>
/// <remarks>
/// <code>
/// meta           key -> value                        agent_epoch, hub_epoch
/// self           the node's own numbers              one row, id 1; empty on a hub
/// framework      id -> what it says, phase           completed ones included
/// node           id -> who and what it is, revisions
/// task           (framework, id) -> request, desired, observed, statuses
/// outbox         sequence -> status                  a node's; gone when the hub has committed it
/// app            (owner, id) -> definition, versions owner is a node, or empty for the hub
/// instance       id -> place, newest task
/// deployment     id -> steps, changes                gone when it is over
/// app_group      id -> dependencies
/// site_override  (node, app) -> change               a hub's
/// conflict       id -> both values, decision         a hub's
/// </code>
/// Statuses are in the form of <see cref="StatusCodec"/>; requests are Mesos messages as they came; bodies are in the form of
/// <see cref="RowBody"/>. Times are microseconds since 1970 UTC.
/// </remarks>
internal static class JournalSchema
{
    /// <summary>The migrations, ascending; the database's <c>user_version</c> counts those that were applied.</summary>
    public static IReadOnlyList<string> Migrations { get; } =
    [
        """
        CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
        CREATE TABLE self (id INTEGER PRIMARY KEY CHECK (id = 1), hub_epoch TEXT NOT NULL, held INTEGER NOT NULL, next INTEGER NOT NULL);
        CREATE TABLE framework (
            id TEXT PRIMARY KEY, phase INTEGER NOT NULL, name TEXT NOT NULL, user TEXT NOT NULL, roles TEXT NOT NULL,
            suppressed TEXT NOT NULL, failover_micros INTEGER NOT NULL, registered INTEGER NOT NULL, reregistered INTEGER NOT NULL,
            unregistered INTEGER, wire BLOB NOT NULL) WITHOUT ROWID;
        CREATE TABLE node (
            id TEXT PRIMARY KEY, instance TEXT NOT NULL, agent_epoch TEXT NOT NULL, boot_id TEXT NOT NULL, hostname TEXT NOT NULL,
            address TEXT NOT NULL, port INTEGER NOT NULL, site TEXT NOT NULL, resources TEXT NOT NULL, attributes TEXT NOT NULL,
            version TEXT NOT NULL, unreachable INTEGER, last_seen INTEGER NOT NULL, registered INTEGER NOT NULL,
            reregistered INTEGER NOT NULL, desired INTEGER NOT NULL, held INTEGER NOT NULL, applied INTEGER NOT NULL,
            awaits_inventory INTEGER NOT NULL) WITHOUT ROWID;
        CREATE TABLE task (
            framework TEXT NOT NULL, id TEXT NOT NULL, node TEXT NOT NULL, container TEXT NOT NULL, role TEXT NOT NULL,
            user TEXT NOT NULL, desired INTEGER NOT NULL, grace_micros INTEGER, revision INTEGER NOT NULL, observed INTEGER NOT NULL,
            launched INTEGER NOT NULL, completed INTEGER NOT NULL, request BLOB NOT NULL, latest BLOB, history BLOB NOT NULL,
            pending BLOB NOT NULL, PRIMARY KEY (framework, id)) WITHOUT ROWID;
        CREATE TABLE outbox (sequence INTEGER PRIMARY KEY, status BLOB NOT NULL);
        """,
        """
        CREATE TABLE app (owner TEXT NOT NULL, id TEXT NOT NULL, body BLOB NOT NULL, PRIMARY KEY (owner, id)) WITHOUT ROWID;
        CREATE TABLE instance (id TEXT PRIMARY KEY, body BLOB NOT NULL) WITHOUT ROWID;
        CREATE TABLE deployment (id TEXT PRIMARY KEY, body BLOB NOT NULL) WITHOUT ROWID;
        CREATE TABLE app_group (id TEXT PRIMARY KEY, body BLOB NOT NULL) WITHOUT ROWID;
        CREATE TABLE site_override (node TEXT NOT NULL, app TEXT NOT NULL, body BLOB NOT NULL, PRIMARY KEY (node, app)) WITHOUT ROWID;
        CREATE TABLE conflict (id TEXT PRIMARY KEY, body BLOB NOT NULL) WITHOUT ROWID;
        ALTER TABLE task ADD COLUMN slot BLOB;
        ALTER TABLE node ADD COLUMN report_revision INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE node ADD COLUMN on_hold INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE framework ADD COLUMN capabilities INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE framework ADD COLUMN checkpoint INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE self ADD COLUMN report_revision INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE self ADD COLUMN reported_revision INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE self ADD COLUMN hub_key BLOB NOT NULL DEFAULT x'';
        ALTER TABLE self ADD COLUMN delegation BLOB;
        ALTER TABLE self ADD COLUMN delegation_signature BLOB;
        ALTER TABLE self ADD COLUMN delegation_used INTEGER;
        """,
    ];
}
