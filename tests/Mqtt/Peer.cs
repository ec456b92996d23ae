using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Edge.Tests.Support;

namespace Edge.Tests.Mqtt;

/// <summary>A program from outside, run by its name on the PATH.</summary>
internal sealed class Peer : IAsyncDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);
    private readonly Process _process;
    private readonly StringBuilder _errors = new();

    private Peer(string program, IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(RequiresFactAttribute.Find(program)!, arguments) // The test is skipped where it is missing.
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
        };
        _process = Process.Start(start)!;
        _process.ErrorDataReceived += (_, e) =>
        {
            lock (_errors)
            {
                _errors.AppendLine(e.Data);
            }
        };
        _process.BeginErrorReadLine();
    }

    public static Peer Start(string program, params IEnumerable<string> arguments) => new(program, arguments);

    /// <summary>Runs a program to its end and demands exit code 0.</summary>
    public static async Task<string> RunAsync(string program, params IEnumerable<string> arguments)
    {
        await using var peer = new Peer(program, arguments);
        return await peer.FinishAsync();
    }

    /// <summary>A port that was free a moment ago.</summary>
    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    /// <summary>Waits for the end, demands exit code 0, and gives the output.</summary>
    public async Task<string> FinishAsync()
    {
        var output = await _process.StandardOutput.ReadToEndAsync().WaitAsync(s_patience);
        await _process.WaitForExitAsync().WaitAsync(s_patience);
        Assert.True(_process.ExitCode == 0, $"{_process.StartInfo.FileName} ended with {_process.ExitCode}: {output} {_errors}");
        return output;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            await _process.WaitForExitAsync();
        }

        _process.Dispose();
    }
}
