using System.Collections.Concurrent;
using Edge.Agent.Sync;
using Edge.Core.Engine;
using Edge.Core.Model;
using Edge.Daemon.Mapping;
using Edge.Mqtt.Broker;
using Edge.Tests.Agent.Tasks;
using Edge.Tests.Daemon.Api.Mesos;
using Edge.Tests.EndToEnd;
using Edge.Tests.Mqtt;
using Edge.Tests.Scenarios;
using Microsoft.Extensions.Logging;

namespace Edge.Tests.Agent.Sync;

/// <summary>The link against a real broker, on a clock that is stepped by hand.</summary>
public sealed class HubLinkTests
{
    private const string Client = "edge-n1-machine";

    private readonly SteppedClock _clock = new();
    private readonly ScriptedEngine _engine = new();
    private readonly CountingLogger _log = new();

    [Fact]
    public Task ConnectionThatEndsAtOnce_IsAFailedAttempt_AndTheNextOneWaits() => WithLinkAsync(async (world, link) =>
    {
        for (var round = 1; round <= 3; round++)
        {
            await UntilAsync(() => link.IsConnected && link.Connects == round, advance: round > 1);
            Assert.True(await world.Broker.DisconnectAsync(Client));
            await UntilAsync(() => _log.Failures == round);
            Assert.False(link.IsConnected);

            // The clock stands still, so the wait is not over.
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System);
            Assert.Equal(round, link.Connects);
        }
    });

    [Fact]
    public Task ConnectionThatLasted_IsOpenedAgainAtOnce() => WithLinkAsync(async (world, link) =>
    {
        await UntilAsync(() => link.IsConnected);
        _clock.Advance(ReconnectSchedule.ShortConnection);
        Assert.True(await world.Broker.DisconnectAsync(Client));
        await UntilAsync(() => link.Connects == 2);
        Assert.Equal(0, _log.Failures);
    });

    [Fact]
    public Task Engine_HearsOfEachEndOfTheLink() => WithLinkAsync(async (world, link) =>
    {
        await UntilAsync(() => _engine.Commands.OfType<HubLinkOpened>().Any());
        Assert.True(await world.Broker.DisconnectAsync(Client));
        await UntilAsync(() => _engine.Commands.OfType<HubLinkClosed>().Any());
        link.Send(new UpMessage.Held(1, false));
        Assert.Equal(1, link.Dropped);
    });

    [Fact]
    public Task MessagesOfTheHub_ReachTheEngine_WhatCannotBeReadDoesNot() => WithLinkAsync(async (world, link) =>
    {
        await UntilAsync(() => link.IsConnected);
        world.Broker.TryPublish(MqttWorld.Message("edge/1/n1/down", [0xff, 0xff]));
        world.Broker.TryPublish(MqttWorld.Message("edge/1/n1/down", SyncMapping.Encode(new DownMessage.Acknowledged("db", 7))));
        await UntilAsync(() => _engine.Commands.OfType<HubMessage>().Any());
        Assert.Equal(new DownMessage.Acknowledged("db", 7), _engine.Commands.OfType<HubMessage>().Single().Message);
    });

    /// <summary>Ten messages over a round trip of half a second: they travel together, in their order.</summary>
    [Fact]
    public async Task Messages_DoNotWaitForEachOthersAnswers_AndKeepTheirOrder()
    {
        var target = 0;
        await using var slow = new DegradedLink(
            () => target, new DegradedLinkOptions { RoundTrip = TimeSpan.FromSeconds(0.5) }, TimeProvider.System);
        await WithLinkAsync(
            async (world, link) =>
            {
                var heard = new ConcurrentQueue<UpMessage>();
                using var ear = world.Broker.Subscribe("edge/1/n1/up", (in MqttBrokerMessage message) =>
                {
                    heard.Enqueue(SyncMapping.DecodeUp(message.Payload.Span, TaskMapping.FromWire)!.Message!);
                    return true;
                });
                await UntilAsync(() => link.IsConnected);
                var sent = Enumerable.Range(1, 40).Select(i => new UpMessage.Held(i, false)).ToArray();
                var started = TimeProvider.System.GetTimestamp();
                Array.ForEach(sent, link.Send);
                await UntilAsync(() => heard.Count == sent.Length);
                Assert.InRange(TimeProvider.System.GetElapsedTime(started).TotalSeconds, 0.2, 10);
                Assert.Equal(sent, heard);
            },
            port =>
            {
                target = port;
                return slow.Port;
            });
    }

    private async Task WithLinkAsync(Func<MqttWorld, HubLink, Task> test, Func<int, int>? way = null)
    {
        await using var world = await MqttWorld.StartAsync();
        var port = way?.Invoke(world.Port) ?? world.Port;
        using var stopping = new CancellationTokenSource();
        var options = new HubLinkOptions("n1", "machine", "127.0.0.1", port, TimeSpan.FromSeconds(60));
        var link = new HubLink(options, _engine, TaskMapping.FromWire, _clock, _log);
        var running = link.RunAsync(stopping.Token);
        try
        {
            await test(world, link);
        }
        finally
        {
            await stopping.CancelAsync();
            await running;
        }
    }

    private Task UntilAsync(Func<bool> holds, bool advance = false) => Cluster.UntilAsync(
        () =>
        {
            if (advance)
            {
                _clock.Advance(TimeSpan.FromSeconds(1));
            }

            return holds();
        },
        30, "the link has done it");

    /// <summary>Counts the failed attempts that the link tells of.</summary>
    private sealed class CountingLogger : ILogger<HubLink>
    {
        private const int ConnectFailed = 2003;

        private int _failures;

        public int Failures => Volatile.Read(ref _failures);

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (eventId.Id == ConnectFailed)
            {
                Interlocked.Increment(ref _failures);
            }
        }
    }
}
