using System.Data.Common;
using Edge.Core.Engine;
using Edge.Core.Model;

namespace Edge.Daemon.Storage;

/// <summary>Writes rows, each by one prepared statement.</summary>
internal sealed partial class JournalWriter(DbConnection connection) : IDisposable
{
    private const string PutFramework =
        "INSERT OR REPLACE INTO framework VALUES (@p0, @p1, @p2, @p3, @p4, @p5, @p6, @p7, @p8, @p9, @p10, @p11, @p12)";

    private const string PutNode = "INSERT OR REPLACE INTO node VALUES "
        + "(@p0, @p1, @p2, @p3, @p4, @p5, @p6, @p7, @p8, @p9, @p10, @p11, @p12, @p13, @p14, @p15, @p16, @p17, @p18, @p19, @p20)";

    private const string PutTask = "INSERT OR REPLACE INTO task VALUES "
        + "(@p0, @p1, @p2, @p3, @p4, @p5, @p6, @p7, @p8, @p9, @p10, @p11, @p12, @p13, @p14, @p15, @p16)";

    private const string PutSelf = "INSERT OR REPLACE INTO self VALUES (1, @p0, @p1, @p2, @p3, @p4, @p5, @p6, @p7, @p8)";

    private readonly Dictionary<string, DbCommand> _commands = new(StringComparer.Ordinal);

    public void Write(RowChange row)
    {
        switch (row)
        {
            case RowChange.TaskRow { Value: { } task }:
                WriteTask(task);
                break;
            case RowChange.TaskRow gone:
                Run("DELETE FROM task WHERE framework = @p0 AND id = @p1", gone.Key.Framework.Value, gone.Key.Task.Value);
                break;
            case RowChange.OutboxRow { Value: { } status } entry:
                Run("INSERT OR REPLACE INTO outbox VALUES (@p0, @p1)", entry.Sequence, StatusCodec.Write([status]));
                break;
            case RowChange.OutboxRow gone:
                Run("DELETE FROM outbox WHERE sequence = @p0", gone.Sequence);
                break;
            case RowChange.OutboxTrim trim:
                Run("DELETE FROM outbox WHERE sequence <= @p0", trim.UpTo);
                break;
            case RowChange.SelfRow { Value: var self }:
                WriteSelf(self);
                break;
            case RowChange.EpochRow epoch:
                Run("INSERT OR REPLACE INTO meta VALUES ('hub_epoch', @p0)", epoch.HubEpoch);
                break;
            case RowChange.NodeRow { Value: { } node }:
                WriteNode(node);
                break;
            case RowChange.NodeRow gone:
                Run("DELETE FROM node WHERE id = @p0", gone.Key.Value);
                break;
            case RowChange.FrameworkRow { Value: { } framework }:
                WriteFramework(framework);
                break;
            case RowChange.FrameworkRow gone:
                Run("DELETE FROM framework WHERE id = @p0", gone.Key.Value);
                break;
            default:
                WriteAppRow(row);
                break;
        }
    }

    public void Dispose()
    {
        foreach (var command in _commands.Values)
        {
            command.Dispose();
        }
    }

    private void WriteTask(ClusterTask task) => Run(
        PutTask,
        task.Key.Framework.Value,
        task.Key.Task.Value,
        task.Node.Value,
        task.Container.Value,
        task.Role,
        task.User,
        (int)task.Desired,
        task.KillGrace is { } grace ? EpochMicros.From(grace) : null,
        task.Revision,
        (int)task.Observed,
        EpochMicros.From(task.LaunchedAt),
        task.Completed ? 1 : 0,
        task.Spec.Wire.ToArray(),
        task.Latest is { } latest ? StatusCodec.Write([latest]) : null,
        StatusCodec.Write(task.History),
        StatusCodec.Write(task.Pending),
        task.Slot is { } slot ? InstanceCodec.Write(slot) : null);

    private void WriteNode(Node node) => Run(
        PutNode,
        node.Id.Value,
        node.Identity.Instance,
        node.Identity.AgentEpoch,
        node.Identity.BootId,
        node.Description.Hostname,
        node.Description.Address,
        node.Description.Port,
        node.Description.Site,
        node.Description.Resources.Describe(),
        string.Join(';', node.Description.Attributes.Select(a => a.ToString())),
        node.Description.Version,
        node.UnreachableSince is { } since ? EpochMicros.From(since) : null,
        EpochMicros.From(node.LastSeen),
        EpochMicros.From(node.RegisteredAt),
        EpochMicros.From(node.ReregisteredAt),
        node.DesiredRevision,
        node.HeldRevision,
        node.AppliedSequence,
        node.AwaitsInventory ? 1 : 0,
        node.ReportRevision,
        node.OnHold ? 1 : 0);

    private void WriteSelf(SelfState self) => Run(
        PutSelf,
        self.HubEpoch,
        self.HeldRevision,
        self.NextSequence,
        self.ReportRevision,
        self.ReportedRevision,
        self.HubKey.ToArray(),
        self.Delegation?.Document.ToArray(),
        self.Delegation?.Signature.ToArray(),
        self.Delegation is { } held ? EpochMicros.From(held.Used) : null);

    private void WriteFramework(Framework framework) => Run(
        PutFramework,
        framework.Id.Value,
        (int)framework.Phase,
        framework.Spec.Name,
        framework.Spec.User,
        string.Join(' ', framework.Spec.Roles),
        string.Join(' ', framework.SuppressedRoles),
        EpochMicros.From(framework.Spec.FailoverTimeout),
        EpochMicros.From(framework.RegisteredAt),
        EpochMicros.From(framework.ReregisteredAt),
        framework.UnregisteredAt is { } ended ? EpochMicros.From(ended) : null,
        framework.Spec.Wire.ToArray(),
        (int)framework.Spec.Capabilities,
        framework.Spec.Checkpoint ? 1 : 0);

    private void Run(string sql, params ReadOnlySpan<object?> values)
    {
        if (!_commands.TryGetValue(sql, out var command))
        {
            command = Prepare(sql, values.Length);
            _commands[sql] = command;
        }

        for (var i = 0; i < values.Length; i++)
        {
            command.Parameters[i].Value = values[i] ?? DBNull.Value;
        }

        command.ExecuteNonQuery();
    }

    private DbCommand Prepare(string sql, int count)
    {
        var command = connection.CreateCommand();
        command.CommandText = sql;
        for (var i = 0; i < count; i++)
        {
            var parameter = command.CreateParameter();
            parameter.ParameterName = $"@p{i}";
            command.Parameters.Add(parameter);
        }

        return command;
    }
}
