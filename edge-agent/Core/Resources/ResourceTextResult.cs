using System.Collections.Immutable;

namespace Edge.Core.Resources;

/// <summary>What came of reading resources from text.</summary>
/// <param name="Value">The resources, or null when there was any error.</param>
/// <param name="Names">The names that were given, ascending and each once, also those given as nothing ("ports:[]", "cpus:0").</param>
/// <param name="Errors">All errors, in the order of the text; empty on success.
/// Each names the piece, the bad value, and what is allowed.</param>
public sealed record ResourceTextResult(ResourceSet? Value, ImmutableArray<string> Names, ImmutableArray<string> Errors);
