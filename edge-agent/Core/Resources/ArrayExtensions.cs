using System.Collections.Immutable;

namespace Edge.Core.Resources;

/// <summary>Lets a default array stand for an empty one.</summary>
internal static class ArrayExtensions
{
    /// <summary>The array, or the empty one when it was never set.</summary>
    public static ImmutableArray<T> OrEmpty<T>(this ImmutableArray<T> array) => array.IsDefault ? [] : array;
}
