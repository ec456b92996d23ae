using System.Collections.Immutable;
using System.Text;

namespace Edge.Contracts.Marathon;

/// <summary>How one part of a selector looks at a label.</summary>
public enum LabelOperator
{
    /// <summary>The label is there.</summary>
    Exists,

    /// <summary>Its value is one of the values: <c>==</c>, <c>in</c>.</summary>
    In,

    /// <summary>It is there, and its value is none of the values: <c>!=</c>, <c>notin</c>.</summary>
    NotIn,
}

/// <summary>One part of a selector.</summary>
/// <param name="Key">The name of the label, without escapes.</param>
/// <param name="Values">What it is compared with; empty for <see cref="LabelOperator.Exists"/>.</param>
public sealed record LabelRequirement(string Key, LabelOperator Operator, ImmutableArray<string> Values)
{
    /// <summary>True when the labels meet it; a label that is not there meets nothing, not even <c>!=</c>.</summary>
    public bool Matches(IReadOnlyDictionary<string, string> labels)
    {
        ArgumentNullException.ThrowIfNull(labels);
        return labels.TryGetValue(Key, out var value) && Operator switch
        {
            LabelOperator.Exists => true,
            LabelOperator.In => Values.Contains(value),
            LabelOperator.NotIn => !Values.Contains(value),
        };
    }
}

/// <summary>A label selector: <c>a, tier in (web, api), zone!=b</c>; all parts have to be met.</summary>
/// <remarks>Letters, digits, dot, hyphen and underscore stand for themselves, any other character after a backslash. Blanks between
/// the words do not count. Source: Marathon 1.10, LabelSelector; <c>label=</c> of GET /v2/apps.</remarks>
public sealed record LabelSelector(ImmutableArray<LabelRequirement> Requirements)
{
    /// <summary>True when the labels meet every part; an empty selector is met by all.</summary>
    public bool Matches(IReadOnlyDictionary<string, string> labels) => Requirements.All(r => r.Matches(labels));

    /// <summary>Reads a selector.</summary>
    /// <param name="error">The sentence that answers the caller with status 422; null when there is a result.</param>
    /// <returns>Null when the text is no selector.</returns>
    public static LabelSelector? Parse(string text, out string? error)
    {
        ArgumentNullException.ThrowIfNull(text);
        var cursor = new Cursor(text);
        var result = ImmutableArray.CreateBuilder<LabelRequirement>();
        error = null;
        while (!cursor.AtEnd || result.Count > 0)
        {
            if (cursor.Requirement() is not { } requirement)
            {
                error = $"Can not parse label selector {text}. Reason: {cursor.Expected} expected at position {cursor.Position + 1}";
                return null;
            }

            result.Add(requirement);
            if (cursor.AtEnd)
            {
                break;
            }

            if (!cursor.Take(","))
            {
                error = $"Can not parse label selector {text}. Reason: ',' expected at position {cursor.Position + 1}";
                return null;
            }
        }

        return new LabelSelector(result.ToImmutable());
    }

    /// <summary>A place in the text of a selector.</summary>
    private sealed class Cursor(string text)
    {
        public int Position { get; private set; }

        public string Expected { get; private set; } = string.Empty;

        public bool AtEnd
        {
            get
            {
                SkipBlanks();
                return Position == text.Length;
            }
        }

        public LabelRequirement? Requirement()
        {
            if (Term() is not { } key)
            {
                return null;
            }

            if (Take("=="))
            {
                return Term() is { } value ? new LabelRequirement(key, LabelOperator.In, [value]) : null;
            }

            if (Take("!="))
            {
                return Term() is { } value ? new LabelRequirement(key, LabelOperator.NotIn, [value]) : null;
            }

            if (Take("notin"))
            {
                return Set() is { } values ? new LabelRequirement(key, LabelOperator.NotIn, values) : null;
            }

            if (Take("in"))
            {
                return Set() is { } values ? new LabelRequirement(key, LabelOperator.In, values) : null;
            }

            return new LabelRequirement(key, LabelOperator.Exists, []);
        }

        public bool Take(string word)
        {
            SkipBlanks();
            if (string.CompareOrdinal(text, Position, word, 0, word.Length) != 0)
            {
                return false;
            }

            Position += word.Length;
            return true;
        }

        private string? Term()
        {
            SkipBlanks();
            var result = new StringBuilder();
            while (Position < text.Length)
            {
                if (text[Position] == '\\' && Position + 1 < text.Length)
                {
                    result.Append(text[Position + 1]);
                    Position += 2;
                }
                else if (char.IsAsciiLetterOrDigit(text[Position]) || text[Position] is '.' or '-' or '_')
                {
                    result.Append(text[Position++]);
                }
                else
                {
                    break;
                }
            }

            Expected = "a label";
            return result.Length > 0 ? result.ToString() : null;
        }

        private ImmutableArray<string>? Set()
        {
            Expected = "'('";
            if (!Take("("))
            {
                return null;
            }

            var values = ImmutableArray.CreateBuilder<string>();
            if (Take(")"))
            {
                return [];
            }

            do
            {
                if (Term() is not { } value)
                {
                    return null;
                }

                values.Add(value);
            }
            while (Take(","));

            Expected = "')'";
            return Take(")") ? values.ToImmutable() : null;
        }

        private void SkipBlanks()
        {
            while (Position < text.Length && char.IsWhiteSpace(text[Position]))
            {
                Position++;
            }
        }
    }
}
