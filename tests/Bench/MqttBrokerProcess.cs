using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Edge.Bench;

/// <summary>A broker in its own process, so that its CPU time and memory are its alone: ours (this program again), or Debian's
/// mosquitto.</summary>
internal sealed class MqttBrokerProcess : IDisposable
{
    private const double TicksPerSecond = 100;
    private readonly Process _process;
    private readonly string? _configuration;

    private MqttBrokerProcess(Process process, int port, string? configuration)
    {
        _process = process;
        Port = port;
        _configuration = configuration;
    }

    public int Port { get; }

    /// <summary>User and system time so far.</summary>
    public TimeSpan CpuTime
    {
        get
        {
            var stat = File.ReadAllText($"/proc/{_process.Id}/stat");
            var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
            var ticks = long.Parse(fields[11], CultureInfo.InvariantCulture) + long.Parse(fields[12], CultureInfo.InvariantCulture);
            return TimeSpan.FromSeconds(ticks / TicksPerSecond);
        }
    }

    /// <summary>Resident memory now, in KiB.</summary>
    public long ResidentKib => File.ReadLines($"/proc/{_process.Id}/status")
        .Where(l => l.StartsWith("VmRSS:", StringComparison.Ordinal))
        .Select(l => long.Parse(l.Split(' ', StringSplitOptions.RemoveEmptyEntries)[^2], CultureInfo.InvariantCulture))
        .First();

    /// <summary>Starts <c>edge-bench mqtt-broker-serve</c>; a small youngest generation keeps the heap near what lives.</summary>
    public static async Task<MqttBrokerProcess?> StartOursAsync()
    {
        var program = Environment.ProcessPath!; // Linux always knows it.
        string[] arguments = ["mqtt-broker-serve"];
        if (Path.GetFileNameWithoutExtension(program) == "dotnet")
        {
            arguments = [Environment.GetCommandLineArgs()[0], .. arguments];
        }

        var start = new ProcessStartInfo(program, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true };
        start.Environment["DOTNET_gcConcurrent"] = "0";
        start.Environment["DOTNET_gcServer"] = "0";
        start.Environment["DOTNET_GCgen0size"] = "400000";
        var process = Process.Start(start)!; // Started: no shell.
        var line = await process.StandardOutput.ReadLineAsync()
            ?? throw new InvalidOperationException("The broker process ended before it listened.");
        return new MqttBrokerProcess(process, int.Parse(line, CultureInfo.InvariantCulture), null);
    }

    /// <summary>Starts mosquitto; null where it is not installed.</summary>
    public static async Task<MqttBrokerProcess?> StartMosquittoAsync()
    {
        var program = new[] { "/usr/sbin/mosquitto", "/usr/local/sbin/mosquitto", "/usr/bin/mosquitto" }.FirstOrDefault(File.Exists);
        if (program is null)
        {
            return null;
        }

        int port;
        using (var probe = new TcpListener(IPAddress.Loopback, 0))
        {
            probe.Start();
            port = ((IPEndPoint)probe.LocalEndpoint).Port;
        }

        var configuration = Path.GetTempFileName();
        await File.WriteAllTextAsync(
            configuration,
            $"listener {port} 127.0.0.1\nallow_anonymous true\nmax_inflight_messages 0\nmax_queued_messages 0\nset_tcp_nodelay true\n"
            + "persistence false\nlog_type error\n");
        var start = new ProcessStartInfo(program, ["-c", configuration]) { RedirectStandardError = true };
        var process = Process.Start(start)!; // Started: no shell.
        for (var i = 0; i < 500; i++)
        {
            try
            {
                using var client = new TcpClient();
                await client.ConnectAsync(IPAddress.Loopback, port);
                break;
            }
            catch (SocketException)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System);
            }
        }

        return new MqttBrokerProcess(process, port, configuration);
    }

    public void Dispose()
    {
        _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
        if (_configuration is not null)
        {
            File.Delete(_configuration);
        }
    }
}
