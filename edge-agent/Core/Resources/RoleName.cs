namespace Edge.Core.Resources;

/// <summary>The rules for role names, which are paths such as "eng/backend".</summary>
/// <remarks>Source: Mesos roles: components split by '/', none of them empty, ".", "..", "*", starting with '-', or with white space
/// or DEL. Other ASCII control characters are refused here too: they only ever garble logs.</remarks>
public static class RoleName
{
    /// <summary>The role of resources that nobody has reserved; also the default role of a framework.</summary>
    public const string Unreserved = "*";

    private const string Allowed =
        "allowed is '*', or components split by '/', none of them empty, '.', '..', '*', starting with '-', "
        + "or holding white space or control characters";

    /// <summary>What is wrong with a role name, with what is allowed, or null when it is good. "*" is good.</summary>
    public static string? Validate(string role)
    {
        ArgumentNullException.ThrowIfNull(role);
        if (role == Unreserved)
        {
            return null;
        }

        if (role.Length == 0)
        {
            return $"The role name is empty; {Allowed}.";
        }

        foreach (var component in role.AsSpan().Split('/'))
        {
            var fault = Fault(role.AsSpan()[component]);
            if (fault is not null)
            {
                return $"The role name '{Printable.Quote(role)}' {fault}; {Allowed}.";
            }
        }

        return null;
    }

    /// <summary>True when the role lies below the other: "eng/backend" below "eng". No role is below itself.</summary>
    public static bool IsStrictlyBelow(string role, string ancestor) =>
        role.Length > ancestor.Length && role[ancestor.Length] == '/' && role.StartsWith(ancestor, StringComparison.Ordinal);

    private static string? Fault(ReadOnlySpan<char> component)
    {
        if (component.IsEmpty)
        {
            return "has an empty component";
        }

        if (component is "." or ".." or "*")
        {
            return $"has the component '{component}'";
        }

        if (component[0] == '-')
        {
            return "has a component that starts with '-'";
        }

        foreach (var character in component)
        {
            if (character is <= ' ' or '\x7f')
            {
                return "holds white space or a control character";
            }
        }

        return null;
    }
}
