using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text.Json.Nodes;

namespace Edge.Tests.EndToEnd;

/// <summary>One hub or agent as a process of its own, with a data folder and a log file; may be ended and started again.</summary>
/// <param name="name">For messages.</param>
/// <param name="data">The data folder that its arguments name.</param>
/// <param name="log">Where both its outputs go.</param>
internal sealed partial class DaemonProcess(string name, DaemonProgram program, string data, string log) : IAsyncDisposable
{
    private const int SigTerm = 15;

    private static readonly TimeSpan s_startMax = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan s_poll = TimeSpan.FromMilliseconds(2);

    private readonly Lock _gate = new();
    private Process? _process;
    private StreamWriter? _log;

    /// <summary>The data folder.</summary>
    public string Data { get; } = data;

    /// <summary>Variables that its environment has more than that of the tests.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; set; } = new Dictionary<string, string>();

    /// <summary>Its name.</summary>
    public string Name { get; } = name;

    /// <summary>The process id of the last start.</summary>
    public int Id { get; private set; }

    /// <summary>True while the process runs.</summary>
    public bool IsRunning => _process is { HasExited: false };

    /// <summary>Starts it and waits until it has written where it listens.</summary>
    /// <param name="space">A network namespace, or null.</param>
    /// <returns>From the start to the moment it was ready.</returns>
    /// <exception cref="InvalidOperationException">It ended or was not ready in time; the message holds the end of its log.</exception>
    public async Task<TimeSpan> StartAsync(IReadOnlyList<string> arguments, string? space = null)
    {
        Directory.CreateDirectory(Data);
        var endpoints = Path.Combine(Data, "endpoints.json");
        File.Delete(endpoints);
        var started = TimeProvider.System.GetTimestamp();
        Launch(arguments, space);
        while (!File.Exists(endpoints))
        {
            if (!IsRunning || TimeProvider.System.GetElapsedTime(started) > s_startMax)
            {
                throw new InvalidOperationException($"{Name} did not come up.\n{Tail()}");
            }

            await Task.Delay(s_poll, TimeProvider.System);
        }

        return TimeProvider.System.GetElapsedTime(started);
    }

    /// <summary>Starts it without waiting for anything.</summary>
    public void Launch(IReadOnlyList<string> arguments, string? space = null)
    {
        string[] words = [.. space is null ? (string[])[] : ["ip", "netns", "exec", space], program.File, .. program.Before, .. arguments];
        var info = new ProcessStartInfo(words[0]) { RedirectStandardOutput = true, RedirectStandardError = true };
        Array.ForEach(words[1..], info.ArgumentList.Add);
        foreach (var (variable, value) in Environment)
        {
            info.Environment[variable] = value;
        }

        lock (_gate)
        {
            _log?.Dispose();
            _log = new StreamWriter(log, append: true) { AutoFlush = true };
        }

        _process?.Dispose();
        _process = Process.Start(info)!;
        Id = _process.Id;
        _process.OutputDataReceived += (_, line) => Write(line.Data);
        _process.ErrorDataReceived += (_, line) => Write(line.Data);
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    /// <summary>An address that it listens on: <c>http</c> or <c>mqtt</c>.</summary>
    public Uri Endpoint(string kind) => new((string)JsonNode.Parse(File.ReadAllText(Path.Combine(Data, "endpoints.json")))![kind]!);

    /// <summary>Ends it as kill -9 does: no warning, no clean-up.</summary>
    public async Task KillAsync()
    {
        if (_process is { } process)
        {
            process.Kill();
            await process.WaitForExitAsync();
        }
    }

    /// <summary>Asks it to end, and waits.</summary>
    /// <returns>The exit code.</returns>
    public async Task<int> TerminateAsync(TimeSpan atMost)
    {
        if (Kill(Id, SigTerm) != 0)
        {
            throw new InvalidOperationException($"{Name} cannot be asked to end: process {Id}, error {Marshal.GetLastPInvokeError()}.");
        }

        return await WaitForExitAsync(atMost);
    }

    /// <summary>Waits for its end.</summary>
    /// <returns>The exit code.</returns>
    public async Task<int> WaitForExitAsync(TimeSpan atMost)
    {
        using var limit = new CancellationTokenSource(atMost, TimeProvider.System);
        try
        {
            await _process!.WaitForExitAsync(limit.Token);
            return _process.ExitCode;
        }
        catch (OperationCanceledException)
        {
            throw new InvalidOperationException($"{Name} did not end within {atMost}.\n{Tail()}");
        }
    }

    /// <summary>All that it has logged since its first start.</summary>
    public string Log()
    {
        lock (_gate)
        {
            return File.Exists(log) ? File.ReadAllText(log) : string.Empty;
        }
    }

    /// <summary>Waits until its log holds a text. What a daemon does is in its log a little later: another thread writes it.</summary>
    /// <exception cref="TimeoutException">It did not come in time; the message holds the end of the log.</exception>
    public async Task WaitForLogAsync(string text, int seconds)
    {
        try
        {
            await Cluster.UntilAsync(() => Log().Contains(text, StringComparison.Ordinal), seconds, $"{Name} logs '{text}'");
        }
        catch (TimeoutException failure)
        {
            throw new TimeoutException($"{failure.Message}\n{Tail()}", failure);
        }
    }

    /// <summary>The end of its log.</summary>
    public string Tail(int lines = 40) => $"--- {Name} ({log}):\n" + string.Join('\n', Log().Split('\n').TakeLast(lines));

    public async ValueTask DisposeAsync()
    {
        if (IsRunning)
        {
            await KillAsync();
        }

        _process?.Dispose();
        lock (_gate)
        {
            _log?.Dispose();
            _log = null;
        }
    }

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int Kill(int id, int signal);

    private void Write(string? line)
    {
        lock (_gate)
        {
            if (line is not null)
            {
                _log?.WriteLine(line);
            }
        }
    }
}
