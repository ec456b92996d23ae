using System.Collections.Immutable;
using Edge.Core.Model;
using Edge.Core.Resources;

namespace Edge.Core.Frameworks;

/// <summary>What a framework may say of itself.</summary>
/// <remarks>Source: apache/mesos src/master/validation.cpp, framework::validate.</remarks>
public static class FrameworkRules
{
    /// <summary>Checks a subscription.</summary>
    /// <returns>The first fault as a sentence, or null.</returns>
    public static string? Validate(FrameworkSpec spec, ImmutableArray<string> suppressedRoles)
    {
        if (!spec.Problems.IsEmpty)
        {
            return spec.Problems[0];
        }

        if (spec.Id is { } id && IdRules.Validate("FrameworkInfo.id", id.Value) is { } fault)
        {
            return fault;
        }

        return ValidateRoles(spec) ?? ValidateSuppressed(spec, suppressedRoles);
    }

    /// <summary>Checks a new subscription of a known framework against the one that stands.</summary>
    /// <returns>The fault as a sentence, or null. A changed user or checkpoint is not a fault here: it is ignored.</returns>
    public static string? ValidateChange(Framework current, FrameworkSpec spec) => current.Spec.Principal != spec.Principal
        ? $"Changing framework's principal is not allowed: it is '{current.Spec.Principal}', the call says '{spec.Principal}'"
        : null;

    /// <summary>Checks UPDATE_FRAMEWORK, which may not change user and checkpoint either.</summary>
    /// <returns>The fault as a sentence, or null.</returns>
    public static string? ValidateUpdate(Framework current, FrameworkSpec spec)
    {
        if (current.Spec.User != spec.User && current.Spec.Wire.Length > 0)
        {
            return $"Updating 'FrameworkInfo.user' is unsupported: it is '{current.Spec.User}', the call says '{spec.User}'";
        }

        if (current.Spec.Checkpoint != spec.Checkpoint && current.Spec.Wire.Length > 0)
        {
            return "Updating 'FrameworkInfo.checkpoint' is unsupported";
        }

        return ValidateChange(current, spec);
    }

    private static string? ValidateRoles(FrameworkSpec spec)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var role in spec.Roles)
        {
            if (RoleName.Validate(role) is { } fault && role != "*")
            {
                return fault;
            }

            if (!seen.Add(role))
            {
                return $"'FrameworkInfo.roles' contains duplicate items: '{role}'";
            }
        }

        return null;
    }

    private static string? ValidateSuppressed(FrameworkSpec spec, ImmutableArray<string> suppressedRoles)
    {
        foreach (var role in suppressedRoles)
        {
            if (!spec.Roles.Contains(role))
            {
                return $"Suppressed role '{role}' is not one of the framework's roles: {string.Join(", ", spec.Roles)}";
            }
        }

        return null;
    }
}
