using Edge.Contracts.Mesos;
using Edge.Mqtt.Client;
using Edge.Mqtt.Packets;
using Edge.Tests.EndToEnd;
using Task = System.Threading.Tasks.Task;

namespace Edge.Tests.Faults;

/// <summary>Faults of the hub and of the messages that reach it: its database lost, its broker fed with garbage and with old
/// messages.</summary>
public sealed class HubFaultTests
{
    private const string Node = "one";

    [RequiresNativeFact]
    public Task HubDatabase_Overwritten_IsMovedAside_AndTheNodesBringItBack() => WithTaskAsync(async (cluster, framework, task) =>
    {
        var id = framework.Id;
        var before = framework.Subscriptions;
        await cluster.Hub.KillAsync();
        var path = Path.Combine(cluster.Hub.Data, "hub.db");
        File.Delete(path + "-wal");
        File.Delete(path + "-shm");
        var garbage = new byte[100_000];
        new Random(11).NextBytes(garbage);
        File.WriteAllBytes(path, garbage);
        await cluster.StartHubAsync();
        await cluster.Hub.WaitForLogAsync($"The journal {path} is damaged", 10);
        Assert.NotEmpty(Directory.GetFiles(cluster.Hub.Data, "hub.db.damaged-*"));
        await framework.UntilAsync(() => framework.Subscriptions > before, 30, "the framework is subscribed again");
        Assert.Equal(id, framework.Id);
        await Cluster.UntilAsync(() => cluster.Connections(Node) >= 2, 60, "the agent is back at the hub");
        await RunningByReconciliationAsync(framework);
        task.AssertAlive();
        await framework.LaunchAsync(TestFramework.Shell("next", "true", Node));
        await framework.WaitForAsync("next", TaskState.TaskFinished, 30);
        task.Finish();
        await framework.WaitForAsync("task", TaskState.TaskFinished, 30);
        Assert.Single(framework.Updates, u => u.Task == "task" && u.State == TaskState.TaskFinished);
    });

    [RequiresNativeFact]
    public Task Broker_GarbageOnTheTopicsOfNodes_ChangesNothing() => WithTaskAsync(async (cluster, framework, task) =>
    {
        await using var client = await ConnectAsync(cluster, null);
        var random = new Random(13);
        var seen = framework.Updates.Count;
        string[] topics =
        [
            "edge/1/one/up", "edge/1/one/down", "edge/1/ghost/up", "edge/1//up", "edge/1/\u00fc b/up", "edge/1/hub", "edge/2/one/up",
        ];
        foreach (var topic in topics)
        {
            foreach (var size in (int[])[0, 1, 3, 100, 5000, 200_000])
            {
                var payload = new byte[size];
                random.NextBytes(payload);
                await PublishAsync(client, topic, payload);
            }
        }

        await StillWorksAsync(cluster, framework, task, seen);
        await cluster.Hub.WaitForLogAsync("cannot be read; ignored", 10);
        await cluster[Node].WaitForLogAsync("cannot be read; ignored", 10);
    });

    [RequiresNativeFact]
    public Task Broker_OldMessagesAgainAndInAnotherOrder_ChangeNothing() => WithTaskAsync(async (cluster, framework, task) =>
    {
        var ups = new List<MqttMessage>();
        await using var client = await ConnectAsync(cluster, message =>
        {
            lock (ups)
            {
                ups.Add(message);
            }
        });
        await client.SubscribeAsync([new MqttTopicFilter("edge/1/+/up", MqttQualityOfServiceLevel.AtLeastOnce)]);

        // A whole life of short tasks, and a session that is opened anew, are what is recorded.
        for (var i = 0; i < 3; i++)
        {
            await framework.LaunchAsync(TestFramework.Shell($"short-{i}", "true", Node));
            await framework.WaitForAsync($"short-{i}", TaskState.TaskFinished, 30);
        }

        await cluster[Node].KillAsync();
        await cluster.RestartAgentAsync(Node);
        await framework.LaunchAsync(TestFramework.Shell("short-3", "true", Node));
        await framework.WaitForAsync("short-3", TaskState.TaskFinished, 30);
        MqttMessage[] old;
        lock (ups)
        {
            old = [.. ups];
        }

        Assert.True(old.Length >= 5, $"Only {old.Length} messages were recorded.");
        await client.UnsubscribeAsync(["edge/1/+/up"]);
        var seen = framework.Updates.Count;
        var random = new Random(17);
        foreach (var message in old.Concat(old.Reverse()).Concat(old.OrderBy(_ => random.Next())))
        {
            await PublishAsync(client, message.Topic, message.Payload.ToArray());
        }

        await StillWorksAsync(cluster, framework, task, seen);
    });

    /// <summary>Nothing was said to the framework, what runs runs, and new work is done and told once.</summary>
    private static async Task StillWorksAsync(Cluster cluster, TestFramework framework, FaultTask task, int seen)
    {
        await framework.LaunchAsync(TestFramework.Shell("after", "true", Node));
        await framework.WaitForAsync("after", TaskState.TaskFinished, 60);
        Assert.All(framework.Updates.Skip(seen), u => Assert.Equal("after", u.Task));
        Assert.Equal(3, framework.Updates.Count - seen);
        await RunningByReconciliationAsync(framework);
        task.AssertAlive();
        await task.FinishAsync();
        Assert.True(cluster.Hub.IsRunning && cluster[Node].IsRunning, "A daemon has ended.");
    }

    private static async Task RunningByReconciliationAsync(TestFramework framework)
    {
        var before = framework.Updates.Count;
        for (var i = 0; i < 30 && !Said(); i++)
        {
            await framework.ReconcileAsync();
            await Task.Delay(TimeSpan.FromSeconds(0.5), TimeProvider.System);
        }

        Assert.True(Said(), framework.Told());
        bool Said() => framework.Updates.Skip(before).Any(u => u.Task == "task" && u.State == TaskState.TaskRunning && !u.Status.HasUuid);
    }

    private static async Task<MqttClient> ConnectAsync(Cluster cluster, Action<MqttMessage>? heard)
    {
        var client = new MqttClient
        {
            ApplicationMessageReceivedAsync = args =>
            {
                heard?.Invoke(args.ApplicationMessage);
                return Task.CompletedTask;
            },
        };
        var result = await client.ConnectAsync(new MqttClientOptions
        {
            Host = cluster.Broker.Host,
            Port = cluster.Broker.Port,
            ClientId = "stranger",
        });
        Assert.True(result.IsSuccess, result.ReasonString);
        return client;
    }

    private static Task PublishAsync(MqttClient client, string topic, byte[] payload) => client.PublishAsync(new MqttMessage
    {
        Topic = topic,
        Payload = payload,
        QualityOfServiceLevel = MqttQualityOfServiceLevel.AtLeastOnce,
    });

    private static Task WithTaskAsync(Func<Cluster, TestFramework, FaultTask, Task> test) =>
        Cluster.RunAsync(new HubSettings(), [new AgentSettings(Node)], async cluster =>
        {
            await using var framework = new TestFramework(cluster.Api, RawMesosClient.Protobuf);
            framework.Start();
            await framework.UntilAsync(() => framework.Id is not null, 15, "subscribed");
            var task = new FaultTask(cluster, framework, "task", Node);
            await task.StartAsync();
            await test(cluster, framework, task);
        });
}
