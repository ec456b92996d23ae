using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Edge.Hub.Demo;

/// <summary>The programs that the demonstration starts.</summary>
/// <param name="Hub">The file to run for a hub.</param>
/// <param name="HubArguments">What stands before its verb.</param>
/// <param name="Agent">The file to run for an agent.</param>
/// <param name="AgentArguments">What stands before its verb.</param>
internal sealed record DemoPrograms(
    string Hub, IReadOnlyList<string> HubArguments, string Agent, IReadOnlyList<string> AgentArguments)
{
    /// <summary>Finds the hub that is running and builds the agent: native where the machine can, otherwise for the runtime.</summary>
    /// <exception cref="InvalidOperationException">There is no checkout to build from, or the build failed; the message says
    /// how.</exception>
    public static async Task<DemoPrograms> BuildAsync(TimeProvider time)
    {
        var root = FindCheckout();
        var self = Environment.ProcessPath!;
        string[] before = Path.GetFileNameWithoutExtension(self) == "dotnet" ? [typeof(DemoPrograms).Assembly.Location] : [];
        var native = Path.Combine(root, "artifacts", "native", "edge-agent");
        if (IsFresh(native, Path.Combine(root, "edge-agent")))
        {
            Console.WriteLine($"    native agent is up to date: {native}");
            return new DemoPrograms(self, before, native, []);
        }

        var started = time.GetTimestamp();
        Console.WriteLine("    building the native agent (once; about a minute) ...");
        var architecture = RuntimeInformation.OSArchitecture == Architecture.Arm64 ? "linux-arm64" : "linux-x64";
        var (published, log) = await DotnetAsync(
            root, "publish", "edge-agent/Agent", "-c", "Release", "-r", architecture, "-o", "artifacts/native");
        if (published)
        {
            File.SetLastWriteTimeUtc(native, time.GetUtcNow().UtcDateTime);
            Console.WriteLine($"    built in {time.GetElapsedTime(started).TotalSeconds:F0} s: {native}");
            return new DemoPrograms(self, before, native, []);
        }

        Console.WriteLine($"    no native build on this machine ({LastError(log)}); the agents run on the shared runtime instead");
        var (built, buildLog) = await DotnetAsync(root, "build", "edge-agent/Agent", "-c", "Release");
        return built
            ? new DemoPrograms(self, before, "dotnet", [Path.Combine(root, "artifacts", "bin", "Edge.Agent", "release", "edge-agent.dll")])
            : throw new InvalidOperationException($"The agent cannot be built: {LastError(buildLog)}");
    }

    private static string FindCheckout()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Edge.sln")))
            {
                return folder.FullName;
            }
        }

        throw new InvalidOperationException("The demonstration builds the agent from a checkout, and no folder above this program is one.");
    }

    /// <summary>True when no source is newer than the program.</summary>
    private static bool IsFresh(string program, string sources) => File.Exists(program)
        && !Directory.EnumerateFiles(sources, "*", SearchOption.AllDirectories)
            .Any(f => f.EndsWith(".cs", StringComparison.Ordinal) && File.GetLastWriteTimeUtc(f) > File.GetLastWriteTimeUtc(program));

    private static async Task<(bool Succeeded, string Log)> DotnetAsync(string folder, params string[] arguments)
    {
        var info = new ProcessStartInfo("dotnet")
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        Array.ForEach(arguments, info.ArgumentList.Add);
        using var process = Process.Start(info)!;
        var errors = process.StandardError.ReadToEndAsync();
        var log = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode == 0, log + await errors);
    }

    private static string LastError(string log) =>
        log.Split('\n').LastOrDefault(l => l.Contains("error", StringComparison.OrdinalIgnoreCase))?.Trim() ?? "it printed no error";
}
