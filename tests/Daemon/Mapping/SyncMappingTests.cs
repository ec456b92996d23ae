using System.IO.Compression;
using Edge.Contracts.Sync;
using Edge.Core.Model;
using Edge.Daemon.Mapping;
using Edge.Tests.Core.Engine;
using Google.Protobuf;
using Wire = Edge.Contracts.Sync;

namespace Edge.Tests.Daemon.Mapping;

/// <summary>Sync messages on the wire: nothing is lost, large ones are small, and no bytes throw.</summary>
public sealed class SyncMappingTests
{
    [Fact]
    public void UpMessages_ComeBackWhole()
    {
        Assert.Equal(Kinds(typeof(UpMessage)), SyncSamples.Up.Select(m => m.GetType().Name).Order(StringComparer.Ordinal));
        foreach (var message in SyncSamples.Up)
        {
            var again = DecodeUp(SyncMapping.Encode(message))!.Message!;
            Assert.Equal(SyncSamples.Text(message), SyncSamples.Text(again));
        }
    }

    [Fact]
    public void DownMessages_ComeBackWhole()
    {
        Assert.Equal(Kinds(typeof(DownMessage)), SyncSamples.Down.Select(m => m.GetType().Name).Order(StringComparer.Ordinal));
        foreach (var message in SyncSamples.Down)
        {
            var again = DecodeDown(SyncMapping.Encode(message))!;
            Assert.Equal(SyncSamples.Text(message), SyncSamples.Text(again));
        }
    }

    [Fact]
    public void Requests_TravelByteForByte()
    {
        var sent = SyncSamples.Assignment("t1");
        var came = Assert.IsType<DownMessage.Assignments>(
            DecodeDown(SyncMapping.Encode(new DownMessage.Assignments("h", 0, 1, false, [sent])))).Items.Single();
        Assert.Equal(sent.Spec.Wire.ToArray(), came.Spec.Wire.ToArray());
        Assert.Equal(sent.Resources, came.Resources);
    }

    [Fact]
    public void LastWill_NamesTheInstance()
    {
        var up = DecodeUp(SyncMapping.EncodeLost("machine"))!;
        Assert.Null(up.Message);
        Assert.Equal("machine", up.LostInstance);
    }

    [Fact]
    public void LargeSet_Shrinks_AndComesBackWhole()
    {
        var one = SyncMapping.Encode(Set(1)).Length;
        var many = SyncMapping.Encode(Set(500));
        Assert.Equal(Down.MessageOneofCase.Brotli, Down.Parser.ParseFrom(many).MessageCase);
        Assert.True(many.Length < one * 500 / 5, $"500 tasks of {one} bytes became {many.Length} bytes.");
        Assert.Equal(SyncSamples.Text(Set(500)), SyncSamples.Text(DecodeDown(many)!));
    }

    [Fact]
    public void LargeReport_FromANode_Shrinks_AndComesBackWhole()
    {
        var statuses = new UpMessage.Statuses("db", 1, [.. Enumerable.Range(0, 100).Select(i => SyncSamples.Status($"task-{i}"))]);
        var sent = SyncMapping.Encode(statuses);
        Assert.Equal(Up.MessageOneofCase.Brotli, Up.Parser.ParseFrom(sent).MessageCase);
        Assert.Equal(SyncSamples.Text(statuses), SyncSamples.Text(DecodeUp(sent)!.Message!));
    }

    [Fact]
    public void WhatIsSmall_OrDoesNotShrink_IsSentAsItIs()
    {
        Assert.Equal(Down.MessageOneofCase.Assignments, Down.Parser.ParseFrom(SyncMapping.Encode(Set(1))).MessageCase);
        var noise = new byte[50_000];
        new Random(3).NextBytes(noise);
        Assert.Null(SyncCompression.TryCompress(noise));
        Assert.Null(SyncCompression.TryCompress(new byte[SyncCompression.BytesMin - 1]));
        var zeros = new byte[SyncCompression.BytesMin];
        Assert.Equal(zeros, SyncCompression.TryDecompress(SyncCompression.TryCompress(zeros), zeros.Length));
    }

