using System.Security.Cryptography;
using Edge.Core.Model;
using Edge.Core.Ownership;
using Edge.Core.Resources;
using Edge.Daemon.Mapping;
using Edge.Tests.Support;
using Google.Protobuf;
using Wire = Edge.Contracts.Sync;

namespace Edge.Tests.Daemon.Mapping;

/// <summary>What hub and nodes say of apps: nothing is lost, everything is bounded, and no bytes throw.</summary>
public sealed class AppSyncTests
{
    private static readonly UpMessage[] s_up =
    [
        AppSamples.Report,
        AppSamples.Statuses,
        new UpMessage.Inventory([new(AppSamples.Launch, null)], 3),
        new UpMessage.Hello(
            new NodeIdentity("machine", "database", "boot"), SyncSamples.Description(), "hub", 1, 2, AppSamples.Time)
        {
            ReportRevision = 77,
        },
    ];

    private static readonly DownMessage[] s_down =
    [
        AppSamples.Assignments,
        AppSamples.Delegated,
        new DownMessage.Reported("database", 12),
        new DownMessage.Welcome("hub-1", 11, WantsInventory: false) { AgentEpoch = "database", ReportRevision = 78 },
    ];

    [Fact]
    public void Messages_ComeBackWhole()
    {
        foreach (var message in s_up)
        {
            Assert.Equal(Deep.Text(message), Deep.Text(Travel(message)));
        }

        foreach (var message in s_down)
        {
            Assert.Equal(Deep.Text(message), Deep.Text(Travel(message)));
        }
    }

    [Theory]
    [InlineData(long.MinValue, 1)]
    [InlineData(-1, 1)]
    [InlineData(0, 1)]
    [InlineData(long.MaxValue, int.MaxValue)]
    public void ExtremeNumbers_ComeBackWhole(long number, int incarnation)
    {
        var time = EpochMicros.ToTime(number);
        var share = AppSamples.Share with
        {
            Generation = number,
            Restarts = number,
            SettledReport = number,
            Version = time,
            LastScalingAt = time,
            LastConfigChangeAt = time,
        };
        var change = AppSamples.Override with { BaseGeneration = number, At = time, LocalInstances = incarnation };
        var item = AppSamples.OwnItem with { Revision = number, Generation = number, Restarts = number, Override = change, Version = time };
        var slot = AppSamples.Slot with { Incarnation = incarnation, Version = time };
        var delegation = AppSamples.Delegation with { IssuedAt = time, ValidFor = EpochMicros.ToSpan(number) };
        AssertTravels(new UpMessage.SiteReport("e", number, [item]));
        AssertTravels(AppSamples.Assignments with { Items = [AppSamples.Launch with { Slot = slot }], Apps = [share] });
        AssertTravels(new DownMessage.Reported("e", number));
        AssertTravels(new DownMessage.Welcome("h", 1, false) { ReportRevision = number });
        Assert.Equal(Deep.Text(delegation), Deep.Text(DelegationMapping.FromDocument(DelegationMapping.ToDocument(delegation))));
    }

    [Fact]
    public void NothingButAMessage_ComesBackWhole()
    {
        AssertTravels(new UpMessage.SiteReport(string.Empty, 0, []));
        AssertTravels(new DownMessage.Assignments("h", 1, 2, Full: false, []));
        AssertTravels(new DownMessage.Assignments("h", 1, 2, false, [AppSamples.Launch with { Slot = AppSamples.BareSlot }]));
    }

    /// <summary>SYNC, "Budgets": one status, end to end.</summary>
    [Fact]
    public void StatusOfAnAppsTask_StaysSmall()
    {
        var status = new StatusUpdate
        {
            Task = new TaskKey(new FrameworkId("edge-marathon"), new TaskId($"factory_line-4_frontend.instance-{Guid.Empty:D}._app.1000")),
            State = Edge.Core.Model.TaskState.Failed,
            Source = StatusSource.Agent,
            Timestamp = AppSamples.Time,
            Container = new ContainerId(Guid.Empty.ToString("D")),
            Uuid = Guid.Empty,
            Reason = StatusReason.ContainerLaunchFailed,
            Message = "The process ended with exit status 137.",
            Healthy = false,
            Cause = EndCause.HealthCheck,
            Released = true,
        };
        var bytes = SyncMapping.Encode(new UpMessage.Statuses("0123456789abcdef", 1_000_000, [status])).Length;
        Assert.InRange(bytes, 100, 250);
    }

    [Fact]
    public void FiftyApps_OfOneKind_AreCompressed()
    {
        var apps = Enumerable.Range(0, 50).Select(i => AppSamples.Share with { Id = new AppId($"/edge/web{i}") });
        var one = SyncMapping.Encode(AppSamples.Assignments with { Items = [], Apps = [AppSamples.Share] }).Length;
        var all = SyncMapping.Encode(AppSamples.Assignments with { Items = [], Apps = [.. apps] }).Length;
        Assert.True(all < one * 50 / 4, $"One app takes {one} bytes, fifty {all}.");
    }

