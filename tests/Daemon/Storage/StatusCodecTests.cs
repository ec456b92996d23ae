using Edge.Core.Model;
using Edge.Daemon.Storage;
using Edge.Tests.Daemon.Mapping;

namespace Edge.Tests.Daemon.Storage;

/// <summary>Statuses in a journal: what was written is read, and anything else is called damage.</summary>
public sealed class StatusCodecTests
{
    private static readonly StatusUpdate s_full = SyncSamples.Status("t1") with
    {
        Node = new NodeId("n1"),
        UnreachableSince = DateTimeOffset.UnixEpoch.AddSeconds(77),
    };

    private static readonly StatusUpdate s_bare = new()
    {
        Task = new TaskKey(new FrameworkId("f"), new TaskId("\u00fc b")),
        State = TaskState.Staging,
        Source = StatusSource.Master,
        Timestamp = DateTimeOffset.UnixEpoch,
    };

    [Fact]
    public void Statuses_ComeBackWhole()
    {
        Assert.Equal<IEnumerable<StatusUpdate>>([s_full, s_bare], StatusCodec.Read(StatusCodec.Write([s_full, s_bare])));
        Assert.Equal(s_full, StatusCodec.ReadOne(StatusCodec.Write([s_full])));
        Assert.Empty(StatusCodec.Read(StatusCodec.Write([])));
    }

    [Fact]
    public void EveryStateReasonAndSource_ComesBack()
    {
        foreach (var state in Enum.GetValues<TaskState>())
        {
            foreach (var source in Enum.GetValues<StatusSource>())
            {
                var status = s_bare with { State = state, Source = source };
                Assert.Equal(status, StatusCodec.ReadOne(StatusCodec.Write([status])));
            }
        }

        foreach (var reason in Enum.GetValues<StatusReason>())
        {
            var status = s_bare with { Reason = reason };
            Assert.Equal(status, StatusCodec.ReadOne(StatusCodec.Write([status])));
        }
    }

    [Fact]
    public void EveryCut_IsDamage()
    {
        var whole = StatusCodec.Write([s_full, s_bare]);
        for (var length = 0; length < whole.Length; length++)
        {
            Assert.Throws<InvalidDataException>(() => StatusCodec.Read(whole[..length]));
        }

        Assert.Throws<InvalidDataException>(() => StatusCodec.Read([.. whole, 0]));
    }

    [Theory]
    [InlineData("02-01")]
    [InlineData("01-FF-FF-FF-FF-0F")]
    [InlineData("01-FF-FF-FF-FF-FF-FF")]
    [InlineData("01-FF-FF-FF-FF-07")]
    [InlineData("01-01-FF-FF-FF-FF-0F")]
    [InlineData("01-01-01-66-01-74-FF-00")]
    public void WhatIsNoStatus_IsDamage(string hex) =>
        Assert.Throws<InvalidDataException>(() => StatusCodec.Read(Convert.FromHexString(hex.Replace("-", "", StringComparison.Ordinal))));

    [Fact]
    public void OneStatus_IsNeitherNoneNorTwo()
    {
        Assert.Throws<InvalidDataException>(() => StatusCodec.ReadOne(StatusCodec.Write([])));
        Assert.Throws<InvalidDataException>(() => StatusCodec.ReadOne(StatusCodec.Write([s_bare, s_bare])));
    }

    [Fact]
    public void MutatedBytes_GiveStatusesOrDamage()
    {
        var whole = StatusCodec.Write([s_full, s_bare]);
        var random = new Random(5);
        var damaged = 0;
        for (var i = 0; i < 20_000; i++)
        {
            byte[] bytes = [.. whole];
            for (var n = random.Next(1, 4); n > 0; n--)
            {
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            }

            try
            {
                StatusCodec.Read(bytes);
            }
            catch (InvalidDataException)
            {
                damaged++;
            }
        }

        Assert.InRange(damaged, 1_000, 19_000);
    }
}
