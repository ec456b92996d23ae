using System.Collections.Immutable;

namespace Edge.Core.Resources;

/// <summary>What came of reading attributes from text.</summary>
/// <param name="Value">The attributes in the order of the text, or default when there was any error.</param>
/// <param name="Errors">All errors, in the order of the text; empty on success.
/// Each names the piece, the bad value, and what is allowed.</param>
public sealed record AttributeTextResult(ImmutableArray<Attribute> Value, ImmutableArray<string> Errors);
