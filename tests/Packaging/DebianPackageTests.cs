using System.Globalization;
using Edge.Agent.Profiles;
using Edge.Tests.Support;

namespace Edge.Tests.Packaging;

/// <summary>Builds both packages from small stand-ins for the published programs, and installs them into a folder.</summary>
public sealed class DebianPackageTests : IAsyncLifetime
{
    private static readonly string s_build = Repository.PathTo("packaging", "build-deb");

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("edge-packaging-");

    private string Agent => Path.Combine(_folder.FullName, "agent");

    private string Hub => Path.Combine(_folder.FullName, "hub");

    private string Out => Path.Combine(_folder.FullName, "out");

    public async Task InitializeAsync()
    {
        Directory.CreateDirectory(Agent);
        Directory.CreateDirectory(Hub);
        await File.WriteAllTextAsync(Path.Combine(Agent, "edge-agent"), "#!/bin/sh\n");
        await File.WriteAllTextAsync(Path.Combine(Hub, "edge-hub"), "#!/bin/sh\n");
        await File.WriteAllTextAsync(Path.Combine(Hub, "edge-hub.dll"), "MZ");
    }

    public Task DisposeAsync()
    {
        _folder.Delete(recursive: true);
        return Task.CompletedTask;
    }

    [RequiresFact("dpkg-deb", "bash")]
    public async Task Packages_SayWhatTheyAre()
    {
        await BuildAsync();
        var agent = await Shell.MustAsync("dpkg-deb", "--info", Deb("edge-agent"));
        Assert.Matches(@"Package: edge-agent\n\s*Version: 1\.2\.3\n\s*Architecture: amd64", agent);
        Assert.Matches(@"Installed-Size: \d+", agent);
        Assert.DoesNotContain("@", agent.Replace("edge@localhost", string.Empty, StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.Equal("/etc/edge/hub.json\n", await Shell.MustAsync("dpkg-deb", "--info", Deb("edge-hub"), "conffiles"));
    }

    [RequiresFact("dpkg-deb", "bash")]
    public async Task Packages_HoldProgramUnitAndConfiguration()
    {
        await BuildAsync();
        var agent = Contents(await Shell.MustAsync("dpkg-deb", "--contents", Deb("edge-agent")));
        Assert.Equal("-rwxr-xr-x root/root", agent["./usr/bin/edge-agent"]);
        Assert.Equal("-rw-r--r-- root/root", agent["./etc/edge/agent.json"]);
        Assert.Equal("-rw-r--r-- root/root", agent["./lib/systemd/system/edge-agent.service"]);
        Assert.Equal("-rw-r--r-- root/root", agent[$".{ProfileFiles.Folders[^1]}/raspberry-pi-4.json"]);
        var hub = Contents(await Shell.MustAsync("dpkg-deb", "--contents", Deb("edge-hub")));
        Assert.Equal("-rwxr-xr-x root/root", hub["./usr/lib/edge-hub/edge-hub"]);
        Assert.Equal("-rw-r--r-- root/root", hub["./usr/lib/edge-hub/edge-hub.dll"]);
        Assert.Equal("-rw-r--r-- root/root", hub["./etc/edge/hub.json"]);
        Assert.Contains("./usr/bin/edge-hub", hub.Keys);
    }

    [RequiresFact("dpkg-deb", "bash")]
    public async Task Build_Twice_GivesTheSameContents()
    {
        await BuildAsync();
        var first = await Shell.MustAsync("dpkg-deb", "--info", Deb("edge-hub"), "md5sums");
        await BuildAsync();
        Assert.Equal(first, await Shell.MustAsync("dpkg-deb", "--info", Deb("edge-hub"), "md5sums"));
    }

    [RequiresTheory("bash")]
    [InlineData("--arch riscv", "--arch: 'riscv' is wrong; allowed are amd64 and arm64")]
    [InlineData("--version one", "--version: 'one' is wrong; allowed is a Debian version")]
    [InlineData("--only both", "--only: 'both' is wrong; allowed are agent and hub")]
    [InlineData("--colour", "--colour' is unknown")]
    [InlineData("--out", "--out needs a value")]
    [InlineData("--only agent --agent /nowhere", "--agent: '/nowhere' holds no edge-agent")]
    public async Task Build_WrongUsage_NamesItAndExits2(string arguments, string expected)
    {
        var run = await Shell.RunAsync("bash", [s_build, .. arguments.Split(' ')]);
        Assert.Equal(2, run.ExitCode);
        Assert.Contains(expected, run.Output, StringComparison.Ordinal);
    }

    [RequiresFact("dpkg", "dpkg-deb", "bash", "root")]
    public async Task Install_Remove_Purge_LeavesNothing()
    {
        await BuildAsync();
        var root = MakeRoot();
        var before = Tree(root);

        await DpkgAsync(root, "--install", Deb("edge-agent"), Deb("edge-hub"));
        Assert.True(File.Exists(Path.Combine(root, "usr/bin/edge-agent")));
        Assert.True(Directory.Exists(Path.Combine(root, "var/lib/edge/hub")));
        await File.WriteAllTextAsync(Path.Combine(root, "etc/edge/agent.json"), "{ \"data\": \"/changed\" }");
        await File.WriteAllTextAsync(Path.Combine(root, "var/lib/edge/agent/agent.db"), "journal");

        await DpkgAsync(root, "--remove", "edge-agent", "edge-hub");
        Assert.False(File.Exists(Path.Combine(root, "usr/bin/edge-agent")));
        Assert.Contains("/changed", await File.ReadAllTextAsync(Path.Combine(root, "etc/edge/agent.json")), StringComparison.Ordinal);
        Assert.True(File.Exists(Path.Combine(root, "var/lib/edge/agent/agent.db")), "A removal keeps the data; only a purge takes it.");

        await DpkgAsync(root, "--purge", "edge-agent");
        Assert.False(Directory.Exists(Path.Combine(root, "var/lib/edge/agent")));
        Assert.True(Directory.Exists(Path.Combine(root, "var/lib/edge/hub")), "The other package's data is not ours to take.");
        await DpkgAsync(root, "--purge", "edge-hub");
        Assert.Empty(Tree(root).Except(before));
    }

    [RequiresFact("dpkg", "dpkg-deb", "bash", "root")]
    public async Task Update_KeepsTheConfigurationAndTheData()
    {
        await BuildAsync("1.2.3");
        await BuildAsync("1.2.4");
        var root = MakeRoot();
        await DpkgAsync(root, "--install", Deb("edge-agent", "1.2.3"));
        await File.WriteAllTextAsync(Path.Combine(root, "etc/edge/agent.json"), "{ \"data\": \"/changed\" }");
        await File.WriteAllTextAsync(Path.Combine(root, "var/lib/edge/agent/agent.db"), "journal");
        await DpkgAsync(root, "--install", Deb("edge-agent", "1.2.4"));
        Assert.Contains("/changed", await File.ReadAllTextAsync(Path.Combine(root, "etc/edge/agent.json")), StringComparison.Ordinal);
        Assert.Equal("journal", await File.ReadAllTextAsync(Path.Combine(root, "var/lib/edge/agent/agent.db")));
    }

    private static Dictionary<string, string> Contents(string listing) => listing
        .Split('\n', StringSplitOptions.RemoveEmptyEntries)
        .Select(l => l.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        .ToDictionary(p => p[5], p => $"{p[0]} {p[1]}", StringComparer.Ordinal);

    /// <summary>Everything below a root, but for the package manager's own notes.</summary>
    private static HashSet<string> Tree(string root) =>
        [.. Directory.EnumerateFileSystemEntries(root, "*", SearchOption.AllDirectories)
            .Select(p => Path.GetRelativePath(root, p))
            .Where(p => !p.StartsWith("var/lib/dpkg", StringComparison.Ordinal) && !p.StartsWith("var/log", StringComparison.Ordinal))];

    private static Task<string> DpkgAsync(string root, params string[] arguments) =>
        Shell.MustAsync(
            "dpkg",
            [$"--root={root}", "--force-script-chrootless", "--force-depends", "--force-confold", "--force-architecture", .. arguments]);

    private string Deb(string name, string version = "1.2.3") =>
        Path.Combine(Out, string.Create(CultureInfo.InvariantCulture, $"{name}_{version}_amd64.deb"));

    private Task BuildAsync(string version = "1.2.3") =>
        Shell.MustAsync("bash", s_build, "--agent", Agent, "--hub", Hub, "--out", Out, "--version", version);

    private string MakeRoot()
    {
        var root = Path.Combine(_folder.FullName, "root");
        string[] folders =
        [
            "etc", "usr/bin", "usr/lib", "usr/share/doc", "lib/systemd/system", "var/lib/dpkg/info", "var/lib/dpkg/updates", "var/log",
        ];
        foreach (var folder in folders)
        {
            Directory.CreateDirectory(Path.Combine(root, folder));
        }

        File.WriteAllText(Path.Combine(root, "var/lib/dpkg/status"), string.Empty);
        return root;
    }
}
