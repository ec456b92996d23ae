using System.Collections.Immutable;

namespace Edge.Agent.Profiles;

/// <summary>What shape the value of a key has.</summary>
internal enum ProfileValueKind
{
    /// <summary>Text that its pattern describes.</summary>
    Text,

    /// <summary>One of a few words.</summary>
    Word,

    /// <summary>A whole number.</summary>
    Whole,

    /// <summary>A number with up to three decimals.</summary>
    Amount,

    /// <summary>Ranges of whole numbers as text, "[4-6, 12-13]".</summary>
    Ranges,

    /// <summary>An object with the given keys.</summary>
    Object,

    /// <summary>A list of objects with the given keys.</summary>
    List,

    /// <summary>An object with names of the writer's choice and texts.</summary>
    Names,
}

/// <summary>One key that a profile may have: the reader checks by it, and a test holds the published schema against it.</summary>
/// <param name="Name">The key.</param>
/// <param name="Kind">What its value is.</param>
internal sealed record ProfileKey(string Name, ProfileValueKind Kind)
{
    /// <summary>True when it may not be missing.</summary>
    public bool Required { get; init; }

    /// <summary>The words allowed.</summary>
    public ImmutableArray<string> Words { get; init; } = [];

    /// <summary>The smallest number; for lists and names how many there may be at least.</summary>
    public long Min { get; init; }

    /// <summary>The largest number, also inside ranges; for lists and names how many there may be; for text the length.</summary>
    public long Max { get; init; }

    /// <summary>The form of a text; null for any.</summary>
    public ProfileTextForm? Form { get; init; }

    /// <summary>The keys inside.</summary>
    public ImmutableArray<ProfileKey> Inner { get; init; } = [];
}
