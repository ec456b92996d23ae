using Edge.Core.Model;

namespace Edge.Core.Engine;

/// <summary>The framework that apps run under: it has no stream, because the scheduler sees every status where it is applied.</summary>
internal static class BuiltinFramework
{
    /// <summary>The framework; made when first needed.</summary>
    public static Framework Get(Transition transition)
    {
        if (transition.Framework(FrameworkId.Apps) is { } known)
        {
            return known;
        }

        var framework = new Framework
        {
            Id = FrameworkId.Apps,
            Spec = new FrameworkSpec
            {
                Id = FrameworkId.Apps,
                Name = "marathon",
                User = string.Empty,
                Roles = ["*"],
                Capabilities = FrameworkCapabilities.PartitionAware | FrameworkCapabilities.TaskKillingState,
                FailoverTimeout = TimeSpan.MaxValue,
                Checkpoint = true,
                Wire = default,
            },
            Phase = FrameworkPhase.Connected,
            // It takes what it needs while it decides; nothing is offered to it.
            SuppressedRoles = ["*"],
            RegisteredAt = transition.Context.Now,
            ReregisteredAt = transition.Context.Now,
        };
        transition.Put(framework);
        return framework;
    }

    /// <summary>True for the built-in framework's id, which nobody else may use.</summary>
    public static bool Is(FrameworkId id) => id == FrameworkId.Apps;
}
