using System.Text;
using Edge.Agent.Containerizer;
using Edge.Agent.Native;

namespace Edge.Tests.Agent.Containerizer;

public sealed class SandboxFilesTests : IDisposable
{
    private const string Virtual = "/frameworks/fw/executors/ex/runs/";
    private readonly string _data = Directory.CreateTempSubdirectory("edge-files-").FullName;
    private readonly ContainerPaths _paths;
    private readonly SandboxFiles _files;
    private readonly string _sandbox;

    public SandboxFilesTests()
    {
        _paths = new ContainerPaths(_data, "agent-1");
        _files = new SandboxFiles(_paths);
        _sandbox = _paths.Sandbox("fw", "ex", "c1");
        _ = Directory.CreateDirectory(Path.Combine(_sandbox, "logs"));
        File.WriteAllText(Path.Combine(_sandbox, "stdout"), "0123456789");
        File.WriteAllText(Path.Combine(_sandbox, "logs", "deep"), "deep");
        File.WriteAllText(Path.Combine(_data, "secret"), "secret");
        File.SetUnixFileMode(Path.Combine(_sandbox, "stdout"), (UnixFileMode)0x1A4);
        _ = File.CreateSymbolicLink(Path.Combine(_paths.Runs("fw", "ex"), "latest"), "c1");
    }

    public void Dispose() => Directory.Delete(_data, recursive: true);

    [Theory]
    [InlineData("c1")]
    [InlineData("latest")]
    public void Browse_lists_what_ls_would(string run)
    {
        var listing = _files.Browse(Virtual + run);
        Assert.Null(listing.Error);
        Assert.Equal([$"{Virtual}{run}/logs", $"{Virtual}{run}/stdout"], listing.Entries.Select(e => e.Path));
        Assert.Equal("-rw-r--r--", listing.Entries[1].Mode);
        Assert.Equal('d', listing.Entries[0].Mode[0]);
        Assert.Equal(10, listing.Entries[1].Size);
        Assert.Equal(Environment.UserName, listing.Entries[1].User);
        Assert.InRange(listing.Entries[1].ModifiedSeconds, 1, long.MaxValue);
    }

    [Fact]
    public void Read_gives_pieces_and_the_size()
    {
        Assert.Equal("234", Text(_files.Read(Virtual + "c1/stdout", 2, 3)));
        Assert.Equal("89", Text(_files.Read(_sandbox + "/stdout", 8, 100)));
        Assert.Equal("", Text(_files.Read(Virtual + "c1/stdout", 99, null)));
        Assert.Equal(10, _files.Read(Virtual + "c1/stdout", -1, null).Offset);
        Assert.Equal("deep", Text(_files.Read(Virtual + "latest/logs/deep", 0, null)));
        File.WriteAllBytes(Path.Combine(_sandbox, "big"), new byte[SandboxFiles.MaxRead * 2]);
        Assert.Equal(SandboxFiles.MaxRead, _files.Read(Virtual + "c1/big", 0, int.MaxValue).Data.Length);
    }

    [Fact]
    public void Nothing_outside_the_sandbox_is_given_out_whatever_the_task_links()
    {
        (string Name, string Target)[] links =
        [
            ("absolute", "/etc/passwd"), ("up", "../../../../../../../../secret"), ("folder", "/etc"), ("magic", "/proc/self/root"),
            ("loop", "loop"),
        ];
        foreach (var (name, target) in links)
        {
            _ = File.CreateSymbolicLink(Path.Combine(_sandbox, name), target);
        }

        foreach (var path in new[] { "absolute", "up", "folder/passwd", "magic/etc/passwd", "loop" })
        {
            Assert.Equal(SandboxError.Forbidden, _files.Read(Virtual + "c1/" + path, 0, null).Error);
        }

        Assert.Equal(SandboxError.Forbidden, _files.Browse(Virtual + "c1/folder").Error);
        string[] outside =
        [
            "/etc/passwd", Virtual + "c1/../../../../../../../secret", Virtual + "../../../../x/y", _data + "/secret", "/", Virtual,
        ];
        foreach (var path in outside)
        {
            Assert.Equal(SandboxError.NotFound, _files.Read(path, 0, null).Error);
        }
    }

    [Fact]
    public void A_link_that_stays_inside_is_followed()
    {
        _ = File.CreateSymbolicLink(Path.Combine(_sandbox, "current"), "logs/deep");
        Assert.Equal("deep", Text(_files.Read(Virtual + "c1/current", 0, null)));
    }

    [Fact]
    public void A_latest_that_points_elsewhere_leads_nowhere()
    {
        var latest = Path.Combine(_paths.Runs("fw", "ex"), "latest");
        File.Delete(latest);
        _ = File.CreateSymbolicLink(latest, "/etc");
        Assert.Equal(SandboxError.NotFound, _files.Read(Virtual + "latest/passwd", 0, null).Error);
    }

    [Theory]
    [InlineData("", 0, SandboxError.BadRequest)]
    [InlineData("relative", 0, SandboxError.BadRequest)]
    [InlineData("/frameworks/fw/executors/ex/runs/c1/stdout", -2, SandboxError.BadRequest)]
    [InlineData("/frameworks/fw/executors/ex/runs/c1/logs", 0, SandboxError.BadRequest)]
    [InlineData("/frameworks/fw/executors/ex/runs/c1/none", 0, SandboxError.NotFound)]
    [InlineData("/frameworks/fw/executors/ex/runs/none/stdout", 0, SandboxError.NotFound)]
    public void A_wrong_request_is_refused_with_a_reason(string path, long offset, SandboxError error)
    {
        var piece = _files.Read(path, offset, null);
        Assert.Equal(error, piece.Error);
        Assert.NotEmpty(piece.Message);
    }

    [Fact]
    public void Before_openat2_no_link_is_followed_at_all()
    {
        _ = File.CreateSymbolicLink(Path.Combine(_sandbox, "link"), "logs");
        var root = LibcFiles.Open(_sandbox, LibcFiles.PathOnly | LibcFiles.Directory, 0);
        Assert.True(SandboxFiles.OpenStepwise(root, ["logs", "deep"], LibcFiles.ReadOnly) >= 0);
        Assert.True(SandboxFiles.OpenStepwise(root, [], LibcFiles.ReadOnly) >= 0);
        Assert.Equal(-1, SandboxFiles.OpenStepwise(root, ["link", "deep"], LibcFiles.ReadOnly));
        Assert.Equal(-1, SandboxFiles.OpenStepwise(root, ["link"], LibcFiles.ReadOnly));
        _ = LibcFiles.Close(root);
    }

    private static string Text(SandboxPiece piece)
    {
        Assert.Null(piece.Error);
        return Encoding.UTF8.GetString(piece.Data.Span);
    }
}
