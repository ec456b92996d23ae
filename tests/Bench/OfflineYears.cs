using System.Globalization;
using Edge.Core.Engine;
using Edge.Core.Model;
using Edge.Core.Resources;
using Edge.Daemon.Mapping;

namespace Edge.Bench;

/// <summary>1,000 simulated days without a hub: the engine of a node, a task that fails every few hours, and its outbox.</summary>
internal static class OfflineYears
{
    private const int Days = 1_000;

    private static readonly DateTimeOffset s_start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public static void Measure(BenchReport report)
    {
        var told = 0;
        var state = Restore();
        var time = TimeSpan.FromHours(1);
        ulong seed = 1;
        void Do(ClusterCommand command)
        {
            var decision = EngineCore.Process(
                state, [command], new DecisionContext(s_start + time, time, seed++, ClusterLimits.Default) { Apps = AppMapping.Instance });
            told += decision.Rows.OfType<RowChange.OutboxRow>().Count(r => r.Value is not null);
            state = decision.State;
        }

        Do(new ChangeApps([new AppChange(new AppId("/web"), Definition(), 0)], [], false, "bench"));
        for (var hour = 0; hour < Days * 24; hour += 6)
        {
            time += TimeSpan.FromHours(6);
            Do(new Tick());
            foreach (var task in state.Tasks.Values.Where(t => !t.IsTerminal).ToArray())
            {
                Do(new ContainerObserved(task.Container, ObservedState.Running, null, null));
                Do(new ContainerObserved(task.Container, ObservedState.Failed, null, "exit 1"));
            }
        }

        var self = state.Self!;
        var bytes = self.Outbox.Values.Chunk(100)
            .Sum(c => (long)SyncMapping.Encode(new UpMessage.Statuses("db", 1, [.. c])).Length);
        report.Add(
            $"{Days.ToString("N0", CultureInfo.InvariantCulture)} simulated days offline, a failure each 6 h", "0 statuses lost",
            $"{told - self.Outbox.Count} of {told} lost; {bytes / 1024} KiB on the wire when the hub is back");
    }

    private static ClusterState Restore()
    {
        var self = new SelfState
        {
            Id = new NodeId("one"),
            Identity = new NodeIdentity("machine", "database", "boot"),
            Description = new NodeDescription
            {
                Hostname = "one",
                Address = "127.0.0.1",
                Port = 5051,
                Version = "1.0.0",
                Resources = ResourceSet.Of(Resource.Of("cpus", 4), Resource.Of("mem", 4096)),
            },
        };
        var context = new DecisionContext(s_start, TimeSpan.Zero, 1, ClusterLimits.Default) { Apps = AppMapping.Instance };
        return Restoration.RestoreNode(JournalRows.Empty, self, "run", context).State;
    }

    private static AppDefinition Definition() => AppDefinition.Empty.With(new Dictionary<string, string>
    {
        ["id"] = "\"/web\"",
        ["cmd"] = "\"serve\"",
        ["cpus"] = "0.1",
        ["mem"] = "16",
        ["instances"] = "1",
    });
}
