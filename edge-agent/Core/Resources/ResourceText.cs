using System.Buffers;
using System.Collections.Immutable;

namespace Edge.Core.Resources;

/// <summary>Reads the text form of resources, as in <c>--resources=cpus:2;mem:1024;ports:[31000-31999];cpus(prod):2</c>.</summary>
/// <remarks>Pieces are split by ';', each NAME:VALUE or NAME(ROLE):VALUE, the value a number, [ranges] or {names}. A name given twice
/// adds up. A role makes a static reservation; "*" makes none. Source: Mesos --resources, simple form.</remarks>
public static class ResourceText
{
    private static readonly SearchValues<char> s_notInNames = SearchValues.Create("()[]{}, \t");

    private const string Form = "allowed is NAME:VALUE or NAME(ROLE):VALUE, the value a number, ranges [1-5] or a set {a,b}";

    /// <summary>Reads resources; empty text is no resources.</summary>
    /// <returns>The resources or all errors; never throws for bad text.</returns>
    public static ResourceTextResult Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var items = new List<Resource>();
        var names = new SortedSet<string>(StringComparer.Ordinal);
        var errors = ImmutableArray.CreateBuilder<string>();
        foreach (var part in text.AsSpan().Split(';'))
        {
            var piece = text.AsSpan()[part].Trim();
            if (piece.IsEmpty)
            {
                continue;
            }

            var error = ParsePiece(piece, out var item);
            error ??= KindClash(items, item!);
            if (error is null)
            {
                items.Add(item!);
                names.Add(item!.Name);
            }
            else
            {
                errors.Add($"In '{Printable.Quote(piece)}': {error}");
            }
        }

        return new ResourceTextResult(errors.Count == 0 ? ResourceSet.Of(items) : null, [.. names], errors.ToImmutable());
    }

    // The item is set whenever the error is null.
    private static string? ParsePiece(ReadOnlySpan<char> piece, out Resource? item)
    {
        item = null;
        var colon = piece.IndexOf(':');
        if (colon < 0)
        {
            return $"there is no ':'; {Form}.";
        }

        var value = piece[(colon + 1)..].Trim();
        if (value.IsEmpty)
        {
            return $"the value is empty; {Form}.";
        }

        var error = ParseHead(piece[..colon].Trim(), out var name, out var traits);
        if (error is not null)
        {
            return error;
        }

        error = ParseValue(name, value, out item);
        item = item?.WithTraits(traits);
        return error is not null ? $"the value {error}." : ResourceValidation.Validate(item!);
    }

    private static string? ParseHead(ReadOnlySpan<char> head, out string name, out ResourceTraits traits)
    {
        name = "";
        traits = ResourceTraits.None;
        var open = head.IndexOf('(');
        var bare = open < 0 ? head : head[..open].TrimEnd();
        if (bare.IsEmpty || bare.ContainsAny(s_notInNames))
        {
            return $"the name '{Printable.Quote(bare)}' is empty or holds a bracket, comma or blank; {Form}.";
        }

        name = bare.ToString();
        if (open < 0)
        {
            return null;
        }

        if (head[^1] != ')')
        {
            return $"the role in '{Printable.Quote(head)}' has no closing ')'; {Form}.";
        }

        var role = head[(open + 1)..^1].Trim().ToString();
        traits = role == RoleName.Unreserved ? traits : ResourceTraits.ReservedBy(Reservation.Static(role));
        return RoleName.Validate(role);
    }

    private static string? ParseValue(string name, ReadOnlySpan<char> value, out Resource? item)
    {
        item = null;
        string? error;
        switch (value[0])
        {
            case '[':
                error = ValueText.ParseRanges(value, out var ranges);
                item = error is null ? Resource.Of(name, RangeSet.Of(ranges)) : null;
                break;
            case '{':
                error = ValueText.ParseItems(value, out var names);
                item = error is null ? Resource.Of(name, ItemSet.Of(names)) : null;
                break;
            default:
                error = ValueText.ParseScalar(value, out var scalar);
                item = error is null ? Resource.Of(name, scalar) : null;
                break;
        }

        return error;
    }

    private static string? KindClash(List<Resource> items, Resource item)
    {
        foreach (var earlier in items)
        {
            if (earlier.Name == item.Name && earlier.Kind != item.Kind)
            {
                return $"'{item.Name}' was given as {earlier.DescribeValue()} before; allowed is one kind of value for one name.";
            }
        }

        return null;
    }
}
