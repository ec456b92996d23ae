using System.Collections.Immutable;
using System.Globalization;
using Edge.Core.Model;

namespace Edge.Core.Reconciliation;

/// <summary>What became of one field.</summary>
public enum FieldOutcome
{
    /// <summary>Both say the same.</summary>
    Same,

    /// <summary>Only the site changed it: its value is taken.</summary>
    Site,

    /// <summary>Both changed it, differently.</summary>
    Both,
}

/// <summary>One field of a merge. An empty text stands for a field that is not set.</summary>
/// <param name="Field">Its name.</param>
/// <param name="Outcome">What became of it.</param>
/// <param name="Base">What both started from.</param>
/// <param name="Hub">The hub's value.</param>
/// <param name="Site">The site's value, in the hub's terms.</param>
public sealed record MergedField(string Field, FieldOutcome Outcome, string Base, string Hub, string Site);

/// <summary>Merges a site's change into the hub's definition, field by field, three ways.</summary>
/// <remarks>Pure, and a field's result depends on that field alone, so merging the fields in any order, or twice, gives the same.
/// Source: ARCHITECTURE, "Ownership".</remarks>
public static class FieldMerge
{
    /// <summary>Merges.</summary>
    /// <param name="change">What the site changed.</param>
    /// <param name="based">The hub's definition that the site saw, for the total of which it saw a part; absent when the hub does not
    /// have it
    /// any more.</param>
    /// <param name="hub">The hub's definition now.</param>
    /// <returns>One entry per field of the change, by name.</returns>
    public static ImmutableArray<MergedField> Merge(AppOverride change, AppDefinition? based, AppDefinition hub)
    {
        ArgumentNullException.ThrowIfNull(change);
        ArgumentNullException.ThrowIfNull(hub);
        var result = ImmutableArray.CreateBuilder<MergedField>(change.Fields.Count);
        foreach (var (field, site) in change.Fields)
        {
            var sawHere = change.Base.GetValueOrDefault(field, string.Empty);
            result.Add(field == "instances"
                ? MergeCount(sawHere, site, based?[field], hub[field] ?? string.Empty)
                : Merge(field, sawHere, hub[field] ?? string.Empty, site));
        }

        return result.ToImmutable();
    }

    private static MergedField Merge(string field, string based, string hub, string site) => new(
        field,
        hub == site ? FieldOutcome.Same : hub == based ? FieldOutcome.Site : FieldOutcome.Both,
        based, hub, site);

    /// <summary>A site counts its own instances, the hub all of them: the site's difference is what it asks for.</summary>
    private static MergedField MergeCount(string sawHere, string site, string? based, string hub)
    {
        if (!TryCount(sawHere, out var before) || !TryCount(site, out var after) || !TryCount(hub, out var all))
        {
            return Merge("instances", based ?? sawHere, hub, site);
        }

        var start = TryCount(based ?? hub, out var total) ? total : all;
        var wish = Math.Max(0, start + after - before).ToString(CultureInfo.InvariantCulture);
        return Merge("instances", start.ToString(CultureInfo.InvariantCulture), hub, wish);
    }

    private static bool TryCount(string text, out int count) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out count);
}