    /// <summary>A few kilobytes that would become 256 MiB.</summary>
    [Fact]
    public void DecompressionBomb_IsRefused_BeforeItFillsTheMemory()
    {
        var bomb = ByteString.CopyFrom(Brotli(new byte[1024 * 1024], times: 256));
        Assert.True(bomb.Length < 60_000, $"{bomb.Length} bytes are no bomb.");
        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Null(DecodeUp(new Up { Brotli = bomb }.ToByteArray()));
        Assert.Null(DecodeDown(new Down { Brotli = bomb }.ToByteArray()));
        var took = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.True(took < 2 * 5 * SyncMapping.PayloadMax, $"{took} bytes were allocated.");
    }

    [Fact]
    public void CompressedWithinCompressed_IsRefused()
    {
        var down = new Down { Brotli = Pack(new Down { Refused = new Refused { Reason = "x" } }) };
        Assert.IsType<DownMessage.Refused>(DecodeDown(down.ToByteArray()));
        Assert.Null(DecodeDown(new Down { Brotli = Pack(down) }.ToByteArray()));
        var up = new Up { Brotli = Pack(new Up { Held = new Held { Revision = 1 } }) };
        Assert.NotNull(DecodeUp(up.ToByteArray()));
        Assert.Null(DecodeUp(new Up { Brotli = Pack(up) }.ToByteArray()));
    }

    [Fact]
    public void CompressedBytes_ThatAreNoWholeStream_AreRefused()
    {
        var whole = Brotli(new Up { Held = new Held { Revision = 1 } }.ToByteArray());
        Assert.NotNull(Decode(whole));
        Assert.Null(Decode([]));
        Assert.Null(Decode(whole[..^1]));
        Assert.Null(Decode([.. whole, 0]));
        Assert.Null(Decode([0xff, 0xff, 0xff]));

        static DecodedUp? Decode(byte[] stream) => DecodeUp(new Up { Brotli = ByteString.CopyFrom(stream) }.ToByteArray());
    }

    [Fact]
    public void PayloadBeyondTheLimit_IsRefused()
    {
        var payload = new Down { Refused = new Refused { Reason = new string('x', SyncMapping.PayloadMax) } }.ToByteArray();
        Assert.Null(DecodeDown(payload));
        Assert.Null(SyncMapping.DecodeAnnouncement(new byte[SyncMapping.PayloadMax + 1]));
    }

    [Theory]
    [InlineData(long.MinValue, 0)]
    [InlineData(-1, 1)]
    [InlineData(1, int.MaxValue)]
    [InlineData(long.MaxValue - 1, int.MinValue)]
    [InlineData(long.MaxValue, -1)]
    public void ExtremeNumbers_ThrowNowhere(long number, int small)
    {
        var assignment = SyncTaskMapping.ToWire(SyncSamples.Assignment("t1"));
        (assignment.KillGraceMicros, assignment.LaunchedMicros) = (number, number);
        var status = SyncTaskMapping.ToWire(SyncSamples.Status("t1"));
        (status.TimeMicros, status.State, status.Source, status.Reason) = (number, (uint)small, (uint)small, (uint)small);
        var hello = Up.Parser.ParseFrom(SyncMapping.Encode(SyncSamples.Up[0])).Hello;
        (hello.HeldRevision, hello.OutboxHead, hello.ClockMicros, hello.Description.Port) = (number, number, number, small);
        Up[] ups =
        [
            new() { Hello = hello },
            new()
            {
                Inventory = new Wire.Inventory
                {
                    OutboxHead = number, Tasks = { new Wire.InventoryItem { Assignment = assignment, Latest = status } },
                },
            },
            new() { Statuses = new Wire.Statuses { AgentEpoch = "database", FirstSequence = number, Items = { status } } },
            new() { Held = new Held { Revision = number } },
        ];
        var hub = EngineWorld.Hub().Join();
        foreach (var up in ups)
        {
            var message = DecodeUp(up.ToByteArray())!.Message!;
            hub.Do(new Edge.Core.Engine.NodeMessage(EngineWorld.Node1, message));
            Assert.NotEmpty(SyncMapping.Encode(message));
        }

        var set = new Wire.Assignments { HubEpoch = "h", AppliesTo = number, ResultsIn = number, Full = true, Items = { assignment } };
        Down[] downs =
        [
            new() { Welcome = new Welcome { HubEpoch = "h", AppliedSequence = number, AgentEpoch = "db-1" } },
            new() { Assignments = set },
            new() { Acknowledged = new Acknowledged { AgentEpoch = "db-1", Sequence = number } },
        ];
        var agent = EngineWorld.Agent().Do(new Edge.Core.Engine.HubLinkOpened());
        foreach (var down in downs)
        {
            agent.Do(new Edge.Core.Engine.HubMessage(DecodeDown(down.ToByteArray())!));
        }
    }

