using System.Text.RegularExpressions;
using System.Xml.Linq;
using Edge.Tests.Support;

namespace Edge.Tests.Conventions;

/// <summary>Holds the floor plan against the sources: who names whom, what the kernel may not say, what stands at the top.</summary>
public sealed partial class FloorPlanTests
{
    private static readonly IReadOnlyList<SourceFile> s_sources = SourceFile.All("edge-agent", "hub");

    [Fact]
    public void Plan_HasNoCycle()
    {
        var left = FloorPlan.Rooms.Keys.ToDictionary(
            r => r,
            r => FloorPlan.Rooms.Keys.Where(to => to != r && FloorPlan.Allows(r, to)).ToList());
        while (left.FirstOrDefault(r => !r.Value.Any(left.ContainsKey)) is { Key: not null } free)
        {
            left.Remove(free.Key);
        }

        Assert.True(left.Count == 0, "These rooms name each other in a circle; a lower one is missing: " + string.Join(", ", left.Keys));
    }

    [Fact]
    public void Plan_NamesOnlyRoomsThatItHas() =>
        Assert.Empty(FloorPlan.Rooms.Values.SelectMany(r => r).Where(r => !FloorPlan.Rooms.ContainsKey(r)).Distinct());

    [Fact]
    public void Sources_LieInPlannedRoomsAndNameOnlyWhatThePlanAllows() => Expect.None(s_sources.SelectMany(RoomFindings));

    [Fact]
    public void Rooms_DoNotNameTheWiringAboveThem()
    {
        var findings =
            from file in s_sources
            let room = FloorPlan.RoomOf(file.Path)
            from host in s_sources
            where room.StartsWith(FloorPlan.RoomOf(host.Path) + ".", StringComparison.Ordinal)
            from Match type in TypeDeclaration().Matches(host.Code)
            where !FloorPlan.KnownBelow.Any(k => k.Type == type.Groups["name"].Value)
            from Match use in Regex.Matches(file.Code, $@"(?<![\w.]){type.Groups["name"].Value}\b")
            where !TypeDeclaration().Matches(file.Code).Any(own => own.Groups["name"].Value == type.Groups["name"].Value)
            select file.Finding("a room names its host", use.Index, $"{use.Value} belongs to {host.Path}, which wires {room}");
        Expect.None(findings);
    }

    [Fact]
    public void Kernel_SaysNothingOfTheWorldOutside() => Expect.None(s_sources.SelectMany(KernelFindings));

    [Fact]
    public void Projects_ReferToWhatTheTableLists() =>
        Expect.None(SourceFile.Files(".", "*.csproj").SelectMany(p => ReferenceFindings(p, File.ReadAllText(Repository.PathTo(p)))));

    [Fact]
    public async Task TopLevel_IsFixed()
    {
        var names = await Repository.TrackedAsync() is { } tracked
            ? tracked.Select(p => p.Split('/')[0])
            : Directory.EnumerateFileSystemEntries(Repository.Root).Select(p => Path.GetFileName(p));
        Assert.Empty(names.Distinct().Except(FloorPlan.TopLevel));
    }

    [Theory]
    [InlineData("hub/Fleet/A.cs", "namespace Edge.Hub.Fleet;\nusing Edge.Agent.Tasks;", "hub/Fleet/A.cs:2")]
    [InlineData("hub/Fleet/A.cs", "namespace Edge.Hub.Fleet;\nclass A\n{\n    Edge.Agent.Tasks.Runner r;\n}", "hub/Fleet/A.cs:4")]
    [InlineData("edge-agent/Core/Model/A.cs", "using Edge.Core.Engine;", "Core.Model may not name Core.Engine")]
    [InlineData("edge-agent/Core/Cellar/A.cs", "namespace Edge.Core.Cellar;", "add it to the plan")]
    [InlineData("edge-agent/Daemon/Api/Cellar/A.cs", "namespace Edge.Daemon.Api.Cellar;", "add it to the plan")]
    [InlineData("edge-agent/Core/Model/A.cs", "namespace Edge.Core.Tasks;", "says namespace Edge.Core.Tasks")]
    [InlineData("edge-agent/Core/Model/A.cs", "using static Edge.Contracts.Mesos.X;", "may not name Contracts.Mesos")]
    [InlineData("edge-agent/Core/Model/A.cs", "using T = Edge.Nowhere.X;", "Edge.Nowhere.X is in no room")]
    public void RoomFindings_WrongFile_IsFound(string path, string text, string expected) =>
        Assert.Contains(RoomFindings(SourceFile.Sample(text, path)), f => f.ToString().Contains(expected, StringComparison.Ordinal));

    [Theory]
    [InlineData("edge-agent/Core/Model/A.cs", "using Edge.Core.Resources;\n// Edge.Hub.Fleet is not named here.")]
    [InlineData("edge-agent/Daemon/Api/Mesos/Deep/A.cs", "using Edge.Contracts.Mesos.V1;\nnamespace Edge.Daemon.Api.Mesos.Deep;")]
    public void RoomFindings_RightFile_IsNot(string path, string text) => Assert.Empty(RoomFindings(SourceFile.Sample(text, path)));

    [Theory]
    [InlineData("edge-agent/Core/Tasks/A.cs", "class A { async void X() { } }")]
    [InlineData("edge-agent/Core/Tasks/A.cs", "class A { Task<int> X; }")]
    [InlineData("edge-agent/Core/Tasks/A.cs", "class A { object X = DateTimeOffset.UtcNow; }")]
    [InlineData("edge-agent/Core/Tasks/A.cs", "class A { Guid X = Guid.NewGuid(); }")]
    [InlineData("edge-agent/Core/Tasks/A.cs", "class A { string X = Environment.MachineName; }")]
    [InlineData("edge-agent/Core/Engine/A.cs", "class A { int HttpStatus; }")]
    public void KernelFindings_WrongWord_IsFound(string path, string text) =>
        Assert.NotEmpty(KernelFindings(SourceFile.Sample(text, path)));

