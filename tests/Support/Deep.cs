using System.Collections;
using System.Globalization;
using System.Reflection;
using System.Text;
using Edge.Core.Resources;

namespace Edge.Tests.Support;

/// <summary>Every value that a record holds, at any depth, as one text: two records that say the same have the same.</summary>
internal static class Deep
{
    public static string Text(object? value)
    {
        var text = new StringBuilder();
        Append(text, value);
        return text.ToString();
    }

    private static void Append(StringBuilder text, object? value)
    {
        switch (value)
        {
            case null:
                text.Append("null");
                break;
            case string word:
                text.Append('"').Append(word).Append('"');
                break;
            case DateTimeOffset time:
                text.Append(time.UtcTicks);
                break;
            case TimeSpan span:
                text.Append(span.Ticks);
                break;
            case ReadOnlyMemory<byte> bytes:
                text.Append("0x").Append(Convert.ToHexString(bytes.Span));
                break;
            case ResourceSet or Guid or Enum or IConvertible:
                text.Append(Convert.ToString(value, CultureInfo.InvariantCulture));
                break;
            case IEnumerable items:
                AppendItems(text, items);
                break;
            default:
                AppendProperties(text, value);
                break;
        }
    }

    private static void AppendItems(StringBuilder text, IEnumerable items)
    {
        text.Append('[');
        foreach (var item in items)
        {
            Append(text, item);
            text.Append(' ');
        }

        text.Append(']');
    }

    private static void AppendProperties(StringBuilder text, object value)
    {
        text.Append(value.GetType().Name).Append('{');
        foreach (var property in value.GetType().GetProperties(BindingFlags.Public | BindingFlags.Instance))
        {
            if (property.GetIndexParameters().Length == 0)
            {
                text.Append(property.Name).Append('=');
                Append(text, property.GetValue(value));
                text.Append(' ');
            }
        }

        text.Append('}');
    }
}