    [Fact]
    public void UnknownRung_MakesTheSetUnreadable_UnknownStateChangesNothing()
    {
        var assignment = SyncTaskMapping.ToWire(SyncSamples.Assignment("t1"));
        assignment.Observed = 99;
        Assert.Null(DecodeDown(new Down { Assignments = new Wire.Assignments { Items = { assignment } } }.ToByteArray()));
        var status = SyncTaskMapping.ToWire(SyncSamples.Status("t1"));
        status.State = 99;
        Assert.Equal(TaskState.Unknown, SyncTaskMapping.FromWire(status).State);
    }

    [Fact]
    public void MutatedBytes_GiveAMessageOrNothing()
    {
        byte[][] corpus =
        [
            .. SyncSamples.Up.Select(SyncMapping.Encode), .. SyncSamples.Down.Select(SyncMapping.Encode),
            SyncMapping.Encode(Set(20)), SyncMapping.EncodeLost("machine"),
            SyncMapping.Encode(new UpMessage.Statuses("db", 1, [.. Enumerable.Range(0, 30).Select(i => SyncSamples.Status($"t{i}"))])),
        ];
        var random = new Random(20261121);
        var read = 0;
        for (var i = 0; i < 100_000; i++)
        {
            var bytes = Mutate(corpus[random.Next(corpus.Length)], random);
            read += DecodeUp(bytes) is null ? 0 : 1;
            read += DecodeDown(bytes) is null ? 0 : 1;
            SyncMapping.DecodeAnnouncement(bytes);
        }

        Assert.InRange(read, 10_000, 150_000);
    }

    private static byte[] Mutate(byte[] whole, Random random)
    {
        byte[] bytes = random.Next(10) == 0 ? whole[..random.Next(whole.Length)] : [.. whole];
        for (var i = random.Next(4); i > 0 && bytes.Length > 0; i--)
        {
            ref var at = ref bytes[random.Next(bytes.Length)];
            at = random.Next(3) switch
            {
                0 => (byte)random.Next(256),
                1 => (byte)(at ^ 1 << random.Next(8)),
                _ => (byte)(at + random.Next(-2, 3)),
            };
        }

        return bytes;
    }

    private static DownMessage.Assignments Set(int tasks) =>
        new("hub-1", 0, tasks, true, [.. Enumerable.Range(0, tasks).Select(i => SyncSamples.Assignment($"task-{i}"))]);

    private static IEnumerable<string> Kinds(Type message) =>
        message.GetNestedTypes().Select(t => t.Name).Order(StringComparer.Ordinal);

    private static ByteString Pack(IMessage message) => ByteString.CopyFrom(Brotli(message.ToByteArray()));

    private static byte[] Brotli(byte[] bytes, int times = 1)
    {
        using var into = new MemoryStream();
        using (var brotli = new BrotliStream(into, CompressionLevel.Fastest))
        {
            for (var i = 0; i < times; i++)
            {
                brotli.Write(bytes);
            }
        }

        return into.ToArray();
    }

    private static DecodedUp? DecodeUp(byte[] bytes) => SyncMapping.DecodeUp(bytes, TaskMapping.FromWire);

    private static DownMessage? DecodeDown(byte[] bytes) => SyncMapping.DecodeDown(bytes, TaskMapping.FromWire);
}
