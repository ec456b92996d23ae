using System.Collections.Immutable;

#if !LEAN_CONTRACTS && !LEAN_MQTT
namespace Edge;
#elif LEAN_CONTRACTS
namespace Edge.Contracts;
#else
namespace Edge.Mqtt;
#endif

/// <summary>Select, Where and ToImmutableDictionary as plain loops, in place of the library's fused ones, for all code below the
/// namespace Edge.</summary>
/// <remarks>The library's iterators of .NET 9 have a generic virtual Select, which the ahead-of-time compiler instantiates for every pair
/// of a source type and a result type of the whole program: 46,000 methods, more than everything else of the agent together. The compiler
/// finds these two first because their namespace encloses ours. Projects that do not name this one compile the file into their own
/// namespace.</remarks>
#if LEAN_CONTRACTS || LEAN_MQTT
internal
#else
public
#endif
static class LeanSequences
{
    /// <summary>The results of a function over a sequence, in its order, computed when they are read.</summary>
    public static IEnumerable<TResult> Select<TSource, TResult>(this IEnumerable<TSource> source, Func<TSource, TResult> selector)
    {
        foreach (var item in source)
        {
            yield return selector(item);
        }
    }

    /// <summary>The items of a sequence that a condition holds for, in its order, judged when they are read.</summary>
    public static IEnumerable<TSource> Where<TSource>(this IEnumerable<TSource> source, Func<TSource, bool> predicate)
    {
        foreach (var item in source)
        {
            if (predicate(item))
            {
                yield return item;
            }
        }
    }

    /// <summary>A dictionary of a sequence; of equal keys it throws, as the library's does.</summary>
    public static ImmutableDictionary<TKey, TValue> ToImmutableDictionary<TSource, TKey, TValue>(
        this IEnumerable<TSource> source, Func<TSource, TKey> key, Func<TSource, TValue> value)
        where TKey : notnull
    {
        // The library's selects pairs, which is one more result type for every source of the program.
        var result = ImmutableDictionary.CreateBuilder<TKey, TValue>();
        foreach (var item in source)
        {
            result.Add(key(item), value(item));
        }

        return result.ToImmutable();
    }
}
