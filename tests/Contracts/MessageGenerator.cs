using System.Collections;
using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace Edge.Tests.Contracts;

/// <summary>Fills messages of any type at random; the same seed fills them the same way.</summary>
internal sealed class MessageGenerator(int seed)
{
    private const int DepthMax = 6;

    private static readonly string[] s_texts =
    [
        "", "a", "web-1", "two words", "quote \" and \\ slash / end", "tab\tline\nreturn\rbell\u0007", "<b>&'\u007f",
            "\u00c4rger \u00fcber \u00d6l", "\u6771\u4eac",
        "\U0001F680 and \U0001F9ED", "\u2028\u2029", new string('x', 300),
    ];

    private readonly Random _random = new(seed);

    /// <summary>A message with every required field and a random choice of the others.</summary>
    public IMessage Create(MessageDescriptor descriptor, int depth = 0)
    {
        var message = (IMessage)Activator.CreateInstance(descriptor.ClrType)!;
        foreach (var field in descriptor.Fields.InDeclarationOrder())
        {
            if (field.IsRequired || (depth < DepthMax && _random.Next(100) < (depth == 0 ? 80 : 40)))
            {
                Fill(message, field, depth);
            }
        }

        return message;
    }

    private void Fill(IMessage message, FieldDescriptor field, int depth)
    {
        if (field.IsMap)
        {
            var map = (IDictionary)field.Accessor.GetValue(message);
            for (var left = _random.Next(4); left > 0; left--)
            {
                map[Value(field.MessageType.FindFieldByNumber(1), depth)] = Value(field.MessageType.FindFieldByNumber(2), depth);
            }
        }
        else if (field.IsRepeated)
        {
            var list = (IList)field.Accessor.GetValue(message);
            for (var left = _random.Next(4); left > 0; left--)
            {
                list.Add(Value(field, depth));
            }
        }
        else
        {
            field.Accessor.SetValue(message, Value(field, depth));
        }
    }

    private object Value(FieldDescriptor field, int depth) => field.FieldType switch
    {
        FieldType.Bool => _random.Next(2) == 0,
        FieldType.Int32 => (int)Bits(),
        FieldType.Int64 => (long)Bits(),
        FieldType.UInt32 => (uint)Bits(),
        FieldType.UInt64 => Bits(),
        FieldType.Double => Number(),
        FieldType.String => s_texts[_random.Next(s_texts.Length)],
        FieldType.Bytes => Bytes(),
        FieldType.Enum => field.EnumType.Values[_random.Next(field.EnumType.Values.Count)].Number,
        FieldType.Message => Create(field.MessageType, depth + 1),
        _ => throw new NotSupportedException(field.FullName),
    };

    private ulong Bits() => (ulong)_random.NextInt64(long.MinValue, long.MaxValue) >> _random.Next(64);

    private double Number() => _random.Next(8) switch
    {
        0 => 0,
        1 => double.PositiveInfinity,
        2 => double.NegativeInfinity,
        3 => _random.Next(1000),
        4 => double.MaxValue,
        5 => 1e-7,
        _ => _random.NextDouble() * 1e6,
    };

    private ByteString Bytes()
    {
        var bytes = new byte[_random.Next(40)];
        _random.NextBytes(bytes);
        return ByteString.CopyFrom(bytes);
    }
}
