using System.Reflection;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Edge.Contracts.Mesos;
using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace Edge.Tests.Contracts;

public sealed class MesosRoundTripTests
{
    private static readonly MethodInfo s_check = typeof(MesosRoundTripTests).GetMethod(nameof(Check),
        BindingFlags.NonPublic | BindingFlags.Static)!;

    public static TheoryData<string> Messages => [.. MesosDescriptors.All.Select(m => m.FullName)];

    [Theory]
    [MemberData(nameof(Messages))]
    public void EveryMessage_GoesThroughBothFormsUnchanged(string name)
    {
        var descriptor = MesosDescriptors.All.Single(m => m.FullName == name);
        var check = s_check.MakeGenericMethod(descriptor.ClrType);
        for (var seed = 1; seed <= 8; seed++)
        {
            check.Invoke(null, [new MessageGenerator(seed).Create(descriptor)]);
        }
    }

    private static void Check<T>(IMessage created)
        where T : class, IMessage<T>, new()
    {
        var message = (T)created;
        var json = MesosJson.ToBytes(message);
        var read = MesosJson.Parse<T>(json);
        Assert.True(read.Ok, read.Error);
        Assert.Equal(message, WithoutDefaults(message, read.Message));
        Assert.Equal(json, MesosJson.ToBytes(read.Message));
        Assert.Equal(Encoding.UTF8.GetString(json), MesosJson.ToText(message));
        Assert.DoesNotContain((byte)'\n', json);
        CheckShape(message, JsonNode.Parse(json)!.AsObject());

        var wire = MesosProto.TryParse<T>(message.ToByteArray());
        Assert.True(wire.Ok, wire.Error);
        Assert.Equal(message, wire.Message);
        Assert.Equal(json, MesosJson.ToBytes(wire.Message));
    }

    /// <summary>The JSON form writes explicit defaults, so what is read back has them set; they are unset where the original had
    /// none.</summary>
    private static IMessage WithoutDefaults(IMessage original, IMessage read)
    {
        foreach (var field in original.Descriptor.Fields.InDeclarationOrder())
        {
            if (field.IsRepeated)
            {
                var (left, right) = ((System.Collections.ICollection)field.Accessor.GetValue(original),
                    (System.Collections.ICollection)field.Accessor.GetValue(read));
                foreach (var (l, r) in Parts(left).Zip(Parts(right)))
                {
                    WithoutDefaults(l, r);
                }
            }
            else if (field.FieldType == FieldType.Message)
            {
                if (field.Accessor.GetValue(original) is IMessage part && field.Accessor.GetValue(read) is IMessage other)
                {
                    WithoutDefaults(part, other);
                }
            }
            else if (field.HasPresence && !field.Accessor.HasValue(original) && field.Accessor.HasValue(read))
            {
                Assert.True(field.ToProto().HasDefaultValue);
                field.Accessor.Clear(read);
            }
        }

        return read;
    }

    private static IEnumerable<IMessage> Parts(System.Collections.ICollection collection) =>
        collection is System.Collections.IDictionary map
        ? map.Keys.Cast<string>().Order(StringComparer.Ordinal).Select(k => map[k]).OfType<IMessage>()
        : collection.OfType<IMessage>();

    /// <summary>What is written, by a second reading of the rules: which keys, in which order, and of which JSON kind.</summary>
    private static void CheckShape(IMessage message, JsonObject json)
    {
        var expected = message.Descriptor.Fields.InDeclarationOrder().Where(f => f.IsRepeated
            ? ((System.Collections.ICollection)f.Accessor.GetValue(message)).Count > 0
            : f.HasPresence ? f.Accessor.HasValue(message) || (f.ToProto().HasDefaultValue && f.GetOptions()?.Deprecated != true)
            : !Equals(Convert.ToInt64(f.Accessor.GetValue(message)), 0L)).ToList();
        Assert.Equal(expected.Select(f => f.Name), json.Select(p => p.Key));
        foreach (var field in expected)
        {
            var node = json[field.Name]!;
            if (field.IsRepeated)
            {
                Assert.Equal(field.IsMap ? JsonValueKind.Object : JsonValueKind.Array, node.GetValueKind());
                continue;
            }

            var value = field.Accessor.GetValue(message);
            switch (field.FieldType)
            {
                case FieldType.Message:
                    CheckShape((IMessage)value, node.AsObject());
                    break;
                case FieldType.Enum:
                    Assert.Equal(field.EnumType.FindValueByNumber((int)value).Name, node.GetValue<string>());
                    break;
                case FieldType.Bytes:
                    Assert.Equal(((ByteString)value).ToBase64(), node.GetValue<string>());
                    break;
                case FieldType.String:
                    Assert.Equal((string)value, node.GetValue<string>());
                    break;
                case FieldType.Double when double.IsInfinity((double)value):
                    Assert.Equal((double)value > 0 ? "Infinity" : "-Infinity", node.GetValue<string>());
                    break;
                case FieldType.Bool:
                    Assert.Equal((bool)value, node.GetValue<bool>());
                    break;
                case FieldType.Double:
                    Assert.Equal((double)value, node.GetValue<double>());
                    break;
                default:
                    Assert.Equal(Convert.ToDecimal(value), node.GetValue<decimal>());
                    break;
            }
        }
    }
}