    [Fact]
    public void DelegationDocument_SaysWhatWasSigned()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        foreach (var delegation in (Delegation[])[AppSamples.Delegation, AppSamples.BareDelegation])
        {
            var document = DelegationMapping.ToDocument(delegation);
            var held = new HeldDelegation(delegation, document, key.SignData(document, HashAlgorithmName.SHA256), TimeSpan.Zero);
            var came = Assert.IsType<DownMessage.Delegated>(Travel(new DownMessage.Delegated(held, key.ExportSubjectPublicKeyInfo())));
            Assert.Equal(Deep.Text(delegation), Deep.Text(came.Held.Delegation));
            Assert.True(DelegationSeal.Verify(came.Held.Document.Span, came.Held.Signature.Span, came.HubKey.Span));
        }
    }

    [Fact]
    public void NoQuota_IsNotAnEmptyOne()
    {
        var empty = AppSamples.BareDelegation with { Quota = ResourceSet.Empty };
        Assert.NotNull(DelegationMapping.FromDocument(DelegationMapping.ToDocument(empty))!.Quota);
        Assert.Null(DelegationMapping.FromDocument(DelegationMapping.ToDocument(AppSamples.BareDelegation))!.Quota);
    }

    /// <summary>The library answers these by an exception of its own. Source: protocolbuffers/protobuf, issue 26856.</summary>
    [Theory]
    [InlineData("0AFFFFFFFF672ACC")]
    [InlineData("0AFCFFFFFF57D801")]
    [InlineData("0AFFFFFFFF67B534")]
    [InlineData("0AFFFFFFFF673934")]
    public void PartOfNearlyTwoGigabytes_IsNoMessage(string hex)
    {
        var bytes = Convert.FromHexString(hex);
        Assert.Null(SyncMapping.DecodeUp(bytes, TaskMapping.FromWire));
        Assert.Null(SyncMapping.DecodeDown(bytes, TaskMapping.FromWire));
        Assert.Null(SyncMapping.DecodeAnnouncement(bytes));
        Assert.Null(DelegationMapping.FromDocument(bytes));
        Assert.Throws<InvalidDataException>(() => TaskMapping.FromWire(Convert.FromHexString("12" + hex[2..])));
    }

    [Fact]
    public void MutatedBytes_GiveAMessageOrNothing()
    {
        byte[][] corpus =
        [
            .. s_up.Select(SyncMapping.Encode), .. s_down.Select(SyncMapping.Encode),
            Plain(AppSamples.Assignments), DelegationMapping.ToDocument(AppSamples.Delegation),
        ];
        var random = new Random(20261122);
        var read = 0;
        for (var i = 0; i < 50_000; i++)
        {
            var bytes = Mutate(corpus[random.Next(corpus.Length)], random);
            if (SyncMapping.DecodeUp(bytes, TaskMapping.FromWire) is { Message: { } up })
            {
                read++;
                SyncMapping.Encode(up);
            }

            if (SyncMapping.DecodeDown(bytes, TaskMapping.FromWire) is { } down)
            {
                read++;
                SyncMapping.Encode(down);
            }

            if (DelegationMapping.FromDocument(bytes) is { } delegation)
            {
                DelegationMapping.ToDocument(delegation);
            }
        }

        Assert.InRange(read, 5_000, 75_000);
    }

    private static byte[] Mutate(byte[] whole, Random random)
    {
        byte[] bytes = random.Next(10) == 0 ? whole[..random.Next(whole.Length)] : [.. whole];
        if (random.Next(8) == 0)
        {
            // A length that no message has.
            var at = random.Next(bytes.Length + 1);
            bytes = [.. bytes[..at], (byte)random.Next(0xf0, 0x100), 0xff, 0xff, 0xff, (byte)random.Next(8), .. bytes[at..]];
        }

        for (var i = random.Next(4); i > 0 && bytes.Length > 0; i--)
        {
            ref var at = ref bytes[random.Next(bytes.Length)];
            at = random.Next(3) switch
            {
                0 => (byte)random.Next(256),
                1 => (byte)(at ^ (1 << random.Next(8))),
                _ => (byte)(at + random.Next(-2, 3)),
            };
        }

        return bytes;
    }

    /// <summary>Not compressed: a mutation reaches every field.</summary>
    private static byte[] Plain(DownMessage.Assignments message)
    {
        var wire = new Wire.Assignments { HubEpoch = message.HubEpoch, AppliesTo = message.AppliesTo, ResultsIn = message.ResultsIn };
        wire.Items.AddRange(message.Items.Select(SyncTaskMapping.ToWire));
        wire.Slots.AddRange(message.Slots.Select(SyncAppMapping.ToWire));
        wire.Apps.AddRange(message.Apps.Select(SyncAppMapping.ToWire));
        return new Wire.Down { Assignments = wire }.ToByteArray();
    }

    private static void AssertTravels(UpMessage message) => Assert.Equal(Deep.Text(message), Deep.Text(Travel(message)));

    private static void AssertTravels(DownMessage message) => Assert.Equal(Deep.Text(message), Deep.Text(Travel(message)));

    private static UpMessage? Travel(UpMessage message) =>
        SyncMapping.DecodeUp(SyncMapping.Encode(message), TaskMapping.FromWire)?.Message;

    private static DownMessage? Travel(DownMessage message) =>
        SyncMapping.DecodeDown(SyncMapping.Encode(message), TaskMapping.FromWire);
}
