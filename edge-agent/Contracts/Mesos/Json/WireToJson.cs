namespace Edge.Contracts.Mesos.Json;

/// <summary>Turns the protobuf bytes of a message into its JSON form, field by field in the order of the file.</summary>
/// <remarks>Going through the bytes costs less than asking every field by reflection and boxes nothing: one scan notes where each field
/// lies, then the fields are written in order. Source: apache/mesos 3rdparty/stout/include/stout/protobuf.hpp, jsonify.</remarks>
internal static class WireToJson
{
    private const int SlotsOnStack = 32;

    /// <summary>Where a field lies: behind its tag, at the last place for a single one and at the first for a repeated one.</summary>
    private record struct Slot(int Position, int Count);

    /// <summary>Writes one message as an object.</summary>
    public static void Write(MessagePlan plan, ReadOnlySpan<byte> wire, ref JsonSink json)
    {
        Span<Slot> slots = plan.Fields.Length <= SlotsOnStack ? stackalloc Slot[SlotsOnStack] : new Slot[plan.Fields.Length];
        Locate(plan, wire, slots);
        json.Raw((byte)'{');
        var first = true;
        for (var index = 0; index < plan.Fields.Length; index++)
        {
            var field = plan.Fields[index];
            var slot = slots[index];
            if (slot.Count == 0 ? field.JsonDefault is null : !IsWritable(field, wire, slot))
            {
                continue;
            }

            if (!first)
            {
                json.Raw((byte)',');
            }

            first = false;
            json.Raw(field.JsonName);
            WriteField(field, wire, slot, ref json);
        }

        json.Raw((byte)'}');
    }

    private static void Locate(MessagePlan plan, ReadOnlySpan<byte> wire, Span<Slot> slots)
    {
        var cursor = new WireCursor(wire);
        while (!cursor.AtEnd)
        {
            var tag = (uint)cursor.Varint();
            var index = plan.Find(tag >> 3);
            if (index >= 0 && plan.Fields[index].Tag == tag)
            {
                ref var slot = ref slots[index];
                slot = new Slot(slot.Count > 0 && plan.Fields[index].IsRepeated ? slot.Position : cursor.Position, slot.Count + 1);
            }

            cursor.Skip(tag);
        }
    }

    /// <summary>False for an enum whose number has no name: it counts as unset, as if its reader had dropped it.</summary>
    private static bool IsWritable(FieldPlan field, ReadOnlySpan<byte> wire, Slot slot) =>
        field.Kind != FieldKind.Enum || field.IsRepeated || field.EnumJson((int)new WireCursor(wire, slot.Position).Varint()) is not null;

    private static void WriteField(FieldPlan field, ReadOnlySpan<byte> wire, Slot slot, ref JsonSink json)
    {
        if (slot.Count == 0)
        {
            json.Raw(field.JsonDefault);
            return;
        }

        var cursor = new WireCursor(wire, slot.Position);
        if (!field.IsRepeated)
        {
            WriteValue(field, ref cursor, ref json);
            return;
        }

        json.Raw(field.MapValue is null ? (byte)'[' : (byte)'{');
        for (var (left, first) = (slot.Count, true); ;)
        {
            if (!WriteElement(field, ref cursor, ref json, first))
            {
                cursor.Varint();
            }
            else
            {
                first = false;
            }

            if (--left == 0)
            {
                break;
            }

            for (var tag = (uint)cursor.Varint(); tag != field.Tag; tag = (uint)cursor.Varint())
            {
                cursor.Skip(tag);
            }
        }

        json.Raw(field.MapValue is null ? (byte)']' : (byte)'}');
    }

    /// <summary>Writes one element of a list or map; false, with nothing read, for an enum whose number has no name.</summary>
    private static bool WriteElement(FieldPlan field, ref WireCursor cursor, ref JsonSink json, bool first)
    {
        if (field.Kind == FieldKind.Enum)
        {
            var ahead = cursor;
            if (field.EnumJson((int)ahead.Varint()) is null)
            {
                return false;
            }
        }

        if (!first)
        {
            json.Raw((byte)',');
        }

        if (field.MapValue is null)
        {
            WriteValue(field, ref cursor, ref json);
        }
        else
        {
            WriteEntry(field.MapValue, cursor.Delimited(), ref json);
        }

        return true;
    }

    /// <summary>One entry of a map: a message with the key as field 1 and the value as field 2, either of which may be left out.</summary>
    private static void WriteEntry(FieldPlan value, ReadOnlySpan<byte> entry, ref JsonSink json)
    {
        ReadOnlySpan<byte> key = [];
        var position = -1;
        var cursor = new WireCursor(entry);
        while (!cursor.AtEnd)
        {
            var tag = (uint)cursor.Varint();
            if (tag == 0x0a)
            {
                key = cursor.Delimited();
                continue;
            }

            position = tag == value.Tag ? cursor.Position : position;
            cursor.Skip(tag);
        }

        json.Text(key);
        json.Raw((byte)':');
        if (position < 0)
        {
            json.Raw(value.Kind == FieldKind.Message ? "{}"u8 : "\"\""u8);
            return;
        }

        var at = new WireCursor(entry, position);
        WriteValue(value, ref at, ref json);
    }

    private static void WriteValue(FieldPlan field, ref WireCursor cursor, ref JsonSink json)
    {
        switch (field.Kind)
        {
            case FieldKind.Bool:
                json.Raw(cursor.Varint() != 0 ? "true"u8 : "false"u8);
                break;
            case FieldKind.Int32:
                json.Number((int)cursor.Varint());
                break;
            case FieldKind.Int64:
                json.Number((long)cursor.Varint());
                break;
            case FieldKind.UInt32:
            case FieldKind.UInt64:
                json.Number(cursor.Varint());
                break;
            case FieldKind.Double:
                json.Number(cursor.Fixed64());
                break;
            case FieldKind.Text:
                json.Text(cursor.Delimited());
                break;
            case FieldKind.Bytes:
                json.Base64(cursor.Delimited());
                break;
            case FieldKind.Enum:
                json.Raw(field.EnumJson((int)cursor.Varint()));
                break;
            case FieldKind.Message:
                Write(field.Message, cursor.Delimited(), ref json);
                break;
        }
    }
}