    [Theory]
    [InlineData("edge-agent/Core/Tasks/A.cs", "class A { TaskStatus X; int Environment; /* async */ string s = \"async\"; }")]
    [InlineData("hub/Fleet/A.cs", "class A { async void X() { } }")]
    public void KernelFindings_RightWord_IsNot(string path, string text) => Assert.Empty(KernelFindings(SourceFile.Sample(text, path)));

    [Fact]
    public void ReferenceFindings_UnlistedPackage_IsFound() => Assert.Contains(
        ReferenceFindings("edge-agent/Core/Edge.Core.csproj", """<Project><PackageReference Include="Dapper" /></Project>"""),
        f => f.Text.Contains("Dapper", StringComparison.Ordinal));

    private static IEnumerable<Finding> RoomFindings(SourceFile file)
    {
        var room = FloorPlan.RoomOf(file.Path);
        if (!FloorPlan.Rooms.ContainsKey(room))
        {
            yield return file.Finding("unknown room", 0, $"{room} is not in FloorPlan.Rooms; add it to the plan with what it may name");
            yield break;
        }

        var (folder, project) = FloorPlan.Projects.First(p => file.Path.StartsWith(p.Folder + "/", StringComparison.Ordinal));
        var expected = string.Join('.', file.Path[(folder.Length + 1)..].Split('/')[..^1].Prepend("Edge." + project));
        if (NamespaceLine().Match(file.Code) is { Success: true } line && line.Groups["name"].Value != expected
            && !FloorPlan.Namespaces.Any(n => n.Path == file.Path && n.Namespace == line.Groups["name"].Value))
        {
            yield return file.Finding("namespace", line.Index, $"says namespace {line.Groups["name"].Value}, its folder says {expected}");
        }

        foreach (Match name in QualifiedName().Matches(file.Code))
        {
            var dotted = name.Groups["name"].Value;
            var target = FloorPlan.RoomOfName(dotted);
            if (target is null)
            {
                yield return file.Finding("unknown room", name.Index, $"Edge.{dotted} is in no room of the plan");
            }
            else if (!FloorPlan.Allows(room, target) && !room.StartsWith(target + ".", StringComparison.Ordinal))
            {
                yield return file.Finding("floor plan", name.Index, $"{room} may not name {target} (it says Edge.{dotted})");
            }
        }
    }

    private static IEnumerable<Finding> KernelFindings(SourceFile file)
    {
        var room = FloorPlan.RoomOf(file.Path);
        if (!room.StartsWith("Core.", StringComparison.Ordinal))
        {
            return [];
        }

        var words = KernelBan().Matches(file.Code).Select(m => file.Finding("kernel", m.Index, $"a kernel room may not say {m.Value}"));
        var wires = room == "Core.Engine" ? WireBan().Matches(file.Code) : Enumerable.Empty<Match>();
        return words.Concat(wires.Select(m => file.Finding("engine", m.Index, $"the engine may not say {m.Value}")));
    }

    private static IEnumerable<Finding> ReferenceFindings(string path, string xml)
    {
        var project = Path.GetFileNameWithoutExtension(path);
        if (path.StartsWith("tests/", StringComparison.Ordinal) || path.StartsWith("./tests/", StringComparison.Ordinal))
        {
            return [];
        }

        var allowed = FloorPlan.References.GetValueOrDefault(project);
        return XDocument.Parse(xml).Descendants()
            .Where(e => e.Name.LocalName is "ProjectReference" or "PackageReference" or "FrameworkReference" or "Reference")
            .Select(e => (string?)e.Attribute("Include") ?? string.Empty)
            .Select(i => i.EndsWith(".csproj", StringComparison.Ordinal) ? Path.GetFileNameWithoutExtension(i) : i)
            .Where(i => allowed is null || !allowed.Contains(i))
            .Select(i => new Finding("references", path, 1, $"{project} may not refer to {i}; allowed: {string.Join(' ', allowed ?? [])}"));
    }

    [GeneratedRegex(@"\bnamespace\s+(?<name>[\w.]+)")]
    private static partial Regex NamespaceLine();

    [GeneratedRegex(@"(?<![\w.])(?<!namespace\s+)(?:global::)?Edge\.(?<name>[A-Z]\w*(?:\.\w+)*)")]
    private static partial Regex QualifiedName();

    [GeneratedRegex(@"^(?:public|internal)\b[^(\n]*?\b(?:class|struct|record|enum|interface)\s+(?!class\b|struct\b)(?<name>[A-Z]\w*)",
        RegexOptions.Multiline)]
    private static partial Regex TypeDeclaration();

    [GeneratedRegex(@"\b(async|await|Task<|ValueTask|System\.Threading|System\.IO|System\.Net|ILogger|TimeProvider|Channel|Stopwatch"
        + @"|Guid\.NewGuid|DateTime(Offset)?\.(Utc)?Now|HttpClient|Socket|lock|new Random|Random\.Shared)\b"
        + @"|(?<![\w.])(Environment|Console|File|Directory|Thread|Random|Timer)\s*\.(?=\s*[A-Z])")]
    private static partial Regex KernelBan();

    [GeneratedRegex(@"\b\w*(Http|Mqtt|Sql)\w*\b")]
    private static partial Regex WireBan();
}
