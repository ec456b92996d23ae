using System.Data.Common;
using System.Globalization;
using Edge.Core.Engine;

namespace Edge.Daemon.Storage;

/// <summary>Opens a journal's file; a damaged one is moved aside, never deleted, and a new one takes its place.</summary>
public static class JournalFile
{
    /// <summary>Statements that make a SQLite file fit for power cuts and flash.</summary>
    /// <remarks>WAL: one append per commit. FULL: a commit survives a power cut. The rest bounds the log and keeps temporary data off the
    /// flash. Source: sqlite.org/pragma.html, sqlite.org/wal.html.</remarks>
    private static readonly string[] s_pragmas =
    [
        "PRAGMA journal_mode = WAL",
        "PRAGMA synchronous = FULL",
        "PRAGMA wal_autocheckpoint = 1000",
        "PRAGMA journal_size_limit = 4194304",
        "PRAGMA temp_store = MEMORY",
        "PRAGMA foreign_keys = ON",
    ];

    /// <summary>Opens the file, or makes it.</summary>
    /// <param name="path">The file; its folder has to exist.</param>
    /// <param name="connect">Makes a closed connection to a file.</param>
    /// <param name="decoders">How requests that were stored as they came are read again.</param>
    /// <param name="now">For the name of a file that is moved aside.</param>
    /// <returns>The journal with its rows, and, if the old file was damaged, a sentence that says where it is now.</returns>
    public static OpenedJournal Open(string path, Func<string, DbConnection> connect, JournalDecoders decoders, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(connect);
        try
        {
            var (journal, rows) = TryOpen(path, connect, decoders);
            return new OpenedJournal(journal, rows, null);
        }
        catch (Exception damage) when (IsDamage(damage))
        {
            var aside = MoveAside(path, now);
            var (journal, rows) = TryOpen(path, connect, decoders);
            return new OpenedJournal(journal, rows, $"The journal {path} is damaged ({damage.Message}). It was moved to {aside}; "
                + "a new one was started. What the other side knows, and what runs, is taken over from there.");
        }
    }

    private static (SqlJournal Journal, JournalRows Rows) TryOpen(
        string path, Func<string, DbConnection> connect, JournalDecoders decoders)
    {
        var connection = connect(path);
        try
        {
            connection.Open();
            foreach (var pragma in s_pragmas)
            {
                Execute(connection, pragma);
            }

            Check(connection);
            var journal = new SqlJournal(connection, decoders);
            return (journal, journal.Load());
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>Reads every page once: a journal is small, and a damaged page is found before anything is built on it.</summary>
    private static void Check(DbConnection connection)
    {
        using var command = connection.CreateCommand();
        command.CommandText = "PRAGMA quick_check(1)";
        var answer = Convert.ToString(command.ExecuteScalar(), CultureInfo.InvariantCulture);
        if (answer != "ok")
        {
            throw new InvalidDataException($"quick_check says: {answer}");
        }
    }

    /// <summary>SQLITE_CORRUPT, SQLITE_NOTADB and rows that cannot be read; a full or read-only disk is not damage.</summary>
    private static bool IsDamage(Exception failure) => failure switch
    {
        InvalidDataException => !failure.Message.Contains("newer program", StringComparison.Ordinal),
        DbException sql => sql.Message.Contains("Error 11:", StringComparison.Ordinal)
            || sql.Message.Contains("Error 26:", StringComparison.Ordinal),
        _ => false,
    };

    private static string MoveAside(string path, DateTimeOffset now)
    {
        var stem = $"{path}.damaged-{now.ToString("yyyyMMdd'T'HHmmss", CultureInfo.InvariantCulture)}";
        var aside = stem;
        for (var i = 2; File.Exists(aside); i++)
        {
            aside = $"{stem}-{i}";
        }

        foreach (var suffix in (string[])["", "-wal", "-shm"])
        {
            if (File.Exists(path + suffix))
            {
                File.Move(path + suffix, aside + suffix);
            }
        }

        return aside;
    }

    private static void Execute(DbConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}

/// <summary>A journal that was opened.</summary>
/// <param name="Journal">Owned by the caller.</param>
/// <param name="Rows">What was committed.</param>
/// <param name="Damage">A sentence when an older file had to be moved aside; null otherwise.</param>
public sealed record OpenedJournal(SqlJournal Journal, JournalRows Rows, string? Damage);
