using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace Edge.Agent;

/// <summary>Makes a message with every field set, from its descriptor alone: as bytes, which the message's own parser then reads.</summary>
internal static class SampleMessage
{
    /// <summary>Makes the message; fields that hold messages are left out below the given depth unless they are required.</summary>
    public static IMessage Make(MessageDescriptor descriptor, int depth) => descriptor.Parser.ParseFrom(Encode(descriptor, depth));

    private static byte[] Encode(MessageDescriptor descriptor, int depth)
    {
        using var buffer = new MemoryStream();
        using (var output = new CodedOutputStream(buffer, leaveOpen: true))
        {
            foreach (var field in descriptor.Fields.InDeclarationOrder())
            {
                if (field.FieldType != FieldType.Message || depth > 0 || field.IsRequired)
                {
                    Write(output, field, depth);
                }
            }
        }

        return buffer.ToArray();
    }

    private static void Write(CodedOutputStream output, FieldDescriptor field, int depth)
    {
        switch (field.FieldType)
        {
            case FieldType.Double:
                output.WriteTag(field.FieldNumber, WireFormat.WireType.Fixed64);
                output.WriteDouble(1.5);
                break;
            case FieldType.Float:
                output.WriteTag(field.FieldNumber, WireFormat.WireType.Fixed32);
                output.WriteFloat(1.5f);
                break;
            case FieldType.String or FieldType.Bytes:
                output.WriteTag(field.FieldNumber, WireFormat.WireType.LengthDelimited);
                output.WriteString("text");
                break;
            case FieldType.Message:
                output.WriteTag(field.FieldNumber, WireFormat.WireType.LengthDelimited);
                output.WriteBytes(ByteString.CopyFrom(Encode(field.MessageType, Math.Max(depth - 1, 0))));
                break;
            case FieldType.Enum:
                output.WriteTag(field.FieldNumber, WireFormat.WireType.Varint);
                output.WriteEnum(field.EnumType.Values[0].Number);
                break;
            default:
                // Every other type that our messages use is a varint, and 1 is a value of each of them.
                output.WriteTag(field.FieldNumber, WireFormat.WireType.Varint);
                output.WriteUInt64(1);
                break;
        }
    }
}
