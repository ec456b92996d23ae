using System.Diagnostics;

namespace Edge.Tests.Support;

/// <summary>Runs a program to its end and keeps what it said.</summary>
/// <param name="ExitCode">The program's own.</param>
/// <param name="Output">Standard output and standard error.</param>
internal sealed record Shell(int ExitCode, string Output)
{
    /// <summary>Runs a program; the arguments reach it as they are.</summary>
    public static async Task<Shell> RunAsync(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return new Shell(process.ExitCode, await output + await error);
    }

    /// <summary>Runs a program that has to succeed; returns what it said.</summary>
    public static async Task<string> MustAsync(string program, params string[] arguments)
    {
        var run = await RunAsync(program, arguments);
        Assert.True(run.ExitCode == 0, $"{program} {string.Join(' ', arguments)} ended with {run.ExitCode}:\n{run.Output}");
        return run.Output;
    }
}
