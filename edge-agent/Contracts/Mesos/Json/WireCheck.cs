namespace Edge.Contracts.Mesos.Json;

/// <summary>A quick look at protobuf bytes: does every message in them hold its required fields and only enum numbers with a
/// name?</summary>
internal static class WireCheck
{
    private const int FieldsOnStack = 128;

    /// <summary>True means yes for certain; false that a closer look at the message itself is needed.</summary>
    /// <param name="wire">Bytes that the protobuf library has read without complaint.</param>
    public static bool IsComplete(MessagePlan plan, ReadOnlySpan<byte> wire)
    {
        Span<bool> seen = plan.Fields.Length <= FieldsOnStack ? stackalloc bool[FieldsOnStack] : new bool[plan.Fields.Length];
        var cursor = new WireCursor(wire);
        while (!cursor.AtEnd)
        {
            var tag = (uint)cursor.Varint();
            var index = plan.Find(tag >> 3);
            if (index < 0 || plan.Fields[index].Tag != tag)
            {
                if (index >= 0)
                {
                    return false;
                }

                cursor.Skip(tag);
                continue;
            }

            seen[index] = true;
            var field = plan.Fields[index];
            var fits = field.Kind switch
            {
                FieldKind.Message => IsComplete(field.Message, cursor.Delimited()),
                FieldKind.Enum => field.EnumJson((int)cursor.Varint()) is not null,
                _ => Skip(ref cursor, tag),
            };
            if (!fits)
            {
                return false;
            }
        }

        foreach (var required in plan.Required)
        {
            if (!seen[required])
            {
                return false;
            }
        }

        return true;
    }

    private static bool Skip(ref WireCursor cursor, uint tag)
    {
        cursor.Skip(tag);
        return true;
    }
}
