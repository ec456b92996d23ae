using System.Text;
using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace Edge.Contracts.Mesos.Json;

/// <summary>The shapes a value can have; the wire types and the JSON types follow from them.</summary>
internal enum FieldKind
{
    Bool,
    Int32,
    Int64,
    UInt32,
    UInt64,
    Double,
    Text,
    Bytes,
    Enum,
    Message,
}

/// <summary>One field of a <see cref="MessagePlan"/>: how it is named, tagged and shaped.</summary>
internal sealed class FieldPlan
{
    private readonly NameTable? _enumNames;
    private readonly int[] _enumNumbers = [];
    private readonly Dictionary<int, byte[]> _enumJson = [];
    private MessagePlan? _message;

    public FieldPlan(FieldDescriptor descriptor)
    {
        Descriptor = descriptor;
        Kind = KindOf(descriptor);
        IsRepeated = descriptor.IsRepeated;
        JsonName = Encoding.UTF8.GetBytes($"\"{descriptor.Name}\":");
        var wireType = Kind switch
        {
            FieldKind.Double => WireFormat.WireType.Fixed64,
            FieldKind.Text or FieldKind.Bytes or FieldKind.Message => WireFormat.WireType.LengthDelimited,
            _ => WireFormat.WireType.Varint,
        };
        Tag = WireFormat.MakeTag(descriptor.FieldNumber, wireType);
        if (Kind == FieldKind.Enum)
        {
            var values = descriptor.EnumType.Values;
            _enumNames = new NameTable(values.Select(v => v.Name));
            _enumNumbers = [.. values.Select(v => v.Number)];
            _enumJson = values.ToDictionary(v => v.Number, v => Encoding.UTF8.GetBytes($"\"{v.Name}\""));
        }

        if (descriptor.IsMap)
        {
            MapValue = new FieldPlan(descriptor.MessageType.FindFieldByNumber(2));
        }

        JsonDefault = DefaultOf(descriptor);
    }

    public FieldDescriptor Descriptor { get; }

    public FieldKind Kind { get; }

    public bool IsRepeated { get; }

    /// <summary>The name with its quotes and the colon behind it.</summary>
    public byte[] JsonName { get; }

    /// <summary>What is written while the field is unset, or null when nothing is: an explicit default of a field that is not
    /// deprecated.</summary>
    public byte[]? JsonDefault { get; }

    /// <summary>Number and wire type, as they precede the value on the wire.</summary>
    public uint Tag { get; }

    /// <summary>The value half of a map's entries, or null when this is no map. Keys are text throughout.</summary>
    public FieldPlan? MapValue { get; }

    /// <summary>The plan of the message in this field. Looked up late: messages may hold themselves.</summary>
    public MessagePlan Message => _message ??= MessagePlan.For(Descriptor.MessageType);

    /// <summary>The number behind an enum's name, or null for a name it does not have.</summary>
    public int? EnumNumber(ReadOnlySpan<byte> name) => _enumNames!.Find(name) is >= 0 and var index ? _enumNumbers[index] : null;

    /// <summary>The quoted name of an enum's number, or null for a number it does not have.</summary>
    public byte[]? EnumJson(int number) => _enumJson.GetValueOrDefault(number);

    private static FieldKind KindOf(FieldDescriptor descriptor) => descriptor.FieldType switch
    {
        FieldType.Bool => FieldKind.Bool,
        FieldType.Int32 => FieldKind.Int32,
        FieldType.Int64 => FieldKind.Int64,
        FieldType.UInt32 => FieldKind.UInt32,
        FieldType.UInt64 => FieldKind.UInt64,
        FieldType.Double => FieldKind.Double,
        FieldType.String => FieldKind.Text,
        FieldType.Bytes => FieldKind.Bytes,
        FieldType.Enum => FieldKind.Enum,
        FieldType.Message when !descriptor.IsMap || descriptor.MessageType.FindFieldByNumber(1).FieldType == FieldType.String =>
            FieldKind.Message,
        _ => throw new NotSupportedException($"Field {descriptor.FullName} has a type that the Mesos messages do not use."),
    };

    private static byte[]? DefaultOf(FieldDescriptor descriptor)
    {
        var proto = descriptor.ToProto();
        if (!proto.HasDefaultValue || (descriptor.GetOptions()?.Deprecated ?? false))
        {
            return null;
        }

        var text = proto.DefaultValue;
        return Encoding.UTF8.GetBytes(descriptor.FieldType switch
        {
            FieldType.Double when !text.Contains('.', StringComparison.Ordinal) => text + ".0",
            FieldType.String or FieldType.Enum => $"\"{text}\"",
            _ => text,
        });
    }
}
