using System.Collections.Immutable;
using System.Runtime.InteropServices;
using System.Text.Json;
using Edge.Agent.Fingerprint;
using Edge.Agent.Profiles;
using Edge.Tests.Support;

namespace Edge.Tests.Agent.Profiles;

public sealed class ShippedProfileTests
{
    private static readonly string s_folder = Repository.PathTo("firmware-profiles");

    public static TheoryData<string> Boards => [.. ProfileFiles.Names([s_folder])];

    [Fact]
    public void Names_AreTheFiveBoards()
    {
        Assert.Equal(
            ["beaglebone-black", "jetson-orin-nano", "raspberry-pi-4", "raspberry-pi-zero-2w", "x64-gateway"],
            ProfileFiles.Names([s_folder]).ToArray());
    }

    [Theory]
    [MemberData(nameof(Boards))]
    public void Load_EveryShippedFile_IsRightAndNamedLikeItsBoard(string name)
    {
        var result = ProfileFiles.Load(Path.Combine(s_folder, name + ".json"));

        Assert.Empty(result.Errors);
        Assert.Equal(name, result.Profile!.Board);
        Assert.NotNull(result.Profile.Limits.ReservedMemoryMb);
        Assert.NotNull(result.Profile.Watchdog);
        Assert.NotEmpty(result.Profile.Buses);
    }

    [Theory]
    [MemberData(nameof(Boards))]
    public void Load_Name_IsFoundBesideTheProgram(string name)
    {
        Assert.Equal(name, ProfileFiles.Load(name).Profile?.Board);
    }

    [Fact]
    public void Load_UnknownName_SaysTheNearestAndWhereItLooked()
    {
        var error = Assert.Single(ProfileFiles.Load("rasberry-pi4", [s_folder]).Errors);

        Assert.Contains("'rasberry-pi4'", error, StringComparison.Ordinal);
        Assert.Contains("did you mean 'raspberry-pi-4'", error, StringComparison.Ordinal);
        Assert.Contains(s_folder, error, StringComparison.Ordinal);
        Assert.Contains("x64-gateway", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("./missing.json")]
    [InlineData("/tmp/")]
    [InlineData("a\0.json")]
    public void Load_FileThatCannotBeRead_IsSaid(string path)
    {
        Assert.Contains("cannot be read", Assert.Single(ProfileFiles.Load(path).Errors), StringComparison.Ordinal);
    }

    [Fact]
    public void Describe_ProfileOfThisMachinesArchitecture_IsAppliedAndOthersAreRefused()
    {
        var input = new NodeProbeInput { Data = "/tmp", Address = "127.0.0.1", Port = 5051 };
        var x64 = NodeProbe.Describe(input with { Profile = "x64-gateway" });
        var arm = NodeProbe.Describe(input with { Profile = "beaglebone-black" });
        var wrong = NodeProbe.Describe(input with { Profile = "none-such", Resources = "cpus" });

        var (right, other) = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? (x64, arm) : (arm, x64);
        Assert.Empty(right.Errors);
        Assert.Contains(right.Description!.Attributes, a => a.Name == "board" && a.Value.Text == right.Profile!.Board);
        Assert.Contains("is for the architecture", Assert.Single(other.Errors), StringComparison.Ordinal);
        Assert.Null(wrong.Description);
        Assert.Equal(2, wrong.Errors.Length);
    }

    [Fact]
    public void Schema_SaysWhatTheReaderChecks()
    {
        using var schema = JsonDocument.Parse(File.ReadAllText(Path.Combine(s_folder, "profile.schema.json")));

        CompareObject(schema.RootElement, ProfileKeys.Root, "profile");
    }

    private static void CompareObject(JsonElement schema, ImmutableArray<ProfileKey> keys, string path)
    {
        Assert.Equal("object", schema.GetProperty("type").GetString());
        Assert.False(schema.GetProperty("additionalProperties").GetBoolean(), path);
        var properties = schema.GetProperty("properties");
        Assert.Equal(keys.Select(k => k.Name), properties.EnumerateObject().Select(p => p.Name));
        Assert.Equal(keys.Where(k => k.Required).Select(k => k.Name), Strings(schema, "required"));
        foreach (var key in keys)
        {
            CompareValue(properties.GetProperty(key.Name), key, $"{path}.{key.Name}");
        }
    }

    private static void CompareValue(JsonElement schema, ProfileKey key, string path)
    {
        var type = key.Kind switch
        {
            ProfileValueKind.Whole => "integer",
            ProfileValueKind.Amount => "number",
            ProfileValueKind.List => "array",
            ProfileValueKind.Object or ProfileValueKind.Names => "object",
            _ => "string",
        };
        Assert.Equal((path, type), (path, schema.GetProperty("type").GetString()));
        Assert.Equal(key.Words, Strings(schema, "enum"));
        switch (key.Kind)
        {
            case ProfileValueKind.Object:
                CompareObject(schema, key.Inner, path);
                break;
            case ProfileValueKind.List:
                Assert.Equal(key.Max, schema.GetProperty("maxItems").GetInt64());
                CompareObject(schema.GetProperty("items"), key.Inner, path);
                break;
            case ProfileValueKind.Names:
                var value = schema.GetProperty("additionalProperties");
                Assert.Equal(key.Max, schema.GetProperty("maxProperties").GetInt64());
                Assert.Equal(ProfileTextForm.Name.Pattern, Pattern(schema.GetProperty("propertyNames")));
                Assert.Equal(ProfileKeys.MaxAttributeLength, value.GetProperty("maxLength").GetInt32());
                Assert.Equal(key.Form?.Pattern, Pattern(value));
                break;
            case ProfileValueKind.Whole or ProfileValueKind.Amount:
                Assert.Equal((path, key.Min, key.Max), (path, Number(schema, "minimum"), Number(schema, "maximum")));
                break;
            case ProfileValueKind.Text:
                Assert.Equal((path, key.Max), (path, Number(schema, "maxLength")));
                break;
        }

        if (key.Kind is ProfileValueKind.Text or ProfileValueKind.Ranges)
        {
            Assert.Equal((path, key.Form?.Pattern), (path, Pattern(schema)));
        }
    }

    private static long Number(JsonElement schema, string name) => schema.GetProperty(name).GetInt64();

    private static string? Pattern(JsonElement schema) => schema.TryGetProperty("pattern", out var pattern) ? pattern.GetString() : null;

    private static IEnumerable<string?> Strings(JsonElement schema, string name) =>
        schema.TryGetProperty(name, out var list) ? list.EnumerateArray().Select(w => w.GetString()) : [];
}
