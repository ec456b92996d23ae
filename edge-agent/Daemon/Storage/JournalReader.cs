using System.Collections.Immutable;
using System.Data.Common;
using Edge.Core.Engine;
using Edge.Core.Model;
using Edge.Core.Resources;

namespace Edge.Daemon.Storage;

/// <summary>Reads all rows of a journal.</summary>
internal sealed partial class JournalReader(DbConnection connection, JournalDecoders decoders)
{
    /// <exception cref="InvalidDataException">A row cannot be read: the journal is damaged.</exception>
    public JournalRows Read() => new(
        ReadAll("SELECT value FROM meta WHERE key = 'hub_epoch'", row => row.GetString(0)).FirstOrDefault() ?? string.Empty,
        ReadAll("SELECT * FROM framework", ReadFramework),
        ReadAll("SELECT * FROM node", ReadNode),
        ReadAll("SELECT * FROM task", ReadTask),
        ReadAll("SELECT * FROM outbox", row => KeyValuePair.Create(row.GetInt64(0), StatusCodec.ReadOne(Bytes(row, 1), decoders.Task))),
        ReadAll("SELECT * FROM self", ReadSelf).FirstOrDefault())
    {
        Apps = ReadApps(),
    };

    private ImmutableArray<T> ReadAll<T>(string sql, Func<DbDataReader, T> read)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        using var rows = command.ExecuteReader();
        var all = ImmutableArray.CreateBuilder<T>();
        while (rows.Read())
        {
            all.Add(read(rows));
        }

        return all.ToImmutable();
    }

    private Framework ReadFramework(DbDataReader row)
    {
        var id = new FrameworkId(row.GetString(0));
        var wire = Bytes(row, 10);
        var spec = wire.Length > 0
            ? decoders.Framework(wire)
            : new FrameworkSpec
            {
                Name = row.GetString(2),
                User = row.GetString(3),
                Roles = [.. Words(row.GetString(4))],
                FailoverTimeout = EpochMicros.ToSpan(row.GetInt64(6)),
                Capabilities = (FrameworkCapabilities)row.GetInt32(11),
                Checkpoint = row.GetInt32(12) != 0,
                Wire = default,
            };
        return new Framework
        {
            Id = id,
            Spec = spec with { Id = id, User = row.GetString(3) },
            Phase = (FrameworkPhase)row.GetInt32(1),
            SuppressedRoles = [.. Words(row.GetString(5))],
            RegisteredAt = EpochMicros.ToTime(row.GetInt64(7)),
            ReregisteredAt = EpochMicros.ToTime(row.GetInt64(8)),
            UnregisteredAt = row.IsDBNull(9) ? null : EpochMicros.ToTime(row.GetInt64(9)),
        };
    }

    private static Node ReadNode(DbDataReader row)
    {
        var resources = ResourceText.Parse(row.GetString(8)).Value
            ?? throw new InvalidDataException($"Node {row.GetString(0)} has resources that cannot be read: '{row.GetString(8)}'.");
        DateTimeOffset? unreachable = row.IsDBNull(11) ? null : EpochMicros.ToTime(row.GetInt64(11));
        return new Node
        {
            Id = new NodeId(row.GetString(0)),
            Identity = new NodeIdentity(row.GetString(1), row.GetString(2), row.GetString(3)),
            Description = new NodeDescription
            {
                Hostname = row.GetString(4),
                Address = row.GetString(5),
                Port = row.GetInt32(6),
                Site = row.GetString(7),
                Resources = resources,
                Attributes = AttributeText.Parse(row.GetString(9)).Value,
                Version = row.GetString(10),
            },
            Reachability = unreachable is null ? Reachability.Reachable : Reachability.Unreachable,
            UnreachableSince = unreachable,
            LastSeen = EpochMicros.ToTime(row.GetInt64(12)),
            RegisteredAt = EpochMicros.ToTime(row.GetInt64(13)),
            ReregisteredAt = EpochMicros.ToTime(row.GetInt64(14)),
            DesiredRevision = row.GetInt64(15),
            HeldRevision = row.GetInt64(16),
            AppliedSequence = row.GetInt64(17),
            AwaitsInventory = row.GetInt32(18) != 0,
            ReportRevision = row.GetInt64(19),
            OnHold = row.GetInt32(20) != 0,
            Free = resources,
        };
    }

    private ClusterTask ReadTask(DbDataReader row)
    {
        var spec = decoders.Task(Bytes(row, 12));
        var key = new TaskKey(new FrameworkId(row.GetString(0)), new TaskId(row.GetString(1)));
        var role = row.GetString(4);
        var history = StatusCodec.Read(Bytes(row, 14));
        return new ClusterTask
        {
            Key = key,
            Spec = spec,
            Node = new NodeId(row.GetString(2)),
            Container = new ContainerId(row.GetString(3)),
            Executor = new ExecutorId(key.Task.Value),
            Resources = spec.Resources.Allocate(role),
            Role = role,
            User = row.GetString(5),
            Desired = (DesiredState)row.GetInt32(6),
            KillGrace = row.IsDBNull(7) ? null : EpochMicros.ToSpan(row.GetInt64(7)),
            Revision = row.GetInt64(8),
            Observed = (ObservedState)row.GetInt32(9),
            LaunchedAt = EpochMicros.ToTime(row.GetInt64(10)),
            Completed = row.GetInt32(11) != 0,
            Latest = row.IsDBNull(13) ? null : StatusCodec.ReadOne(Bytes(row, 13)),
            History = history,
            Health = TaskHealth.Of(history),
            Readiness = TaskReadiness.Of(history),
            Pending = StatusCodec.Read(Bytes(row, 15)),
            Slot = row.IsDBNull(16) ? null : InstanceCodec.ReadSlot(Bytes(row, 16)),
        };
    }

    /// <summary>Only what the hub gave, and the numbers: who the node is now and what it has comes from the machine.</summary>
    private SelfState ReadSelf(DbDataReader row) => new()
    {
        Id = default,
        Identity = new NodeIdentity(string.Empty, string.Empty, string.Empty),
        Description = new NodeDescription
        {
            Hostname = string.Empty,
            Address = string.Empty,
            Port = 0,
            Resources = ResourceSet.Empty,
            Version = string.Empty,
        },
        HubEpoch = row.GetString(1),
        HeldRevision = row.GetInt64(2),
        NextSequence = row.GetInt64(3),
        ReportRevision = row.GetInt64(4),
        ReportedRevision = row.GetInt64(5),
        HubKey = Bytes(row, 6),
        Delegation = row.IsDBNull(7) ? null : ReadDelegation(row),
    };

    private HeldDelegation ReadDelegation(DbDataReader row)
    {
        var document = Bytes(row, 7);
        var delegation = decoders.Delegation?.Invoke(document)
            ?? throw new InvalidDataException($"A delegation of {document.Length} bytes cannot be read.");
        return new HeldDelegation(delegation, document, Bytes(row, 8), EpochMicros.ToSpan(row.GetInt64(9)));
    }

    private static byte[] Bytes(DbDataReader row, int column) => row.GetFieldValue<byte[]>(column);

    private static string[] Words(string text) => text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
}
