using System.Data;
using System.Data.Common;
using Edge.Core.Engine;
using Edge.Core.Model;

namespace Edge.Daemon.Storage;

/// <summary>The engine's journal in a SQL database.</summary>
/// <remarks>One connection, used by the engine loop only. Commands are prepared once and kept.
/// The driver is the host's: this room knows SQL, not SQLite.</remarks>
public sealed class SqlJournal : IJournal, IDisposable
{
    private readonly DbConnection _connection;
    private readonly JournalReader _reader;
    private readonly JournalWriter _writer;

    /// <summary>Opens the journal on an open connection and brings its tables up to date.</summary>
    /// <param name="connection">Owned from now on.</param>
    /// <param name="decoders">How requests that were stored as they came are read again.</param>
    /// <exception cref="DbException">The database is damaged or cannot be written.</exception>
    public SqlJournal(DbConnection connection, JournalDecoders decoders)
    {
        ArgumentNullException.ThrowIfNull(connection);
        _connection = connection;
        Migrate();
        _reader = new JournalReader(connection, decoders);
        _writer = new JournalWriter(connection);
        AgentEpoch = ReadOrCreateAgentEpoch();
    }

    /// <summary>Made with the database: changes when it was lost.</summary>
    public string AgentEpoch { get; }

    /// <inheritdoc/>
    public JournalRows Load() => _reader.Read();

    /// <inheritdoc/>
    public string? Commit(IReadOnlyList<RowChange> rows)
    {
        ArgumentNullException.ThrowIfNull(rows);
        try
        {
            Execute("BEGIN");
            foreach (var row in rows)
            {
                _writer.Write(row);
            }

            Execute("COMMIT");
            return null;
        }
        catch (DbException failure)
        {
            RollBack();
            return $"Nothing was committed: {failure.Message}";
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _writer.Dispose();
        _connection.Dispose();
    }

    /// <summary>Leaves no transaction open.</summary>
    /// <remarks>A database that ran out of room has rolled back by itself, and says so; a <see cref="DbTransaction"/> would take that for a
    /// fault of its own, hide the real one, and hold the connection for ever. Source: sqlite.org/lang_transaction.html, "Response To Errors
    /// Within A Transaction".</remarks>
    private void RollBack()
    {
        try
        {
            Execute("ROLLBACK");
        }
        catch (DbException)
        {
            // There is none any more.
        }
    }

    private void Execute(string sql)
    {
        using var command = _connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    private void Migrate()
    {
        var applied = Convert.ToInt32(Scalar("PRAGMA user_version"), System.Globalization.CultureInfo.InvariantCulture);
        if (applied > JournalSchema.Migrations.Count)
        {
            throw new InvalidDataException(
                $"The journal has version {applied}; this program knows up to {JournalSchema.Migrations.Count}. "
                + "Install the newer program.");
        }

        for (var i = applied; i < JournalSchema.Migrations.Count; i++)
        {
            using var transaction = _connection.BeginTransaction(IsolationLevel.Serializable);
            using var command = _connection.CreateCommand();
            command.Transaction = transaction;
            command.CommandText = JournalSchema.Migrations[i] + $"PRAGMA user_version = {i + 1};";
            command.ExecuteNonQuery();
            transaction.Commit();
        }
    }

    private string ReadOrCreateAgentEpoch()
    {
        if (Scalar("SELECT value FROM meta WHERE key = 'agent_epoch'") is string known)
        {
            return known;
        }

        using var command = _connection.CreateCommand();
        command.CommandText = "INSERT INTO meta (key, value) VALUES ('agent_epoch', lower(hex(randomblob(8))))";
        command.ExecuteNonQuery();
        return (string)Scalar("SELECT value FROM meta WHERE key = 'agent_epoch'")!;
    }

    private object? Scalar(string sql)
    {
        using var command = _connection.CreateCommand();
        command.CommandText = sql;
        return command.ExecuteScalar();
    }
}

/// <summary>How requests that were stored as they came are read again.</summary>
/// <param name="Task">A TaskInfo.</param>
/// <param name="Framework">A FrameworkInfo; never called with an empty one.</param>
/// <param name="Delegation">The document of a delegation; null for bytes that are none. Absent on a hub, whose journal holds none.</param>
public sealed record JournalDecoders(
    Func<ReadOnlyMemory<byte>, TaskSpec> Task,
    Func<ReadOnlyMemory<byte>, FrameworkSpec> Framework,
    Func<ReadOnlyMemory<byte>, Delegation?>? Delegation = null);
