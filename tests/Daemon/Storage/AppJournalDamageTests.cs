using Edge.Core.Engine;
using Edge.Core.Model;
using Edge.Daemon.Storage;
using Edge.Tests.Daemon.Mapping;

namespace Edge.Tests.Daemon.Storage;

/// <summary>Bodies of rows that are not what was written are called damage, and cost nothing to find out.</summary>
public sealed class AppJournalDamageTests : IDisposable
{
    private readonly JournalWorld _world = new();

    /// <summary>A body of each kind, and how it is read.</summary>
    private static readonly (string Kind, byte[] Body, Action<byte[]> Read)[] s_bodies =
    [
        ("app", AppCodec.Write(AppRowSamples.App), b => AppCodec.Read(new AppKey("n1", AppRowSamples.App.Id), b)),
        ("instance", InstanceCodec.Write(AppRowSamples.Instance), b => InstanceCodec.Read(AppRowSamples.Instance.Id, b)),
        ("slot", InstanceCodec.Write(AppSamples.Slot), b => InstanceCodec.ReadSlot(b)),
        ("deployment", DeploymentCodec.Write(AppRowSamples.Deployment), b => DeploymentCodec.Read("d-1", b)),
        ("group", DeploymentCodec.Write(new AppGroup(default, [new AppId("/b")])), b => DeploymentCodec.ReadGroup(default, b)),
        ("override", SiteCodec.Write(AppRowSamples.Override), b => SiteCodec.ReadOverride(default, b)),
        ("conflict", SiteCodec.Write(AppRowSamples.Conflict), b => SiteCodec.ReadConflict("c-1", b)),
        ("launch", StatusCodec.Write(AppSamples.Statuses.Items), b => StatusCodec.Read(b, JournalWorld.Decoders.Task)),
    ];

    public static TheoryData<string> Kinds { get; } = [.. s_bodies.Select(b => b.Kind)];

    public void Dispose() => _world.Dispose();

    [Theory]
    [MemberData(nameof(Kinds))]
    public void EveryCut_AndEveryRest_IsDamage(string kind)
    {
        var (_, body, read) = s_bodies.Single(b => b.Kind == kind);
        read(body);
        for (var length = 0; length < body.Length; length++)
        {
            Assert.Throws<InvalidDataException>(() => read(body[..length]));
        }

        Assert.Throws<InvalidDataException>(() => read([.. body, 0]));
        Assert.Throws<InvalidDataException>(() => read([99, .. body[1..]]));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void MutatedBytes_GiveAValueOrDamage(string kind)
    {
        var (_, body, read) = s_bodies.Single(b => b.Kind == kind);
        var random = new Random(20261123);
        var damaged = 0;
        for (var i = 0; i < 10_000; i++)
        {
            byte[] bytes = [.. body];
            for (var n = random.Next(1, 4); n > 0; n--)
            {
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            }

            try
            {
                read(bytes);
            }
            catch (InvalidDataException)
            {
                damaged++;
            }
        }

        Assert.InRange(damaged, 500, 9_900);
    }

    /// <summary>A count or a length of two thousand million in a few bytes.</summary>
    [Theory]
    [MemberData(nameof(Kinds))]
    public void HugeCounts_AreDamage_BeforeTheyTakeMemory(string kind)
    {
        var (_, body, read) = s_bodies.Single(b => b.Kind == kind);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 1; i < body.Length; i++)
        {
            try
            {
                read([.. body[..i], 0xff, 0xff, 0xff, 0xff, 0x07, .. body[i..]]);
            }
            catch (InvalidDataException)
            {
                // Most are; in the middle of a text it is a text.
            }
        }

        var each = (GC.GetAllocatedBytesForCurrentThread() - before) / body.Length;
        Assert.True(each < 200_000, $"{each} bytes were allocated for each of {body.Length} bodies.");
    }

    [Theory]
    [InlineData("UPDATE app SET body = x'02'")]
    [InlineData("UPDATE app SET body = 'text'")]
    [InlineData("UPDATE instance SET body = x''")]
    [InlineData("UPDATE deployment SET body = substr(body, 1, 9)")]
    [InlineData("UPDATE app_group SET body = x'0101'")]
    [InlineData("UPDATE site_override SET body = body || x'00'")]
    [InlineData("UPDATE conflict SET body = x'0180'")]
    [InlineData("UPDATE task SET slot = x'01'")]
    [InlineData("UPDATE self SET delegation = x'ff'")]
    [InlineData("UPDATE outbox SET status = x'0201'")]
    public void RowThatCannotBeRead_IsDamage(string sql)
    {
        var task = AssignmentDecisions.ToTask(AppSamples.Launch, new NodeId("n1"));
        var self = new SelfState
        {
            Id = new NodeId("n1"),
            Identity = Edge.Tests.Core.Engine.EngineWorld.Identity(),
            Description = SyncSamples.Description(),
            Delegation = AppSamples.Delegated.Held,
        };
        using var journal = _world.Open();
        Assert.Null(journal.Commit(
        [
            .. AppRowSamples.Rows, new RowChange.TaskRow(task.Key, task), new RowChange.SelfRow(self),
            new RowChange.OutboxRow(1, AppSamples.Statuses.Items[0]),
        ]));
        journal.Load();
        _world.Run(sql);
        Assert.Throws<InvalidDataException>(() => journal.Load());
    }

    [Fact]
    public void LaunchInATasksOwnStatus_IsDamage() =>
        Assert.Throws<InvalidDataException>(() => StatusCodec.Read(StatusCodec.Write([AppSamples.Statuses.Items[0]])));
}
