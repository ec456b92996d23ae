using System.Buffers.Text;
using System.Text.Json;

namespace Edge.Contracts.Mesos.Json;

/// <summary>Turns the JSON form of a message into its protobuf bytes.</summary>
/// <remarks>The reader throws <see cref="JsonException"/> where the text is no JSON; whoever calls turns that into a value. A wrong
/// shape is a value from the start. Source: apache/mesos 3rdparty/stout/include/stout/protobuf.hpp, Parser.</remarks>
internal ref struct JsonToWire(ReadOnlySpan<byte> utf8, int depth)
{
    private const int SlotsOnStack = 32;
    private const int LongestName = 512;

    private Utf8JsonReader _reader = new(utf8, new JsonReaderOptions { MaxDepth = depth });
    private WireBuffer _wire = new(Math.Max(256, utf8.Length));

    /// <summary>Where the bytes of a field lie; a repeated key removes them.</summary>
    private record struct Slot(int Start, int End);

    /// <summary>What is wrong with the shape, or null.</summary>
    public string? Error { get; private set; }

    /// <summary>True when some message lacked a required field when it was read.</summary>
    public bool IsMissingRequired { get; private set; }

    public readonly ReadOnlySpan<byte> Wire => _wire.Written;

    public readonly void Dispose() => _wire.Dispose();

    /// <summary>Reads the whole text. False with <see cref="Error"/> when the shape is wrong and the text is JSON all the same.</summary>
    public bool Read(MessagePlan plan)
    {
        _reader.Read();
        var path = string.Empty;
        var fits = _reader.TokenType == JsonTokenType.StartObject ? Message(plan, ref path) : Fail("Expecting a JSON object");
        if (!fits && path.Length > 0)
        {
            Error += $" for field '{path}'";
        }

        while (_reader.Read())
        {
            // To the end: what is no JSON is said first, whatever else is wrong.
        }

        return fits;
    }

    private bool Fail(string error)
    {
        Error = error;
        return false;
    }

    private bool Message(MessagePlan plan, ref string path)
    {
        Span<Slot> slots = plan.Fields.Length <= SlotsOnStack ? stackalloc Slot[SlotsOnStack] : new Slot[plan.Fields.Length];
        while (_reader.Read() && _reader.TokenType == JsonTokenType.PropertyName)
        {
            var index = Find(plan);
            _reader.Read();
            if (index < 0)
            {
                _reader.Skip();
                continue;
            }

            if (slots[index].End > slots[index].Start)
            {
                Remove(slots, slots[index]);
            }

            var start = _wire.Length;
            if (!Field(plan.Fields[index], ref path))
            {
                var name = plan.Fields[index].Descriptor.Name;
                path = path.Length == 0 || path[0] == '[' ? name + path : $"{name}.{path}";
                return false;
            }

            slots[index] = new Slot(start, _wire.Length);
        }

        foreach (var required in plan.Required)
        {
            IsMissingRequired |= slots[required].End == slots[required].Start;
        }

        return true;
    }

    /// <summary>The last of several equal keys wins, so what the earlier one wrote goes.</summary>
    private void Remove(scoped Span<Slot> slots, Slot gone)
    {
        var count = gone.End - gone.Start;
        _wire.Remove(gone.Start, count);
        foreach (ref var slot in slots)
        {
            slot = slot == gone ? default : slot.Start > gone.Start ? new Slot(slot.Start - count, slot.End - count) : slot;
        }
    }

    private readonly int Find(MessagePlan plan)
    {
        if (!_reader.ValueIsEscaped)
        {
            return plan.Find(_reader.ValueSpan);
        }

        Span<byte> name = stackalloc byte[LongestName];
        return _reader.ValueSpan.Length > LongestName ? -1 : plan.Find(name[..Unescape(name)]);
    }

    /// <summary>The current string or name without its escapes; its bytes never grow by that.</summary>
    private readonly int Unescape(scoped Span<byte> destination)
    {
        try
        {
            return _reader.CopyString(destination);
        }
        catch (InvalidOperationException error)
        {
            throw new JsonException("A string holds half of a surrogate pair.", error);
        }
    }

    private bool Field(FieldPlan field, ref string path)
    {
        switch (_reader.TokenType)
        {
            case JsonTokenType.Null:
                return true;
            case JsonTokenType.StartObject when field.MapValue is not null:
                return Map(field, field.MapValue, ref path);
            case JsonTokenType.StartArray when field.IsRepeated && field.MapValue is null:
                return List(field, ref path);
            default:
                return field.MapValue is null ? Value(field, ref path) : FailToken();
        }
    }

    private bool List(FieldPlan field, ref string path)
    {
        for (var index = 0; _reader.Read() && _reader.TokenType != JsonTokenType.EndArray; index++)
        {
            if (_reader.TokenType != JsonTokenType.Null && !Value(field, ref path))
            {
                path = path.Length == 0 ? $"[{index}]" : $"[{index}].{path}";
                return false;
            }
        }

        return true;
    }

    private bool Map(FieldPlan field, FieldPlan value, ref string path)
    {
        while (_reader.Read() && _reader.TokenType == JsonTokenType.PropertyName)
        {
            var start = _wire.Length;
            _wire.Varint(field.Tag);
            var body = _wire.BeginLength();
            _wire.Varint(0x0a);
            Text();
            _reader.Read();
            if (_reader.TokenType == JsonTokenType.Null)
            {
                _wire.Remove(start, _wire.Length - start);
                continue;
            }

            if (!Value(value, ref path))
            {
                path = path.Length == 0 ? "[]" : $"[].{path}";
                return false;
            }

            _wire.EndLength(body);
        }

        return true;
    }

    private bool FailToken() => Fail("Not expecting a JSON " + _reader.TokenType switch
    {
        JsonTokenType.StartArray => "array",
        JsonTokenType.StartObject => "object",
        JsonTokenType.String => "string",
        JsonTokenType.Number => "number",
        _ => "boolean",
    });

    private bool Value(FieldPlan field, ref string path) => field.Kind switch
    {
        FieldKind.Message when _reader.TokenType == JsonTokenType.StartObject => Nested(field, ref path),
        FieldKind.Message => FailToken(),
        FieldKind.Bool => Bool(field),
        FieldKind.Text or FieldKind.Bytes or FieldKind.Enum when _reader.TokenType != JsonTokenType.String => FailToken(),
        FieldKind.Text => Text(field),
        FieldKind.Bytes => Bytes(field),
        FieldKind.Enum => Enum(field),
        _ => Number(field),
    };

    private bool Nested(FieldPlan field, ref string path)
    {
        _wire.Varint(field.Tag);
        var start = _wire.BeginLength();
        var fits = Message(field.Message, ref path);
        _wire.EndLength(start);
        return fits;
    }

    private bool Bool(FieldPlan field)
    {
        bool value;
        switch (_reader.TokenType)
        {
            case JsonTokenType.True or JsonTokenType.False:
                value = _reader.TokenType == JsonTokenType.True;
                break;
            case JsonTokenType.String when _reader.ValueTextEquals("true"u8) || _reader.ValueTextEquals("false"u8):
                value = _reader.ValueTextEquals("true"u8);
                break;
            case JsonTokenType.String:
                return Fail("Failed to parse a string as a JSON boolean");
            default:
                return FailToken();
        }

        _wire.Varint(field.Tag);
        _wire.Varint(value ? 1u : 0u);
        return true;
    }

    private bool Text(FieldPlan field)
    {
        _wire.Varint(field.Tag);
        Text();
        return true;
    }

    /// <summary>The current string or name as length and bytes.</summary>
    private void Text()
    {
        if (!_reader.ValueIsEscaped)
        {
            _wire.Varint((ulong)_reader.ValueSpan.Length);
            _wire.Raw(_reader.ValueSpan);
            return;
        }

        var start = _wire.BeginLength();
        _wire.Advance(Unescape(_wire.Reserve(_reader.ValueSpan.Length)));
        _wire.EndLength(start);
    }

    private bool Bytes(FieldPlan field)
    {
        _wire.Varint(field.Tag);
        var start = _wire.BeginLength();
        var span = _wire.Reserve(_reader.ValueSpan.Length);
        var count = _reader.ValueIsEscaped ? Unescape(span) : Copy(_reader.ValueSpan, span);
        if (Base64.DecodeFromUtf8InPlace(span[..count], out var written) != System.Buffers.OperationStatus.Done)
        {
            return Fail("Failed to base64 decode bytes");
        }

        _wire.Advance(written);
        _wire.EndLength(start);
        return true;
    }

    private static int Copy(ReadOnlySpan<byte> from, Span<byte> to)
    {
        from.CopyTo(to);
        return from.Length;
    }

    private bool Enum(FieldPlan field)
    {
        Span<byte> buffer = stackalloc byte[LongestName];
        scoped var name = _reader.ValueSpan;
        if (_reader.ValueIsEscaped)
        {
            name = name.Length > LongestName ? [] : buffer[..Unescape(buffer)];
        }

        if (field.EnumNumber(name) is not { } number)
        {
            return !field.Descriptor.IsRequired || Fail($"Failed to find enum for '{_reader.GetString()}'");
        }

        _wire.Varint(field.Tag);
        _wire.Varint((ulong)number);
        return true;
    }

    private bool Number(FieldPlan field)
    {
        if (_reader.TokenType is not (JsonTokenType.Number or JsonTokenType.String))
        {
            return FailToken();
        }

        Span<byte> buffer = stackalloc byte[LongestName];
        scoped var text = _reader.ValueSpan;
        if (_reader.ValueIsEscaped)
        {
            text = text.Length > LongestName ? [] : buffer[..Unescape(buffer)];
        }

        if (field.Kind == FieldKind.Double)
        {
            if (!JsonNumber.TryParse(text, _reader.TokenType == JsonTokenType.String, out double number))
            {
                return Fail("Failed to parse the value as a JSON number");
            }

            _wire.Varint(field.Tag);
            _wire.Fixed64(number);
            return true;
        }

        if (!JsonNumber.TryParse(text, field.Kind, out var bits))
        {
            return Fail($"Failed to parse the value as a whole number of type {field.Kind.ToString().ToLowerInvariant()}");
        }

        _wire.Varint(field.Tag);
        _wire.Varint(bits);
        return true;
    }
}
