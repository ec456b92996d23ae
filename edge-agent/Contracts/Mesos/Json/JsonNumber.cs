using System.Buffers.Text;
using System.Globalization;

namespace Edge.Contracts.Mesos.Json;

/// <summary>Reads numbers, bare or from strings.</summary>
internal static class JsonNumber
{
    private const NumberStyles Style = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;

    /// <summary>A number with a fraction; strings may also name the infinities. A number too large for a double is none.</summary>
    public static bool TryParse(ReadOnlySpan<byte> text, bool isString, out double value)
    {
        if (isString && Named(text) is { } named)
        {
            value = named;
            return true;
        }

        return double.TryParse(text, Style, CultureInfo.InvariantCulture, out value) && double.IsFinite(value);
    }

    /// <summary>A whole number, which may be written with a fraction of zeros, as the 64 bits that its varint carries.</summary>
    public static bool TryParse(ReadOnlySpan<byte> text, FieldKind kind, out ulong bits)
    {
        bits = 0;
        if (Utf8Parser.TryParse(text, out long plain, out var used) && used == text.Length)
        {
            return Fit(plain, kind, out bits);
        }

        return decimal.TryParse(text, Style, CultureInfo.InvariantCulture, out var exact) && decimal.IsInteger(exact)
            && Fit(exact, kind, out bits);
    }

    private static double? Named(ReadOnlySpan<byte> text) =>
        text.SequenceEqual("Infinity"u8) ? double.PositiveInfinity
        : text.SequenceEqual("-Infinity"u8) ? double.NegativeInfinity
        : text.SequenceEqual("NaN"u8) ? double.NaN
        : null;

    private static bool Fit(decimal value, FieldKind kind, out ulong bits)
    {
        (decimal least, decimal most) = kind switch
        {
            FieldKind.Int32 => (int.MinValue, int.MaxValue),
            FieldKind.Int64 => (long.MinValue, long.MaxValue),
            FieldKind.UInt32 => (decimal.Zero, uint.MaxValue),
            _ => (decimal.Zero, (decimal)ulong.MaxValue),
        };
        var fits = value >= least && value <= most;
        bits = !fits ? 0 : value < 0 ? (ulong)(long)value : (ulong)value;
        return fits;
    }

    private static bool Fit(long value, FieldKind kind, out ulong bits)
    {
        bits = (ulong)value;
        return kind switch
        {
            FieldKind.Int32 => value is >= int.MinValue and <= int.MaxValue,
            FieldKind.Int64 => true,
            FieldKind.UInt32 => value is >= 0 and <= uint.MaxValue,
            _ => value >= 0,
        };
    }
}
