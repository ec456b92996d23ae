using System.Data.Common;
using System.Globalization;
using System.Text;
using Edge.Agent.Storage;
using Edge.Daemon.Mapping;
using Edge.Daemon.Storage;

namespace Edge.Tests.Daemon.Storage;

/// <summary>Journals on real SQLite files in a folder of their own.</summary>
internal sealed class JournalWorld : IDisposable
{
    private static readonly string[] s_tables =
    [
        "meta", "self", "framework", "node", "task", "outbox", "app", "instance", "deployment", "app_group", "site_override", "conflict",
    ];

    private readonly string _folder = Directory.CreateTempSubdirectory("edge-journal-").FullName;

    public static JournalDecoders Decoders { get; } = new(
        TaskMapping.FromWire, FrameworkMapping.FromWire, DelegationMapping.FromDocument);

    public string Folder => _folder;

    public string PathOf(string name) => Path.Combine(_folder, name);

    /// <summary>A journal without the care of <see cref="JournalFile"/>.</summary>
    public SqlJournal Open(string name = "test.db") => new(Connect(name), Decoders);

    /// <summary>Runs a statement beside the journal.</summary>
    public void Run(string sql, string name = "test.db")
    {
        using var connection = Connect(name);
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    /// <summary>Every value of every row, as text; without the database's own name.</summary>
    public string Dump(string name = "test.db")
    {
        using var connection = Connect(name);
        var text = new StringBuilder();
        foreach (var table in s_tables)
        {
            using var command = connection.CreateCommand();
            command.CommandText = $"SELECT * FROM {table} {(table == "meta" ? "WHERE key <> 'agent_epoch'" : "")} ORDER BY 1, 2";
            using var rows = command.ExecuteReader();
            while (rows.Read())
            {
                text.Append(table);
                for (var i = 0; i < rows.FieldCount; i++)
                {
                    text.Append(' ').Append(rows.GetName(i)).Append('=').Append(rows.GetValue(i) switch
                    {
                        byte[] bytes => Convert.ToHexString(bytes),
                        var value => Convert.ToString(value, CultureInfo.InvariantCulture),
                    });
                }

                text.Append('\n');
            }
        }

        return text.ToString();
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private DbConnection Connect(string name)
    {
        var connection = SqliteDriver.Connect(PathOf(name));
        connection.Open();
        return connection;
    }
}
