using Edge.Tests.EndToEnd;
using Xunit.Abstractions;

namespace Edge.Tests.Scenarios;

/// <summary>A link that is worse than none: four of five pings are lost, the fifth takes two and a half seconds.</summary>
/// <remarks>Named after iotedge#7318, "After a reboot, the edgeAgent won't start any module while using an unreliable connection" (80 %
/// loss, 2.5 s round trip, hundreds of devices). What holds on a good link holds on this one, later. Source: SYNC, invariant 8.</remarks>
public sealed class BadLinkScenarios(ITestOutputHelper output)
{
    private const string Ship = "ship";

    private static readonly DegradedLinkOptions s_bad = new()
    {
        RoundTrip = TimeSpan.FromSeconds(2.5),
        LossPercent = 80,
        BitsPerSecond = 64_000,
        Seed = 7318,
    };

    /// <summary>An app is deployed over the bad link, runs, and its status arrives; then the power fails, and the work is back before the
    /// link is.</summary>
    [RequiresNativeFact]
    public async Task IoTEdge7318_EightyPercentLoss_DeploysReportsAndReboots()
    {
        await using var f = new Fleet(new HubSettings(), new AgentSettings(Ship));
        await f.Cluster.GuardAsync(async () =>
        {
            var link = f.Link(Ship);
            link.Degrade(s_bad);
            var started = TimeProvider.System.GetTimestamp();
            await f.Cluster.StartHubAsync();
            await f.StartWithoutWaitingAsync();
            await f.ReachableAsync(Ship, seconds: 180);
            Say("first session", started);

            started = TimeProvider.System.GetTimestamp();
            await f.Hub.CreateAsync("/log", Fleet.Forever, instances: 3);
            await MarathonDoor.UntilAsync(async () => await f.Agent(Ship).RunningAsync("/log") == 3, 180, "it runs on the node");
            Say("POST to three tasks running there", started);
            await MarathonDoor.UntilAsync(
                async () => await f.Hub.RunningAsync("/log") == 3 && await f.Hub.DeploymentsAsync() == 0, 180, "the hub knows");
            Say("POST to the hub knowing of it", started);

            await f.PowerCutAsync(Ship);
            started = TimeProvider.System.GetTimestamp();
            await f.Cluster.RestartAgentAsync(Ship);
            IReadOnlyList<SeenTask> now = [];
            await MarathonDoor.UntilAsync(
                async () => (now = await f.Agent(Ship).TasksAsync("/log")).Count(t => t is { State: "TASK_RUNNING", Incarnation: 2 }) == 3,
                10, "the work is back");
            Assert.InRange(Say("power back to three tasks running", started).TotalSeconds, 0, 5);
            await MarathonDoor.UntilAsync(
                async () => Fleet.Ids(await f.Hub.TasksAsync("/log")).SequenceEqual(Fleet.Ids(now)), 180, "the hub knows of the new tasks");
            Say("power back to the hub knowing of it", started);
            Assert.Equal(3, f.Processes(Ship, now));
            output.WriteLine($"{link.Connections} connections, {link.Bytes.Up} bytes up, {link.Bytes.Down} bytes down");
        });
    }

    private TimeSpan Say(string what, long started)
    {
        var took = TimeProvider.System.GetElapsedTime(started);
        output.WriteLine($"{what}: {took.TotalSeconds:F1} s");
        return took;
    }
}
