using System.Buffers;
using System.Collections;
using Edge.Contracts.Mesos.Json;
using Google.Protobuf;

namespace Edge.Contracts.Mesos;

/// <summary>The protobuf form of the Mesos messages, as a server has to read it: bounded, with required fields insisted on.</summary>
/// <remarks>Safe from any thread, as long as nobody changes the message meanwhile.</remarks>
public static class MesosProto
{
    /// <summary>Bytes of one message, in either form: 64 MiB, the limit that the protobuf library of Mesos itself sets.</summary>
    public const int BytesMax = 64 * 1024 * 1024;

    /// <summary>Names in one answer about missing fields; a hostile message could lack a million.</summary>
    private const int MissingMax = 16;

    /// <summary>Reads a message; see <see cref="TryParse{T}(ReadOnlySpan{byte}, int)"/>.</summary>
    public static MesosParse<T> TryParse<T>(in ReadOnlySequence<byte> wire, int bytesMax = BytesMax)
        where T : class, IMessage<T>, new() =>
        wire.IsSingleSegment ? TryParse<T>(wire.FirstSpan, bytesMax)
        : wire.Length > bytesMax ? TooLarge<T>(wire.Length, bytesMax)
        : TryParse<T>(wire.ToArray(), bytesMax);

    /// <summary>Reads a message. Enum numbers without a name are dropped, as Mesos drops them: the field counts as unset.</summary>
    /// <param name="wire">Remote input: any bytes. Messages nested deeper than 100 are refused.</param>
    /// <param name="bytesMax">More are refused unread.</param>
    /// <returns>The message with every required field set, or which way the bytes failed. Never throws for any bytes.</returns>
    public static MesosParse<T> TryParse<T>(ReadOnlySpan<byte> wire, int bytesMax = BytesMax)
        where T : class, IMessage<T>, new()
    {
        if (wire.Length > bytesMax)
        {
            return TooLarge<T>(wire.Length, bytesMax);
        }

        var message = new T();
        try
        {
            message.MergeFrom(wire);
        }
        catch (Exception failure) when (
            failure is InvalidProtocolBufferException or IndexOutOfRangeException or ArgumentOutOfRangeException)
        {
            // The latter two for a part that claims to have nearly 2^31 bytes. Source: protocolbuffers/protobuf, issue 26856.
            return NotProtobuf(message);
        }

        if (WireCheck.IsComplete(MessagePlan.For(message.Descriptor), wire))
        {
            return MesosParse<T>.Read(message);
        }

        DropUnknownEnums(message);
        return MissingRequired(message).Count == 0 ? MesosParse<T>.Read(message) : NotProtobuf(message);
    }

    /// <summary>The paths of required fields that are not set, such as <c>accept.operations[0].launch.task_infos[1].name</c>.</summary>
    /// <returns>A message's own fields before those of its parts, in the order of the file; at most 16; empty when nothing is
    /// missing.</returns>
    public static IReadOnlyList<string> MissingRequired(IMessage message)
    {
        ArgumentNullException.ThrowIfNull(message);
        var missing = new List<string>();
        Find(message, string.Empty, missing);
        return missing;
    }

    internal static MesosParse<T> TooLarge<T>(long bytes, int bytesMax)
        where T : class, IMessage<T> =>
        MesosParse<T>.Failed(MesosParseFailure.TooLarge, $"The body has {bytes} bytes, at most {bytesMax} are read");

    private static MesosParse<T> NotProtobuf<T>(T message)
        where T : class, IMessage<T> =>
        MesosParse<T>.Failed(MesosParseFailure.NotProtobuf, $"Failed to parse body into {message.Descriptor.Name} protobuf");

    private static void Find(IMessage message, string prefix, List<string> missing)
    {
        var plan = MessagePlan.For(message.Descriptor);
        foreach (var index in plan.Required)
        {
            var field = plan.Fields[index].Descriptor;
            if (missing.Count < MissingMax && !field.Accessor.HasValue(message))
            {
                missing.Add(prefix + field.Name);
            }
        }

        foreach (var (part, path) in Parts(message, plan))
        {
            if (missing.Count >= MissingMax)
            {
                return;
            }

            Find(part, $"{prefix}{path}.", missing);
        }
    }

    /// <summary>The messages right below a message, each with its name or index.</summary>
    private static IEnumerable<(IMessage Part, string Path)> Parts(IMessage message, MessagePlan plan)
    {
        foreach (var field in plan.Fields)
        {
            if (field.Kind != FieldKind.Message)
            {
                continue;
            }

            var name = field.Descriptor.Name;
            switch (field.Descriptor.Accessor.GetValue(message))
            {
                case IMessage single:
                    yield return (single, name);
                    break;
                case IDictionary map when field.MapValue!.Kind == FieldKind.Message:
                    foreach (DictionaryEntry entry in map)
                    {
                        yield return ((IMessage)entry.Value!, $"{name}[{entry.Key}]");
                    }

                    break;
                case IList list and not IDictionary:
                    for (var index = 0; index < list.Count; index++)
                    {
                        yield return ((IMessage)list[index]!, $"{name}[{index}]");
                    }

                    break;
            }
        }
    }

    private static void DropUnknownEnums(IMessage message)
    {
        var plan = MessagePlan.For(message.Descriptor);
        foreach (var field in plan.Fields.Where(f => f.Kind == FieldKind.Enum))
        {
            var accessor = field.Descriptor.Accessor;
            if (accessor.GetValue(message) is IList list)
            {
                for (var index = list.Count - 1; index >= 0; index--)
                {
                    if (field.EnumJson((int)list[index]!) is null)
                    {
                        list.RemoveAt(index);
                    }
                }
            }
            else if (accessor.HasValue(message) && field.EnumJson((int)accessor.GetValue(message)) is null)
            {
                accessor.Clear(message);
            }
        }

        foreach (var (part, _) in Parts(message, plan))
        {
            DropUnknownEnums(part);
        }
    }
}
