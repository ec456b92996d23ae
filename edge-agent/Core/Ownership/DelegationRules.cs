using System.Collections.Immutable;
using Edge.Core.Model;
using Edge.Core.Resources;

namespace Edge.Core.Ownership;

/// <summary>What the operator of a site may do while the hub is out of reach.</summary>
/// <remarks>Source: ARCHITECTURE, "Ownership". A node that no hub has ever spoken to belongs to its operator alone.</remarks>
public static class DelegationRules
{
    /// <summary>Why an app of the hub may not be changed, as a sentence; null when it may.</summary>
    /// <param name="held">What the hub said; absent when it never spoke.</param>
    /// <param name="app">Which app.</param>
    /// <param name="fields">The fields that would change.</param>
    /// <param name="restart">True when its tasks would be ended and started again.</param>
    /// <param name="monotonic">Now, by the clock that <see cref="HeldDelegation.CountedFrom"/> counts.</param>
    public static string? RefuseChange(HeldDelegation? held, AppId app, ImmutableArray<string> fields, bool restart, TimeSpan monotonic)
    {
        if (held is null)
        {
            return $"App '{app}' belongs to the hub, which is out of reach and has not delegated anything to this node.";
        }

        var delegation = held.Delegation;
        if (RefuseTime(held, monotonic) is { } late)
        {
            return late;
        }

        if (!delegation.Apps.Any(app.IsWithin))
        {
            return $"App '{app}' belongs to the hub, which is out of reach; the delegation covers {List(delegation.Apps)}.";
        }

        if (restart && !delegation.Restart)
        {
            return $"App '{app}' belongs to the hub, which is out of reach; the delegation does not allow restarts.";
        }

        return fields.FirstOrDefault(f => !delegation.Fields.Contains(f) && !delegation.Fields.Contains("*")) is { } field
            ? $"App '{app}' belongs to the hub, which is out of reach; the delegation does not allow to change '{field}', only "
                + $"{List(delegation.Fields)}."
            : null;
    }

    /// <summary>Why the site may not have these apps of its own, as a sentence; null when it may.</summary>
    /// <param name="held">What the hub said; absent when it never spoke.</param>
    /// <param name="app">The app that is made or changed.</param>
    /// <param name="own">All apps of the site's own as they would be.</param>
    /// <param name="monotonic">Now.</param>
    public static string? RefuseOwn(HeldDelegation? held, AppId app, ImmutableArray<AppSpec> own, TimeSpan monotonic)
    {
        if (held is null)
        {
            return null;
        }

        if (RefuseTime(held, monotonic) is { } late)
        {
            return late;
        }

        if (!held.Delegation.Create)
        {
            return $"App '{app}' cannot be made here: the delegation does not allow apps of the site's own.";
        }

        if (held.Delegation.Quota is not { } quota)
        {
            return null;
        }

        foreach (var limit in quota.Where(r => r.Kind == ResourceKind.Scalar))
        {
            var used = own.Sum(a => a.Resources.GetScalar(limit.Name).Millis * a.Instances);
            if (used > limit.Scalar.Millis)
            {
                return $"App '{app}' would bring the site's own apps to {new Scalar(used)} {limit.Name}; the delegation's quota is "
                    + $"{limit.Scalar}.";
            }
        }

        return null;
    }

    private static string? RefuseTime(HeldDelegation held, TimeSpan monotonic) =>
        held.Delegation.ValidFor is { } valid && held.HasRunOut(monotonic)
            ? $"The delegation {held.Delegation.Id} has run out: it was for {valid.TotalHours:0.#} h. The hub gives a new one when it is "
                + "in reach."
            : null;

    private static string List<T>(ImmutableArray<T> items) => items.IsEmpty ? "nothing" : string.Join(", ", items);
}
