using Edge.Core.Model;
using Edge.Core.Ownership;

namespace Edge.Core.Engine;

/// <summary>A node takes over what the hub delegates to it, and counts the time for which it holds that.</summary>
/// <remarks>By the monotonic clock alone, so that no wall clock can lengthen it. What was counted becomes durable with every other change
/// of the node's own row, in particular with every use, and now and then; a restart in between gives back what was counted since.
/// Source: ARCHITECTURE, "Ownership"; SYNC, invariant 10.</remarks>
internal static class DelegationDecisions
{
    /// <summary>A link that comes and goes writes this part of the hourly writes at most for each close: 12 an hour.</summary>
    private const int LinkShare = 12;

    /// <summary>Takes over what the hub delegates: of the first hub that spoke to this node, and signed by it.</summary>
    public static void Receive(Transition transition, DownMessage.Delegated message)
    {
        var self = transition.Self!;
        var known = self.HubKey.IsEmpty ? message.HubKey : self.HubKey;
        var held = message.Held;
        if (held.Delegation.Node != self.Id
            || !known.Span.SequenceEqual(message.HubKey.Span)
            || !DelegationSeal.Verify(held.Document.Span, held.Signature.Span, known.Span))
        {
            transition.Counters = transition.Counters with { DelegationsRefused = transition.Counters.DelegationsRefused + 1 };
            return;
        }

        if (self.Delegation is { } old && old.Document.Span.SequenceEqual(held.Document.Span))
        {
            return;
        }

        transition.Put(self with { HubKey = known, Delegation = Restore(transition, held with { Used = TimeSpan.Zero }) });
    }

    /// <summary>Goes on counting from now.</summary>
    public static HeldDelegation Restore(Transition transition, HeldDelegation held) =>
        Wait(transition, held with { CountedFrom = transition.Context.Monotonic });

    /// <summary>The time that is over becomes durable, if the delegation still waits for that instant.</summary>
    public static void Count(Transition transition, TimeSpan due)
    {
        if (transition.Self is { Delegation: { Delegation.ValidFor: not null } held } self && held.CountAt == due)
        {
            // The row is brought up to date when it is written.
            transition.Put(self with { Delegation = Wait(transition, held) });
        }
    }

    /// <summary>From now on the operator may have to live on what is left.</summary>
    public static void LinkClosed(Transition transition)
    {
        if (transition.Self is { Delegation: { Delegation.ValidFor: not null } held } self
            && transition.Context.Monotonic - held.CountedFrom >= transition.Limits.DelegationCount / LinkShare
            && held.CountAt > TimeSpan.Zero)
        {
            transition.Put(self);
        }
    }

    /// <summary>Nothing is counted of a delegation without an end, nor of one that has run out.</summary>
    private static HeldDelegation Wait(Transition transition, HeldDelegation held)
    {
        var now = transition.Context.Monotonic;
        if (held.Delegation.ValidFor is not { } valid || held.HasRunOut(now))
        {
            return held with { CountAt = TimeSpan.Zero };
        }

        // That it is over becomes durable at once.
        var left = valid - held.UsedAt(now) + TimeSpan.FromMilliseconds(1);
        var due = transition.Context.After(left < transition.Limits.DelegationCount ? left : transition.Limits.DelegationCount);
        transition.Schedule(due, TimerKind.DelegationUse, held.Delegation.Node.Value);
        return held with { CountAt = due };
    }
}
