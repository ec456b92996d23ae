using System.Globalization;
using System.Net;
using Edge.Mqtt.Broker;

namespace Edge.Bench;

/// <summary>Our broker and Debian's mosquitto under the same load: connects, idle memory, fan-in, unicast and fan-out.</summary>
/// <remarks>Wall-clock rates share the machine with the load generator; CPU per operation and memory are the broker process's
/// own.</remarks>
internal static class MqttBrokerScenario
{
    private const int Window = 200;
    private const int Messages = 50_000;
    private const int WarmUp = 20_000;
    private static readonly TimeSpan s_settle = TimeSpan.FromSeconds(1.5);
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(200);

    /// <summary>Runs <c>mqtt-broker [--sessions 100,1000,10000] [--messages 50000]</c>.</summary>
    public static async Task<BenchReport> RunAsync(BenchArguments arguments)
    {
        var report = new BenchReport("mqtt-broker", "broker", "sessions", "what", "per second", "CPU us each", "KiB");
        var messages = arguments.Get("messages", Messages);
        (string Name, Func<Task<MqttBrokerProcess?>> Start)[] brokers =
            [("edge", MqttBrokerProcess.StartOursAsync), ("mosquitto", MqttBrokerProcess.StartMosquittoAsync)];
        foreach (var text in arguments.Get("sessions", "100,1000,10000").Split(','))
        {
            var sessions = int.Parse(text, CultureInfo.InvariantCulture);
            foreach (var (name, start) in brokers)
            {
                using var broker = await start();
                if (broker is null)
                {
                    report.Note($"{name} is not installed.");
                    continue;
                }

                await MeasureAsync(report, name, broker, sessions, messages);
            }
        }

        report.Note("QoS 1, 100 bytes, MQTT 3.1.1, 200 messages on the way.");
        report.Note("KiB: resident memory, and per idle connection; both brokers were warmed up first, so freed memory is used again.");
        return report;
    }

    /// <summary>Runs our broker until the standard input ends; the port is the first line of the output.</summary>
    public static async Task<BenchReport> ServeAsync(BenchArguments arguments)
    {
        await using var broker = new MqttBroker(new MqttBrokerOptions
        {
            Endpoints = [new MqttEndpoint(MqttTransport.Tcp, IPAddress.Loopback, arguments.Get("port", 0))],
            IoThreads = arguments.Get("threads", 1),
        });
        await broker.StartAsync();
        Console.WriteLine(broker.Endpoints[0].Port);
        await Console.In.ReadToEndAsync();
        return new BenchReport("mqtt-broker-serve", "statistics");
    }

    private static async Task MeasureAsync(BenchReport report, string name, MqttBrokerProcess broker, int sessions, int messages)
    {
        await WarmUpAsync(broker.Port);
        var before = broker.ResidentKib;
        report.Add(name, sessions, "resident, no session", "", "", before);
        using var load = new MqttLoad(broker.Port);
        var cpu = broker.CpuTime;
        var took = load.Connect(sessions);
        report.Add(name, sessions, "connect and subscribe", Rate(sessions, took), Each(broker.CpuTime - cpu, sessions), "");
        await Task.Delay(s_settle, TimeProvider.System);
        var idle = broker.ResidentKib;
        report.Add(name, sessions, "per idle connection", "", "", Text((double)(idle - before) / sessions, "0.00"));
        Run(report, broker, (name, sessions, "unicast"), messages, () =>
            load.Publish(messages, Window, 1, i => (load.Clients[0], $"t/{i % sessions}")));
        load.Add("up/#");
        Run(report, broker, (name, sessions, "fan-in"), messages, () =>
            load.Publish(messages, Window, 1, i => (load.Clients[i % sessions], "up/1")));
        load.SubscribeAll("all");
        var copies = load.Clients.Count;
        var fanned = Math.Max(2, messages / copies);
        Run(report, broker, (name, sessions, "fan-out, each delivery"), fanned * copies, () =>
            load.Publish(fanned, Math.Max(1, Window / copies), copies, _ => (load.Clients[0], "all")));
        report.Add(name, sessions, "resident, after all", "", "", broker.ResidentKib);
    }

    private static void Run(
        BenchReport report, MqttBrokerProcess broker, (string Broker, int Sessions, string What) row, int operations, Func<TimeSpan> load)
    {
        var cpu = broker.CpuTime;
        var took = load();
        report.Add(row.Broker, row.Sessions, row.What, Rate(operations, took), Each(broker.CpuTime - cpu, operations), "");
    }

    /// <summary>The just-in-time compiler has done its work before anything is measured; mosquitto gets the same.</summary>
    private static async Task WarmUpAsync(int port)
    {
        using var load = new MqttLoad(port);
        load.Connect(50);
        load.SubscribeAll("w");
        for (var i = 0; i < 3; i++)
        {
            load.Publish(WarmUp, Window, 1, m => (load.Clients[m % 50], $"t/{m % 50}"));
            load.Publish(WarmUp / 50, 4, 50, _ => (load.Clients[0], "w"));
            await Task.Delay(s_pause, TimeProvider.System);
        }
    }

    private static string Rate(int operations, TimeSpan took) => Text(operations / took.TotalSeconds, "0");

    private static string Each(TimeSpan cpu, int operations) => Text(cpu.TotalMicroseconds / operations, "0.0");

    private static string Text(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);
}
