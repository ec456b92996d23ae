namespace Edge.Core.Frameworks;

/// <summary>What an id may look like: ids become folder names.</summary>
/// <remarks>Source: apache/mesos src/common/validation.cpp, validateID.</remarks>
public static class IdRules
{
    /// <summary>Longest id, in characters: a file name of most file systems.</summary>
    public const int LengthMax = 255;

    /// <summary>Checks an id.</summary>
    /// <param name="field">The name of the field, for the sentence.</param>
    /// <param name="id">What was sent.</param>
    /// <returns>The fault as a sentence, or null.</returns>
    public static string? Validate(string field, string id)
    {
        if (id.Length == 0)
        {
            return $"{field} must not be empty";
        }

        if (id.Length > LengthMax)
        {
            return $"{field} must not be greater than {LengthMax} characters; it has {id.Length}";
        }

        if (id is "." or "..")
        {
            return $"'{id}' is disallowed as {field}";
        }

        foreach (var character in id)
        {
            if (char.IsControl(character) || character is '/' or '\\')
            {
                return $"{field} '{Printable(id)}' contains invalid characters: '/', '\\' and control characters are not allowed";
            }
        }

        return null;
    }

    private static string Printable(string id) => string.Concat(id.Select(c => char.IsControl(c) ? '?' : c));
}
