using System.Text.Json.Nodes;
using Edge.Tests.EndToEnd;
using Edge.Tests.Support;
using Xunit.Abstractions;

namespace Edge.Tests.Scenarios;

/// <summary>The disk of a node is full: new work is refused with a sentence, what runs goes on, nothing that was accepted is
/// lost.</summary>
/// <remarks>Named after iotedge#835 "No space left on device" and k3s#10209 (disk pressure on an offline box deletes what it
/// needs).</remarks>
public sealed class FullDiskScenarios(ITestOutputHelper output)
{
    private const string Node = "full";

    [RequiresNativeFact("root", "mount", "umount")]
    public async Task IoTEdge835_DiskFull_NewWorkIsRefused_TasksGoOn_AndItRecovers()
    {
        var disk = Directory.CreateTempSubdirectory("edge-full-").FullName;
        await Shell.MustAsync("mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", disk);
        try
        {
            await using var f = new Fleet(new HubSettings(), new AgentSettings(Node) { Data = Path.Combine(disk, "data") });
            await f.Cluster.GuardAsync(() => RunAsync(f, disk));
        }
        finally
        {
            await Shell.RunAsync("umount", "-l", disk);
            Directory.Delete(disk);
        }
    }

    private async Task RunAsync(Fleet f, string disk)
    {
        await f.StartAsync();
        var tasks = await f.Hub.RunAsync("/till", Fleet.Forever, instances: 3);
        var processes = tasks.Select(f.Process).ToArray();
        f.Link(Node).Cut();
        var own = await f.Agent(Node).RunAsync("/kiosk", Fleet.Forever);
        var ballast = Path.Combine(disk, "ballast");
        Fill(ballast);

        // What the journal has room for in its pages may still be accepted; soon nothing is.
        var refusal = await FirstRefusalAsync(f);
        output.WriteLine($"refused at the full node: {refusal}");
        Assert.NotEmpty(refusal);
        Assert.True(f.Cluster[Node].IsRunning, "The agent has ended.");
        Assert.Equal(processes, tasks.Select(f.Process));

        // The hub's work for the full node waits, and is done when there is room again.
        f.Link(Node).Heal();
        await f.Hub.CreateAsync("/new", Fleet.Forever);
        await Task.Delay(TimeSpan.FromSeconds(2), TimeProvider.System);
        Assert.Equal(processes, tasks.Select(f.Process));
        Assert.NotEqual(0, f.Process(own[0]));
        File.Delete(ballast);
        var took = await MarathonDoor.UntilAsync(
            async () => await f.Agent(Node).RunningAsync("/new") == 1 && await f.Hub.RunningAsync("/new") == 1, 60, "the new work runs");
        output.WriteLine($"room again to the waiting work running: {took.TotalSeconds:F1} s");
        Assert.Equal(processes, tasks.Select(f.Process));
        await f.Agent(Node).RunAsync("/after", Fleet.Forever);
    }

    private static async Task<string> FirstRefusalAsync(Fleet f)
    {
        for (var i = 0; i < 50; i++)
        {
            var (status, body) = await f.Agent(Node).SendAsync(
                HttpMethod.Post, "v2/apps", MarathonDoor.Define($"/more/{i}", Fleet.Forever, 0, Padding()));
            if ((int)status >= 400)
            {
                return $"{(int)status} {Sentence(body)}";
            }
        }

        return string.Empty;
    }

    private static string Padding() => $"\"env\":{{\"PADDING\":\"{new string('x', 20_000)}\"}}";

    private static string Sentence(JsonNode? body) => (string?)body?["message"] ?? body?.ToJsonString() ?? string.Empty;

    private static void Fill(string path)
    {
        using var file = File.Create(path);
        var block = new byte[4096];
        try
        {
            while (true)
            {
                file.Write(block);
                file.Flush();
            }
        }
        catch (IOException)
        {
            // Full, as intended.
        }
    }
}
