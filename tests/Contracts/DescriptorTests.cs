using System.Globalization;
using Edge.Tests.Support;
using Google.Protobuf.Reflection;

namespace Edge.Tests.Contracts;

/// <summary>The compiled descriptors, held against the tables of every message, field, number, label, type, default and
/// deprecation.</summary>
public sealed class DescriptorTests
{
    [Fact]
    public void EveryFieldAndEnumValue_IsAsInTheTable_NoneMissingNoneExtra()
    {
        var expected = Rows("mesos-fields.tsv").Select(r => string.Join('\t', r[..5])).Order(StringComparer.Ordinal).ToArray();
        var actual = MesosDescriptors.All.SelectMany(Describe).Concat(MesosDescriptors.Enums.SelectMany(Describe))
            .Order(StringComparer.Ordinal).ToArray();
        Assert.True(expected.Length > 1600);
        Assert.Empty(expected.Except(actual));
        Assert.Empty(actual.Except(expected));
        Assert.Equal(expected.Length, actual.Length);
    }

    [Fact]
    public void EveryDefaultAndDeprecation_IsAsInTheTable_NoneMissingNoneExtra()
    {
        var expected = Rows("mesos-field-options.tsv").Select(r => string.Join('\t', r[..4])).Order(StringComparer.Ordinal).ToArray();
        var fields = MesosDescriptors.All.SelectMany(m => m.Fields.InDeclarationOrder())
            .Select(f =>
                (Owner: f.ContainingType.FullName, f.Name, Default: DefaultText(f), Deprecated: f.GetOptions()?.Deprecated ?? false));
        var values = MesosDescriptors.Enums.SelectMany(e => e.Values)
            .Select(v => (Owner: v.EnumDescriptor.FullName, v.Name, Default: "", Deprecated: v.GetOptions()?.Deprecated ?? false));
        var actual = fields.Concat(values).Where(f => f.Default.Length > 0 || f.Deprecated)
            .Select(f => string.Join('\t', f.Owner, f.Name, f.Default, f.Deprecated ? "true" : ""))
            .Order(StringComparer.Ordinal).ToArray();
        Assert.Equal(expected, actual);
    }

    [Fact]
    public void EveryMessageAndEnum_HasAComment()
    {
        foreach (var file in Directory.GetFiles(Repository.PathTo("edge-agent", "Contracts", "Mesos"), "*.proto"))
        {
            var lines = File.ReadAllLines(file);
            var bare = Enumerable.Range(1, lines.Length - 1)
                .Where(i => lines[i].TrimStart() is var l && (l.StartsWith("message ", StringComparison.Ordinal)
                    || l.StartsWith("enum ", StringComparison.Ordinal)))
                .Where(i => !lines[i - 1].TrimStart().StartsWith("//", StringComparison.Ordinal))
                .Select(i => $"{Path.GetFileName(file)}:{i + 1}: {lines[i].Trim()}");
            Assert.Empty(bare);
        }
    }

    private static IEnumerable<string[]> Rows(string name) =>
        File.ReadLines(Repository.PathTo("tests", "Contracts", "Data", name)).Skip(1).Select(line => line.Split('\t'));

    private static IEnumerable<string> Describe(MessageDescriptor message) => message.Fields.InDeclarationOrder().Count == 0
        ? [string.Join('\t', message.FullName, "-", "-", "empty", "message")]
        : message.Fields.InDeclarationOrder().Select(
            f => string.Join('\t', message.FullName, f.Name, f.FieldNumber, Label(f), TypeName(f)));

    private static IEnumerable<string> Describe(EnumDescriptor type) =>
        type.Values.Select(v => string.Join('\t', type.FullName, v.Name, v.Number, "enum", "enum-value"));

    private static string Label(FieldDescriptor field) => field switch
    {
        { IsMap: true } => "map",
        { IsRepeated: true } => "repeated",
        { IsRequired: true } => "required",
        { RealContainingOneof: { } oneof } => "oneof:" + oneof.Name,
        _ => "optional",
    };

    private static string TypeName(FieldDescriptor field) => field switch
    {
        { IsMap: true } => $"map<{TypeName(field.MessageType.FindFieldByNumber(1))},{TypeName(field.MessageType.FindFieldByNumber(2))}>",
        { FieldType: FieldType.Message } => field.MessageType.FullName,
        { FieldType: FieldType.Enum } => field.EnumType.FullName,
        _ => field.FieldType.ToString().ToLowerInvariant(),
    };

    /// <summary>The default as it is written in the file; the descriptor keeps a double without its fraction.</summary>
    private static string DefaultText(FieldDescriptor field)
    {
        var proto = field.ToProto();
        return !proto.HasDefaultValue ? ""
            : field.FieldType == FieldType.Double && !proto.DefaultValue.Contains('.', StringComparison.Ordinal)
                ? double.Parse(proto.DefaultValue, CultureInfo.InvariantCulture).ToString("0.0", CultureInfo.InvariantCulture)
                : proto.DefaultValue;
    }
}
