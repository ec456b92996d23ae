using System.Collections.Concurrent;
using Google.Protobuf.Reflection;

namespace Edge.Contracts.Mesos.Json;

/// <summary>What both directions of the codec need to know of one message type, worked out once.</summary>
internal sealed class MessagePlan
{
    private static readonly ConcurrentDictionary<MessageDescriptor, MessagePlan> s_plans = new();

    private readonly NameTable _names;
    private readonly short[] _byNumber;

    private MessagePlan(MessageDescriptor descriptor)
    {
        Name = descriptor.Name;
        Fields = [.. descriptor.Fields.InDeclarationOrder().Select(f => new FieldPlan(f))];
        Required = [.. Enumerable.Range(0, Fields.Length).Where(i => Fields[i].Descriptor.IsRequired)];
        _names = new NameTable(Fields.Select(f => f.Descriptor.Name));
        _byNumber = new short[Fields.Select(f => f.Descriptor.FieldNumber).Append(0).Max() + 1];
        Array.Fill(_byNumber, (short)-1);
        for (var index = 0; index < Fields.Length; index++)
        {
            _byNumber[Fields[index].Descriptor.FieldNumber] = (short)index;
        }
    }

    /// <summary>The message's name without its package, as error texts call it.</summary>
    public string Name { get; }

    /// <summary>In the order of the file, which is the order of the JSON form.</summary>
    public FieldPlan[] Fields { get; }

    /// <summary>Positions of the required fields, ascending.</summary>
    public int[] Required { get; }

    /// <summary>The plan of a message type. Safe from any thread.</summary>
    public static MessagePlan For(MessageDescriptor descriptor) => s_plans.GetOrAdd(descriptor, static d => new MessagePlan(d));

    /// <summary>The position of a field by its name, or -1.</summary>
    public int Find(ReadOnlySpan<byte> name) => _names.Find(name);

    /// <summary>The position of a field by its number, or -1.</summary>
    public int Find(uint number) => number < (uint)_byNumber.Length ? _byNumber[number] : -1;
}
