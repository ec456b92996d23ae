using System.Buffers;
using System.Buffers.Text;
using System.Globalization;

namespace Edge.Contracts.Mesos.Json;

/// <summary>Writes compact JSON tokens straight into a buffer: UTF-8 stays as it is, only what JSON forbids is escaped.</summary>
/// <remarks>The platform's own writer escapes characters outside the basic plane and cannot be told not to.</remarks>
internal ref struct JsonSink(IBufferWriter<byte> output)
{
    private static readonly SearchValues<byte> s_escaped =
        SearchValues.Create([(byte)'"', (byte)'\\', .. Enumerable.Range(0, 0x20).Select(i => (byte)i)]);

    private readonly IBufferWriter<byte> _output = output;
    private Span<byte> _free = output.GetSpan(256);
    private int _used;

    public void Raw(byte value)
    {
        Reserve(1)[0] = value;
        _used++;
    }

    public void Raw(ReadOnlySpan<byte> value)
    {
        value.CopyTo(Reserve(value.Length));
        _used += value.Length;
    }

    /// <summary>A quoted string of valid UTF-8.</summary>
    public void Text(ReadOnlySpan<byte> value)
    {
        Raw((byte)'"');
        for (var next = value.IndexOfAny(s_escaped); next >= 0; next = value.IndexOfAny(s_escaped))
        {
            Raw(value[..next]);
            Escape(value[next]);
            value = value[(next + 1)..];
        }

        Raw(value);
        Raw((byte)'"');
    }

    /// <summary>A quoted string of standard base64, padded.</summary>
    public void Base64(ReadOnlySpan<byte> value)
    {
        var span = Reserve(Base64Length(value.Length) + 2);
        span[0] = (byte)'"';
        System.Buffers.Text.Base64.EncodeToUtf8(value, span[1..], out _, out var written);
        span[written + 1] = (byte)'"';
        _used += written + 2;
    }

    public void Number(long value)
    {
        Utf8Formatter.TryFormat(value, Reserve(20), out var written);
        _used += written;
    }

    public void Number(ulong value)
    {
        Utf8Formatter.TryFormat(value, Reserve(20), out var written);
        _used += written;
    }

    /// <summary>The shortest digits that read back as the same number, with <c>.0</c> where it is whole; infinities become
    /// strings.</summary>
    public void Number(double value)
    {
        if (!double.IsFinite(value))
        {
            Raw(double.IsNaN(value) ? "\"NaN\""u8 : value > 0 ? "\"Infinity\""u8 : "\"-Infinity\""u8);
            return;
        }

        var span = Reserve(40);
        value.TryFormat(span, out var written, default, CultureInfo.InvariantCulture);
        var whole = span[..written].IndexOfAny((byte)'.', (byte)'E') < 0;
        _used += written;
        if (whole)
        {
            Raw(".0"u8);
        }
    }

    /// <summary>Hands everything to the buffer; nothing may be written afterwards.</summary>
    public void Complete()
    {
        _output.Advance(_used);
        _free = default;
        _used = 0;
    }

    private static int Base64Length(int bytes) => checked((bytes + 2) / 3 * 4);

    private void Escape(byte value)
    {
        switch (value)
        {
            case (byte)'"':
                Raw("\\\""u8);
                break;
            case (byte)'\\':
                Raw("\\\\"u8);
                break;
            case (byte)'\n':
                Raw("\\n"u8);
                break;
            case (byte)'\r':
                Raw("\\r"u8);
                break;
            case (byte)'\t':
                Raw("\\t"u8);
                break;
            default:
                Raw("\\u00"u8);
                Raw((byte)('0' + (value >> 4)));
                Raw("0123456789abcdef"u8[value & 15]);
                break;
        }
    }

    private Span<byte> Reserve(int count)
    {
        if (_free.Length - _used < count)
        {
            _output.Advance(_used);
            _used = 0;
            _free = _output.GetSpan(Math.Max(count, 4096));
        }

        return _free[_used..];
    }
}
