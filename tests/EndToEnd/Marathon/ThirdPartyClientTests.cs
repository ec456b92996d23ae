using System.Diagnostics;
using Edge.Tests.Support;

namespace Edge.Tests.EndToEnd.Marathon;

/// <summary>Unmodified clients of Marathon go through all that they can do: on the hub, and on an agent whose hub is gone.</summary>
/// <remarks>What they do, and what they are picky about, is told at the head of their scripts.</remarks>
public abstract class ThirdPartyClientTests(MarathonCluster cluster)
{
    private static readonly TimeSpan s_atMost = TimeSpan.FromMinutes(3);

    /// <summary>Debian's package belongs to Debian's interpreter; another one may come first on the PATH.</summary>
    private static string Python => RequiresPythonFactAttribute.Interpreter;

    [RequiresNativeFact("npm:marathon-node", "npm:marathon-event-bus-client")]
    public Task MarathonNode_DoesAllItCan() => cluster.RunAsync(api => RunAsync(
        RequiresFactAttribute.Find("node")!, Repository.PathTo("tests", "EndToEnd", "npm", "marathon-node-run.js"), api, "/node"));

    [RequiresPythonFact("marathon")]
    public Task PythonMarathon_DoesAllItCan_AndKnowsEveryKey() => cluster.RunAsync(api => RunAsync(
        Python, Repository.PathTo("tests", "EndToEnd", "python", "python-marathon-run.py"), api, "/python"));

    private static async Task RunAsync(string program, string script, MarathonApi api, string prefix)
    {
        var start = new ProcessStartInfo(program)
        {
            ArgumentList = { script, api.Address.AbsoluteUri, prefix },
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        using var limit = new CancellationTokenSource(s_atMost, TimeProvider.System);
        var told = process.StandardOutput.ReadToEndAsync();
        var complaints = process.StandardError.ReadToEndAsync();
        try
        {
            await process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
        }

        Assert.True(
            await told is var steps && steps.EndsWith("done\n", StringComparison.Ordinal) && process.ExitCode == 0,
            $"The steps that held:\n{steps}\nWhat it complained of:\n{await complaints}");
    }
}

/// <inheritdoc/>
[Collection(HubApi.Name)]
public sealed class ThirdPartyClientHubTests(HubCluster cluster) : ThirdPartyClientTests(cluster);

/// <inheritdoc/>
[Collection(CutAgentApi.Name)]
public sealed class ThirdPartyClientAgentTests(CutAgent cluster) : ThirdPartyClientTests(cluster);
