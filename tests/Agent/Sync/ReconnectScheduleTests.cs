using Edge.Agent.Sync;

namespace Edge.Tests.Agent.Sync;

/// <summary>When nodes come back: each in its own slot, the same every time, and never beyond reason.</summary>
public sealed class ReconnectScheduleTests
{
    [Theory]
    [InlineData(0u)]
    [InlineData(1u)]
    public void WithoutSlots_NobodyWaits(uint slots) => Assert.Equal(TimeSpan.Zero, ReconnectSchedule.Slot("n1", slots, 100));

    [Fact]
    public void Hash_IsTheSameOnEveryMachineAndInEveryVersion()
    {
        Assert.Equal(2166136261u, ReconnectSchedule.Hash(""));
        Assert.Equal(0xE40C292Cu, ReconnectSchedule.Hash("a"));
        Assert.Equal(0xBF9CF968u, ReconnectSchedule.Hash("foobar"));
    }

    [Fact]
    public void Slot_IsAWholeOne_BelowTheirNumber_TheSameEveryTime()
    {
        for (var i = 0; i < 1000; i++)
        {
            var slot = ReconnectSchedule.Slot($"node-{i}", 20, 100);
            Assert.Equal(slot, ReconnectSchedule.Slot($"node-{i}", 20, 100));
            Assert.Equal(0, slot.TotalMilliseconds % 100);
            Assert.InRange(slot, TimeSpan.Zero, TimeSpan.FromMilliseconds(1900));
        }
    }

    [Fact]
    public void Fleet_IsSpreadEvenly()
    {
        var sizes = Enumerable.Range(0, 10_000)
            .GroupBy(i => ReconnectSchedule.Slot($"node-{i}", 20, 100))
            .Select(slot => slot.Count())
            .ToArray();
        Assert.Equal(20, sizes.Length);
        Assert.All(sizes, size => Assert.InRange(size, 350, 650));
    }

    [Theory]
    [InlineData(uint.MaxValue, uint.MaxValue)]
    [InlineData(uint.MaxValue, 1u)]
    [InlineData(2u, uint.MaxValue)]
    public void Nonsense_WaitsNoLongerThanTheLongestSlot(uint slots, uint millis)
    {
        for (var i = 0; i < 100; i++)
        {
            Assert.InRange(ReconnectSchedule.Slot($"node-{i}", slots, millis), TimeSpan.Zero, ReconnectSchedule.LongestSlot);
        }
    }

    [Theory]
    [InlineData(0, 10)]
    [InlineData(1, 20)]
    [InlineData(2, 40)]
    [InlineData(3, 60)]
    [InlineData(int.MaxValue, 60)]
    public void Patience_GrowsWithFailures_UpToAMinute(int failures, int seconds) =>
        Assert.Equal(TimeSpan.FromSeconds(seconds), ReconnectSchedule.Patience(failures));
}
