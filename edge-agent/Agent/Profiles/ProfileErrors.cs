using System.Collections.Immutable;
using System.Globalization;

namespace Edge.Agent.Profiles;

/// <summary>Collects what is wrong with one file.</summary>
/// <param name="file">The name that stands before each line number.</param>
internal sealed class ProfileErrors(string file)
{
    private readonly List<(int Line, string Text)> _found = [];

    /// <summary>True while nothing is wrong.</summary>
    public bool None => _found.Count == 0;

    /// <summary>Everything found, by line.</summary>
    public ImmutableArray<string> All => [.. _found.OrderBy(f => f.Line).Select(f => f.Text)];

    /// <summary>Adds one sentence.</summary>
    public void Add(int line, string text) =>
        _found.Add((line, string.Create(CultureInfo.InvariantCulture, $"{file}:{line}: {text}")));

    /// <summary>Adds that a value is none of those allowed.</summary>
    public void Add(ProfileNode node, string path, string allowed) => Add(node.Line, $"'{path}' is {node.Show()}; allowed {allowed}.");
}
