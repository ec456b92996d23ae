using System.Diagnostics;
using System.Text.Json.Nodes;

namespace Edge.Hub.Demo;

/// <summary>One hub or agent of the demo as a process of its own, with a log file and a data folder.</summary>
internal sealed class DemoProcess(string name, string folder, string file, IReadOnlyList<string> arguments, TimeProvider time) : IDisposable
{
    private Process? _process;
    private StreamWriter? _log;

    /// <summary>The data folder that is given to the process.</summary>
    public string Data => Path.Combine(folder, name);

    /// <summary>Where its output goes.</summary>
    public string LogPath => Path.Combine(folder, name + ".log");

    /// <summary>The process id; 0 when it does not run.</summary>
    public int Id => _process is { HasExited: false } ? _process.Id : 0;

    /// <summary>Starts it and waits until it says where it listens.</summary>
    /// <returns>From the start to the moment it was ready.</returns>
    /// <exception cref="InvalidOperationException">It ended, or was not ready in time; the message holds the end of its log.</exception>
    public async Task<TimeSpan> StartAsync()
    {
        var started = time.GetTimestamp();
        Directory.CreateDirectory(Data);
        var endpoints = Path.Combine(Data, "endpoints.json");
        File.Delete(endpoints);
        var info = new ProcessStartInfo(file) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in arguments)
        {
            info.ArgumentList.Add(argument);
        }

        _log = new StreamWriter(LogPath, append: true) { AutoFlush = true };
        _process = Process.Start(info)!;
        _process.OutputDataReceived += (_, line) => Write(line.Data);
        _process.ErrorDataReceived += (_, line) => Write(line.Data);
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        while (!File.Exists(endpoints))
        {
            if (_process.HasExited || time.GetElapsedTime(started) > TimeSpan.FromSeconds(30))
            {
                throw new InvalidOperationException($"{name} did not come up. The end of {LogPath}: {Tail()}");
            }

            await Task.Delay(TimeSpan.FromMilliseconds(5), time);
        }

        return time.GetElapsedTime(started);
    }

    /// <summary>An address that it listens on, as <c>http</c> or <c>mqtt</c>.</summary>
    public Uri Endpoint(string kind) => new((string)JsonNode.Parse(File.ReadAllText(Path.Combine(Data, "endpoints.json")))![kind]!);

    /// <summary>Ends it as a power cut would: no warning, no clean-up.</summary>
    public async Task KillAsync()
    {
        if (_process is { HasExited: false })
        {
            _process.Kill();
            await _process.WaitForExitAsync();
        }

        Close();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_process is { HasExited: false })
        {
            _process.Kill();
            _process.WaitForExit();
        }

        Close();
    }

    private void Close()
    {
        _process?.Dispose();
        _process = null;
        _log?.Dispose();
        _log = null;
    }

    private void Write(string? line)
    {
        if (line is not null)
        {
            try
            {
                _log?.WriteLine(line);
            }
            catch (ObjectDisposedException)
            {
                // The last line of a process that was ended.
            }
        }
    }

    private string Tail()
    {
        Close();
        return string.Join(" | ", File.ReadAllLines(LogPath).TakeLast(5));
    }
}
