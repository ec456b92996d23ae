using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using System.Threading.Channels;
using Edge.Tests.Support;

namespace Edge.Tests.EndToEnd;

/// <summary>The unmodified npm package mesos-framework as a running process.</summary>
/// <remarks>Its flags and lines are told in npm/mesos-framework-run.js. One reader at a time.
/// Disposing kills the process if it still runs.</remarks>
internal sealed class MesosFrameworkProcess : IAsyncDisposable
{
    private readonly Process _process;
    private readonly Channel<JsonElement> _lines = Channel.CreateUnbounded<JsonElement>();
    private readonly List<JsonElement> _seen = [];
    private readonly List<string> _errors = [];
    private readonly DirectoryInfo _scratch;
    private readonly Task _reading;

    private MesosFrameworkProcess(Process process, DirectoryInfo scratch)
    {
        _process = process;
        _scratch = scratch;
        _reading = Task.WhenAll(ReadEventsAsync(), ReadErrorsAsync());
    }

    /// <summary>Every event told so far that a wait has passed, in its order.</summary>
    public IReadOnlyList<JsonElement> Seen => _seen;

    /// <summary>The process id, to cut it off by signals or put it into a namespace.</summary>
    public int Id => _process.Id;

    /// <summary>Starts a scheduler against a master.</summary>
    /// <param name="flags">Flags of the script beyond host and port.</param>
    public static MesosFrameworkProcess Start(Uri master, params string[] flags)
    {
        var start = new ProcessStartInfo(RequiresFactAttribute.Find("node") ?? "node")
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        string[] arguments =
        [
            Repository.PathTo("tests", "EndToEnd", "npm", "mesos-framework-run.js"),
            "--host", master.Host,
            "--port", master.Port.ToString(CultureInfo.InvariantCulture),
            .. flags,
        ];
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        // Its log folder goes here, and goes with it even when it is killed.
        var scratch = Directory.CreateTempSubdirectory("edge-mesos-framework-");
        start.Environment["TMPDIR"] = scratch.FullName;
        return new MesosFrameworkProcess(Process.Start(start)!, scratch);
    }

    /// <summary>Sends a line such as "kill ID", "reconcile", "teardown" or "stop".</summary>
    public async Task TellAsync(string line)
    {
        await _process.StandardInput.WriteLineAsync(line);
        await _process.StandardInput.FlushAsync();
    }

    /// <summary>The next event that fits; those before it go to <see cref="Seen"/>, and so does it.</summary>
    /// <exception cref="InvalidOperationException">The process ended before, or the wait was cancelled: with all that it told.</exception>
    public async Task<JsonElement> WaitForAsync(Func<JsonElement, bool> fits, CancellationToken cancel)
    {
        try
        {
            await foreach (var line in _lines.Reader.ReadAllAsync(cancel))
            {
                _seen.Add(line);
                if (fits(line))
                {
                    return line;
                }
            }
        }
        catch (OperationCanceledException)
        {
            throw new InvalidOperationException("The event did not come in time. " + Told());
        }

        throw new InvalidOperationException("The scheduler ended before the event came. " + Told());
    }

    /// <summary>The next event of a type, such as SUBSCRIBED.</summary>
    public Task<JsonElement> WaitForTypeAsync(string type, CancellationToken cancel) => WaitForAsync(line => Is(line, type), cancel);

    /// <summary>The next UPDATE of a state, such as TASK_RUNNING.</summary>
    public Task<JsonElement> WaitForStateAsync(string state, CancellationToken cancel) =>
        WaitForAsync(line => Is(line, "UPDATE") && line.GetProperty("state").GetString() == state, cancel);

    /// <summary>Waits for the end of the process; all its events are in <see cref="Seen"/> then.</summary>
    /// <returns>The exit code.</returns>
    public async Task<int> WaitForExitAsync(CancellationToken cancel)
    {
        try
        {
            await _process.WaitForExitAsync(cancel);
            await _reading.WaitAsync(cancel);
        }
        catch (OperationCanceledException)
        {
            throw new InvalidOperationException("The scheduler did not end in time. " + Told());
        }

        while (_lines.Reader.TryRead(out var line))
        {
            _seen.Add(line);
        }

        return _process.ExitCode;
    }

    /// <summary>The UPDATE events seen, in their order.</summary>
    public IEnumerable<JsonElement> Updates() => _seen.Where(line => Is(line, "UPDATE"));

    /// <summary>All that the process told and complained of, for the message of a failed test.</summary>
    public string Told() =>
        string.Join('\n', _seen.Select(line => line.GetRawText())) + "\nstandard error:\n" + string.Join('\n', Errors());

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
        }

        await _reading;
        await _process.WaitForExitAsync();
        _process.Dispose();
        _scratch.Delete(recursive: true);
    }

    private static bool Is(JsonElement line, string type) => line.GetProperty("type").GetString() == type;

    private string[] Errors()
    {
        lock (_errors)
        {
            return [.. _errors];
        }
    }

    private async Task ReadEventsAsync()
    {
        while (await _process.StandardOutput.ReadLineAsync() is { } text)
        {
            using var line = JsonDocument.Parse(text);
            _lines.Writer.TryWrite(line.RootElement.Clone());
        }

        _lines.Writer.Complete();
    }

    private async Task ReadErrorsAsync()
    {
        while (await _process.StandardError.ReadLineAsync() is { } text)
        {
            lock (_errors)
            {
                _errors.Add(text);
            }
        }
    }
}
