using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Edge.Daemon.Storage;
using Edge.Tests.Daemon.Mapping;
using Edge.Tests.Support;

namespace Edge.Tests.Daemon.Storage;

/// <summary>A journal of every earlier schema opens, with all that it held.</summary>
public sealed class JournalMigrationTests : IDisposable
{
    /// <summary>The status <c>t1</c> of the samples, as the first program wrote it.</summary>
    private const string FirstLayout =
        "010103662D31027431030202C0A48B90859894030001027431012430303030303032612D303030302D343030302D38303030"
        + "2D303030303030303030303031010C69742077656E742061776179010000002A00004000800000000000000200";

    private readonly JournalWorld _world = new();

    public void Dispose() => _world.Dispose();

    /// <summary>A migration that was released is never edited: journals in the field have been through it as it was.</summary>
    [Fact]
    public void ReleasedMigrations_AreAsTheyWere() => Assert.Equal(
        "04b7c488ef837e17",
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(JournalSchema.Migrations[0])))[..16]);

    [Fact]
    public void JournalOfTheFirstSchema_Opens_WithAllThatItHeld_AndTakesNewRows()
    {
        WriteFirstSchema();
        using (var journal = _world.Open())
        {
            var rows = journal.Load();
            Assert.Equal("hub-1", rows.HubEpoch);
            var task = rows.Tasks.Single();
            Assert.Null(task.Slot);
            Assert.Equal(SyncSamples.Status("t1"), task.Latest);
            Assert.Equal(SyncSamples.Status("t1"), task.History.Single());
            Assert.Equal(SyncSamples.Status("t1"), rows.Outbox.Single().Value);
            var self = rows.Self!;
            Assert.Equal(("hub-1", 3L, 9L), (self.HubEpoch, self.HeldRevision, self.NextSequence));
            Assert.Equal((0L, 0L), (self.ReportRevision, self.ReportedRevision));
            Assert.True(self.HubKey.IsEmpty);
            Assert.Null(self.Delegation);
            var node = rows.Nodes.Single();
            Assert.Equal((0L, false, 11L), (node.ReportRevision, node.OnHold, node.DesiredRevision));
            Assert.Equal("f", rows.Frameworks.Single().Spec.Name);
            Assert.Equal(Deep.Text(Edge.Core.Engine.AppRows.Empty), Deep.Text(rows.Apps));
            Assert.Null(journal.Commit([.. AppRowSamples.Rows]));
        }

        using var again = _world.Open();
        Assert.Equal(AppRowSamples.Rows.Length, AppRowSamples.ToChanges(again.Load().Apps).Length);
    }

    /// <summary>A power cut in the middle of a migration leaves the earlier schema; the next start goes on.</summary>
    [Fact]
    public void MigrationThatWasCut_IsDoneAtTheNextStart()
    {
        WriteFirstSchema();
        _world.Run("CREATE TABLE conflict (mine INTEGER)");
        Assert.ThrowsAny<System.Data.Common.DbException>(() => _world.Open().Dispose());
        _world.Run("DROP TABLE conflict");
        using var journal = _world.Open();
        Assert.Single(journal.Load().Tasks);
    }

    /// <summary>Rows as the first program wrote them.</summary>
    private void WriteFirstSchema()
    {
        var blob = $"x'{FirstLayout}'";
        var request = $"x'{Convert.ToHexString(SyncSamples.Spec("t1").Wire.Span)}'";
        _world.Run(string.Create(CultureInfo.InvariantCulture, $"""
            {JournalSchema.Migrations[0]}
            PRAGMA user_version = 1;
            INSERT INTO meta VALUES ('hub_epoch', 'hub-1');
            INSERT INTO meta VALUES ('agent_epoch', '0123456789abcdef');
            INSERT INTO self VALUES (1, 'hub-1', 3, 9);
            INSERT INTO framework VALUES ('f-1', 0, 'f', 'root', '*', '', 60000000, 1, 2, NULL, x'');
            INSERT INTO node VALUES ('n1', 'm', 'db', 'boot', 'h', 'a', 1, '', 'cpus:1', '', '1', NULL, 1, 1, 1, 11, 11, 4, 0);
            INSERT INTO task VALUES (
                'f-1', 't1', 'n1', 'c', '*', 'root', 0, NULL, 1, 2, 1, 0, {request}, {blob}, {blob}, x'0100');
            INSERT INTO outbox VALUES (5, {blob});
            """));
    }
}
