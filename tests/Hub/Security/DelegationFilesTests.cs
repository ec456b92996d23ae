using Edge.Core.Model;
using Edge.Core.Ownership;
using Edge.Core.Resources;
using Edge.Daemon.Mapping;
using Edge.Hub.Security;
using Edge.Tests.Daemon.Api.Mesos;

namespace Edge.Tests.Hub.Security;

/// <summary>Key, policies and documents of a hub: what lies in its data folder, and what its nodes are given.</summary>
public sealed class DelegationFilesTests : IDisposable
{
    private static readonly NodeId s_node = new("a");
    private readonly string _folder = Directory.CreateTempSubdirectory("edge-delegations-").FullName;
    private readonly SteppedClock _clock = new();

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Key_IsMadeOnce_AndIsTheOwnersOnly()
    {
        using var first = DelegationKey.Open(_folder);
        var path = Path.Combine(_folder, DelegationKey.FileName);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));

        File.SetUnixFileMode(path, (UnixFileMode)Convert.ToInt32("644", 8));
        using var second = DelegationKey.Open(_folder);

        Assert.Equal(first.Public.ToArray(), second.Public.ToArray());
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
        byte[] document = [1, 2, 3];
        Assert.True(DelegationSeal.Verify(document, second.Sign(document), first.Public.Span));
        Assert.Single(Directory.GetFiles(_folder));
    }

    [Theory]
    [InlineData("")]
    [InlineData("no key at all")]
    [InlineData("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n")]
    public void Key_Damaged_StopsTheStart(string text)
    {
        File.WriteAllText(Path.Combine(_folder, DelegationKey.FileName), text);
        var failure = Assert.Throws<InvalidDataException>(() => DelegationKey.Open(_folder));
        Assert.Contains("Put it back from a backup", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Policies_SurviveARestart()
    {
        var store = DelegationStore.Open(_folder, _clock);
        Assert.Equal(DelegationPolicy.BuiltIn, store.Of(s_node));
        var policy = DelegationPolicy.BuiltIn with
        {
            Apps = [new AppId("/edge")],
            Fields = ["instances", "*"],
            Restart = false,
            Create = false,
            Quota = ResourceText.Parse("cpus:1.5;mem:512").Value,
            ValidFor = TimeSpan.FromHours(12),
            Author = "boss",
        };
        Assert.Null(store.Put(s_node, policy));
        Assert.Null(store.Put(null, DelegationPolicy.BuiltIn with { Create = false }));

        var again = DelegationStore.Open(_folder, _clock);

        var kept = again.Of(s_node);
        Assert.Equal(store.Of(s_node).Id, kept.Id);
        Assert.Equal(
            policy with { Id = kept.Id, ChangedAt = kept.ChangedAt, Apps = kept.Apps, Fields = kept.Fields, Quota = kept.Quota }, kept);
        Assert.Equal("/edge", Assert.Single(kept.Apps).Value);
        Assert.Equal("cpus:1.5;mem:512", kept.Quota!.Describe());
        Assert.False(again.Of(new NodeId("other")).Create);
        Assert.Null(again.Remove(null));
        Assert.Null(again.Remove(s_node));
        Assert.True(DelegationStore.Open(_folder, _clock).Of(s_node).Create);
    }

    [Theory]
    [InlineData("{")]
    [InlineData("{}")]
    [InlineData("""{"default":{"id":"x","author":"","changedAt":"2026-01-01T00:00:00Z"},"nodes":{"a":{"id":"x","fields":["nonsense"]}}}""")]
    [InlineData("""{"default":{"id":7},"nodes":{}}""")]
    public void Policies_Damaged_StopTheStart_InsteadOfBecomingWider(string text)
    {
        File.WriteAllText(Path.Combine(_folder, DelegationStore.FileName), text);
        Assert.Contains(
            "cannot be understood", Assert.Throws<InvalidDataException>(() => DelegationStore.Open(_folder, _clock)).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Policies_ThatCannotBeWritten_AreNotInForce()
    {
        var store = DelegationStore.Open(Path.Combine(_folder, "nowhere"), _clock);
        var told = 0;
        store.Changed = _ => told++;
        Assert.Contains("cannot be written", store.Put(null, DelegationPolicy.BuiltIn with { Create = false }), StringComparison.Ordinal);
        Assert.True(store.Default.Create);
        Assert.Equal(0, told);
    }

    [Fact]
    public void Document_WithoutAnEnd_IsTheSame_OverRestarts()
    {
        using var key = DelegationKey.Open(_folder);
        var store = DelegationStore.Open(_folder, _clock);
        var issuer = new DelegationIssuer(store, key, _clock);
        var first = issuer.For(s_node);
        _clock.Advance(TimeSpan.FromDays(300));
        Assert.Same(first, issuer.For(s_node));
        Assert.True(DelegationSeal.Verify(first.Held.Document.Span, first.Held.Signature.Span, first.HubKey.Span));
        Assert.Equal(s_node, DelegationMapping.FromDocument(first.Held.Document)!.Node);
        Assert.True(SyncMapping.Encode(first).Length < 300, $"{SyncMapping.Encode(first).Length} bytes go to each node that connects.");

        using var keyAgain = DelegationKey.Open(_folder);
        var later = new DelegationIssuer(DelegationStore.Open(_folder, _clock), keyAgain, _clock).For(s_node);
        Assert.Equal(first.Held.Document.ToArray(), later.Held.Document.ToArray());
        Assert.Equal(first.HubKey.ToArray(), later.HubKey.ToArray());
    }

    [Fact]
    public void Document_WithAnEnd_IsRenewed_WhenAQuarterOfItsTimeIsOver()
    {
        using var key = DelegationKey.Open(_folder);
        var store = DelegationStore.Open(_folder, _clock);
        store.Put(s_node, DelegationPolicy.BuiltIn with { ValidFor = TimeSpan.FromHours(4) });
        var issuer = new DelegationIssuer(store, key, _clock);
        Assert.False(issuer.IsDue(s_node));
        var first = issuer.For(s_node);
        _clock.Advance(TimeSpan.FromMinutes(59));
        Assert.Same(first, issuer.For(s_node));
        _clock.Advance(TimeSpan.FromMinutes(1));
        Assert.True(issuer.IsDue(s_node));
        var second = issuer.For(s_node);
        Assert.NotEqual(first.Held.Document.ToArray(), second.Held.Document.ToArray());
        Assert.False(issuer.IsDue(s_node));
    }

    [Fact]
    public void Sender_TellsConnectedNodes_OfTheirPolicyOnly()
    {
        using var key = DelegationKey.Open(_folder);
        var store = DelegationStore.Open(_folder, _clock);
        var sent = new List<(string Node, string Id)>();
        var world = new Core.Engine.AppWorld("a", "b", "c");
        world.Cut("c");
        var sender = new DelegationSender(
            store, new DelegationIssuer(store, key, _clock),
            (node, message) => sent.Add((node.Value, ((DownMessage.Delegated)message).Held.Delegation.Id)), () => world.Hub);
        store.Changed = sender.SendChanged;

        store.Put(s_node, DelegationPolicy.BuiltIn with { ValidFor = TimeSpan.FromHours(4) });
        Assert.Equal("a", Assert.Single(sent).Node);
        store.Put(null, DelegationPolicy.BuiltIn);
        Assert.Equal(("b", store.Default.Id), sent[^1]);
        Assert.Equal(2, sent.Count);

        sender.Renew();
        Assert.Equal(2, sent.Count);
        _clock.Advance(TimeSpan.FromHours(1));
        sender.Renew();
        Assert.Equal("a", sent[2].Node);
        Assert.NotEqual(sent[0].Id, sent[2].Id);
    }
}
