using System.Collections.Immutable;
using Edge.Core.Resources;

namespace Edge.Core.Placement;

/// <summary>Picks host ports for an instance.</summary>
public static class PortChoice
{
    /// <summary>Picks ports among the free ones.</summary>
    /// <param name="free">What the node has free.</param>
    /// <param name="wanted">Per port the number that is needed, or 0 for any.</param>
    /// <param name="seed">Where in the free ranges the search begins: a port that was just given back is not taken again at once, as its
    /// old connections may still linger.</param>
    /// <returns>The ports in the order asked for; default when they are not to be had.</returns>
    public static ImmutableArray<int> Choose(RangeSet free, ImmutableArray<int> wanted, ulong seed)
    {
        var chosen = new int[wanted.Length];
        var taken = new HashSet<int>();
        for (var i = 0; i < wanted.Length; i++)
        {
            if (wanted[i] > 0)
            {
                if (!free.Contains((ulong)wanted[i]) || !taken.Add(wanted[i]))
                {
                    return default;
                }

                chosen[i] = wanted[i];
            }
        }

        for (var i = 0; i < wanted.Length; i++)
        {
            if (wanted[i] == 0)
            {
                if (Next(free, taken, seed + (ulong)i) is not { } port)
                {
                    return default;
                }

                taken.Add(port);
                chosen[i] = port;
            }
        }

        return [.. chosen];
    }

    private static int? Next(RangeSet free, HashSet<int> taken, ulong seed)
    {
        if (free.IsEmpty)
        {
            return null;
        }

        var start = seed % free.Count;
        for (ulong i = 0; i <= (ulong)taken.Count && i < free.Count; i++)
        {
            var port = At(free, (start + i) % free.Count);
            if (!taken.Contains(port))
            {
                return port;
            }
        }

        return null;
    }

    private static int At(RangeSet free, ulong index)
    {
        foreach (var range in free.Ranges)
        {
            var width = range.End - range.Begin + 1;
            if (index < width)
            {
                return (int)(range.Begin + index);
            }

            index -= width;
        }

        return 0;
    }
}
