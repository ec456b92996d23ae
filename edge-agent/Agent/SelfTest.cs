using System.Net;
using Edge.Agent.Storage;
using Edge.Contracts.Mesos;
using Edge.Core.Engine;
using Edge.Daemon.Mapping;
using Edge.Daemon.Storage;
using Edge.Mqtt.Broker;
using Edge.Mqtt.Client;
using Edge.Mqtt.Packets;
using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace Edge.Agent;

/// <summary>Checks on this machine what only the native program can show: every message round-trips, the database opens, MQTT
/// connects.</summary>
/// <remarks>Covers what the trimmer cannot prove of Google.Protobuf and Microsoft.Data.Sqlite.</remarks>
internal static class SelfTest
{
    private static readonly FileDescriptor[] s_files =
    [
        MesosReflection.Descriptor,
        Contracts.Mesos.Scheduler.SchedulerReflection.Descriptor,
        Contracts.Mesos.Executor.ExecutorReflection.Descriptor,
        Contracts.Mesos.Master.MasterReflection.Descriptor,
        Contracts.Mesos.Agent.AgentReflection.Descriptor,
        Contracts.Mesos.Quota.QuotaReflection.Descriptor,
        Contracts.Mesos.Maintenance.MaintenanceReflection.Descriptor,
        Contracts.Sync.SyncReflection.Descriptor,
    ];

    /// <summary>Runs every check and says what it found.</summary>
    /// <returns>0 when all hold, 1 otherwise.</returns>
    public static int Run()
    {
        var failures = 0;
        failures += Check("messages", Messages);
        failures += Check("database", Database);
        failures += Check("broker", () => BrokerAsync().GetAwaiter().GetResult());
        Console.WriteLine(failures == 0 ? "selftest: all checks hold" : $"selftest: {failures} checks failed");
        return failures == 0 ? 0 : 1;
    }

    private static int Check(string name, Func<string> check)
    {
        try
        {
            Console.WriteLine($"selftest: {name}: {check()}");
            return 0;
        }
        catch (Exception failure)
        {
            Console.WriteLine($"selftest: {name}: FAILED: {failure.GetType().Name}: {failure.Message}");
            return 1;
        }
    }

    private static string Messages()
    {
        var count = s_files.SelectMany(f => f.MessageTypes).Sum(RoundTrip);
        return $"{count} message types survive protobuf and JSON";
    }

    private static int RoundTrip(MessageDescriptor descriptor)
    {
        var count = 0;
        if (!descriptor.GetOptions()?.MapEntry ?? true)
        {
            var message = SampleMessage.Make(descriptor, depth: 3);
            Ensure(descriptor.Parser.ParseFrom(message.ToByteArray()).Equals(message), $"{descriptor.FullName} changes in protobuf");
            Ensure(MesosJson.ToText(message).StartsWith('{'), $"{descriptor.FullName} is not an object in JSON");
            count = 1;
        }

        return count + descriptor.NestedTypes.Sum(RoundTrip);
    }

    private static string Database()
    {
        var folder = Directory.CreateTempSubdirectory("edge-selftest-");
        try
        {
            var opened = JournalFile.Open(
                Path.Combine(folder.FullName, "agent.db"),
                SqliteDriver.Connect,
                new JournalDecoders(TaskMapping.FromWire, FrameworkMapping.FromWire, DelegationMapping.FromDocument),
                DateTimeOffset.UnixEpoch);
            using var journal = opened.Journal;
            Ensure(journal.Commit([new RowChange.EpochRow("selftest")]) is null, "a commit failed");
            Ensure(journal.Load().HubEpoch == "selftest", "what was committed cannot be read");
            return $"SQLite {SqliteDriver.Version} commits and reads";
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static async Task<string> BrokerAsync()
    {
        await using var broker = new MqttBroker(new MqttBrokerOptions
        {
            Endpoints = [new MqttEndpoint(MqttTransport.Tcp, IPAddress.Loopback, 0)],
        });
        await broker.StartAsync();
        var arrived = new TaskCompletionSource<int>(TaskCreationOptions.RunContinuationsAsynchronously);
        using var subscription = broker.Subscribe(
            "selftest/+", (in MqttBrokerMessage message) => arrived.TrySetResult(message.Payload.Length));
        await using var client = new MqttClient();
        await client.ConnectAsync(new MqttClientOptions { Host = "127.0.0.1", Port = broker.Endpoints[0].Port, ClientId = "selftest" });
        await client.PublishAsync(new MqttMessage
        {
            Topic = "selftest/1",
            Payload = new byte[100],
            QualityOfServiceLevel = MqttQualityOfServiceLevel.AtLeastOnce,
        });
        Ensure(await arrived.Task.WaitAsync(TimeSpan.FromSeconds(5), TimeProvider.System) == 100, "a message changed on its way");
        await client.DisconnectAsync();
        return "a message crosses a loopback broker";
    }

    private static void Ensure(bool holds, string fault)
    {
        if (!holds)
        {
            throw new InvalidOperationException(fault);
        }
    }
}
