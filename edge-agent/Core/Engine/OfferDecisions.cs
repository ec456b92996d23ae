using System.Collections.Immutable;
using Edge.Core.Model;
using Edge.Core.Offers;
using Edge.Core.Resources;

namespace Edge.Core.Engine;

/// <summary>Offers are accepted, declined, taken back, suppressed and revived.</summary>
/// <remarks>Source: Mesos scheduler HTTP API, ACCEPT, DECLINE, REVIVE, SUPPRESS; master.cpp, accept.</remarks>
internal static class OfferDecisions
{
    public static void Accept(Transition transition, AcceptOffers command)
    {
        if (Validate(transition, command) is { } fault)
        {
            Close(transition, command.Framework, command.Offers, refuse: null);
            transition.Counters = transition.Counters with { InvalidCalls = transition.Counters.InvalidCalls + 1 };
            foreach (var task in command.Operations.SelectMany(operation => TasksOf(operation)))
            {
                Refuse(transition, command.Framework, task, TaskState.Dropped, StatusReason.InvalidOffers, fault);
            }

            return;
        }

        if (command.Operations.IsEmpty)
        {
            Close(transition, command.Framework, command.Offers, OfferFilters.Duration(command.Refuse, transition.Limits));
            return;
        }

        var first = transition.Offer(command.Offers[0])!;
        var left = command.Offers.Aggregate(ResourceSet.Empty, (sum, id) => sum + transition.Offer(id)!.Resources);
        Close(transition, command.Framework, command.Offers, refuse: null);
        foreach (var operation in command.Operations)
        {
            left = Carry(transition, command.Framework, first, operation, left);
        }

        Withhold(transition, command.Framework, first, left, OfferFilters.Duration(command.Refuse, transition.Limits));
    }

    public static void Decline(Transition transition, DeclineOffers command) =>
        Close(transition, command.Framework, command.Offers, OfferFilters.Duration(command.Refuse, transition.Limits));

    public static void Revive(Transition transition, ReviveOffers command)
    {
        var framework = transition.Framework(command.Framework)!;
        if (command.Roles.Any(role => !framework.Spec.Roles.Contains(role)))
        {
            transition.Counters = transition.Counters with { InvalidCalls = transition.Counters.InvalidCalls + 1 };
            return;
        }

        var roles = command.Roles.IsEmpty ? framework.Spec.Roles : command.Roles;
        transition.Put(framework with
        {
            SuppressedRoles = framework.SuppressedRoles.Except(roles),
            Filters = framework.Filters.RemoveRange(framework.Filters.Keys.Where(k => roles.Contains(k.Role)).ToArray()),
        });
        transition.MarkAllAllocatable();
    }

    public static void Suppress(Transition transition, SuppressOffers command)
    {
        var framework = transition.Framework(command.Framework)!;
        if (command.Roles.Any(role => !framework.Spec.Roles.Contains(role)))
        {
            transition.Counters = transition.Counters with { InvalidCalls = transition.Counters.InvalidCalls + 1 };
            return;
        }

        var roles = command.Roles.IsEmpty ? framework.Spec.Roles : command.Roles;
        transition.Put(framework with { SuppressedRoles = framework.SuppressedRoles.Union(roles) });
    }

    /// <summary>Takes back all offers of a framework whose stream is gone: nobody is told.</summary>
    public static void TakeBackAll(Transition transition, FrameworkId id)
    {
        if (transition.Framework(id) is { } framework)
        {
            foreach (var offer in framework.Offers)
            {
                Remove(transition, transition.Offer(offer)!);
            }
        }
    }

    /// <summary>Takes back those offers of a framework that match, and tells it.</summary>
    public static void RescindAll(Transition transition, FrameworkId id, Func<Offer, bool> match)
    {
        foreach (var offer in InOrder(transition, transition.Framework(id)!.Offers).Where(match))
        {
            Rescind(transition, offer);
        }
    }

    /// <summary>Takes back all offers of a node, and tells whoever holds them.</summary>
    public static void RescindAll(Transition transition, NodeId id)
    {
        foreach (var offer in InOrder(transition, transition.Node(id)!.Offers))
        {
            Rescind(transition, offer);
        }
    }

    /// <summary>Answers a task that never reaches a node: a status of the hub, which nobody acknowledges.</summary>
    private static void Refuse(
        Transition transition, FrameworkId id, TaskSpec task, TaskState state, StatusReason reason, string message)
    {
        var framework = transition.Framework(id)!;
        transition.Tell(framework, new FrameworkEvent.Update(Tasks.StatusTranslation.For(framework, new StatusUpdate
        {
            Task = new TaskKey(id, task.Id),
            State = state,
            Source = StatusSource.Master,
            Reason = reason,
            Message = message,
            Timestamp = transition.Context.Now,
            Node = task.Node,
        })));
        transition.Counters = state == TaskState.Error
            ? transition.Counters with { TasksError = transition.Counters.TasksError + 1 }
            : transition.Counters with { TasksLost = transition.Counters.TasksLost + 1 };
    }

    private static string? Validate(Transition transition, AcceptOffers command)
    {
        if (command.Offers.IsEmpty)
        {
            return "No offers specified";
        }

        if (command.Offers.Distinct().Count() != command.Offers.Length)
        {
            return $"Duplicate offer in offer list: {string.Join(", ", command.Offers)}";
        }

        var offers = command.Offers.Select(transition.Offer).ToArray();
        for (var i = 0; i < offers.Length; i++)
        {
            if (offers[i] is not { } offer || offer.Framework != command.Framework)
            {
                return $"Offer {command.Offers[i]} is no longer valid";
            }
        }

        if (offers.Any(o => o!.Node != offers[0]!.Node))
        {
            return "Aggregated offers must belong to one single agent: "
                + string.Join(", ", offers.Select(o => $"{o!.Id} is of {o.Node}"));
        }

        return offers.Any(o => o!.Role != offers[0]!.Role)
            ? "Aggregated offers must be allocated to the same role: " + string.Join(", ", offers.Select(o => $"{o!.Id} is of {o.Role}"))
            : null;
    }

    private static ResourceSet Carry(Transition transition, FrameworkId id, Offer offer, OfferOperation operation, ResourceSet left)
    {
        switch (operation)
        {
            case OfferOperation.Launch launch:
                foreach (var task in launch.Tasks)
                {
                    left = Launch(transition, id, offer, task, left);
                }

                return left;
            case OfferOperation.Unsupported unsupported:
                foreach (var task in unsupported.Tasks)
                {
                    Refuse(
                        transition, id, task, TaskState.Error, unsupported.Reason,
                        $"Operation {unsupported.Name} is not supported by this cluster yet; LAUNCH is");
                }

                transition.Counters = transition.Counters with { InvalidCalls = transition.Counters.InvalidCalls + 1 };
                return left;
            default:
                return left;
        }
    }

    private static ResourceSet Launch(Transition transition, FrameworkId id, Offer offer, TaskSpec spec, ResourceSet left)
    {
        var key = new TaskKey(id, spec.Id);
        var wanted = spec.Resources.Allocate(offer.Role);
        var known = transition.Task(key);
        if (TaskValidation.Validate(spec, offer.Node, wanted, left, known is { Completed: false }) is { } fault)
        {
            Refuse(transition, id, spec, TaskState.Error, StatusReason.TaskInvalid, fault);
            return left;
        }

        var framework = transition.Framework(id)!;
        var node = transition.Node(offer.Node)!;
        node = node with { DesiredRevision = node.DesiredRevision + 1, Tasks = node.Tasks.Add(key) };
        transition.Put(NodeLedger.Use(node, wanted));
        transition.Put(new ClusterTask
        {
            Key = key,
            Spec = spec,
            Node = node.Id,
            Container = new ContainerId(transition.NextGuid().ToString("D")),
            Executor = new ExecutorId(spec.Id.Value),
            Resources = wanted,
            Role = offer.Role,
            User = framework.Spec.User,
            Revision = node.DesiredRevision,
            LaunchedAt = transition.Context.Now,
        });
        transition.Put(TaskDecisions.Charge(framework, wanted, 1) with
        {
            Tasks = framework.Tasks.Add(spec.Id),
            // The list is searched from its start: only when the id is there.
            CompletedTasks = known is null ? framework.CompletedTasks : framework.CompletedTasks.Remove(spec.Id),
        }, durable: false);
        transition.MarkToSend(node.Id);
        transition.Counters = transition.Counters with { TasksLaunched = transition.Counters.TasksLaunched + 1 };
        return left - wanted;
    }

    private static void Close(Transition transition, FrameworkId framework, ImmutableArray<OfferId> offers, TimeSpan? refuse)
    {
        foreach (var id in offers)
        {
            if (transition.Offer(id) is { } offer && offer.Framework == framework)
            {
                Remove(transition, offer);
                if (refuse is { } duration)
                {
                    Withhold(transition, framework, offer, offer.Resources, duration);
                }
            }
        }
    }

    private static void Withhold(Transition transition, FrameworkId id, Offer offer, ResourceSet refused, TimeSpan duration)
    {
        if (refused.IsEmpty || transition.Framework(id) is not { } framework)
        {
            return;
        }

        var until = transition.Context.Monotonic + duration;
        var filter = new OfferFilter(refused.Unallocate(), until);
        transition.Put(
            framework with { Filters = framework.Filters.SetItem(new FilterKey(offer.Node, offer.Role), filter) }, durable: false);
        transition.Schedule(until, TimerKind.FilterExpiry, id.Value, offer.Node.Value);
    }

    /// <summary>Hash order differs from run to run; what is told has to be the same for the same commands.</summary>
    private static Offer[] InOrder(Transition transition, ImmutableHashSet<OfferId> ids) =>
        [.. ids.Select(id => transition.Offer(id)!).OrderBy(offer => offer.Id.Value, StringComparer.Ordinal)];

    private static void Rescind(Transition transition, Offer offer)
    {
        Remove(transition, offer);
        if (transition.Framework(offer.Framework) is { } framework)
        {
            transition.Tell(framework, new FrameworkEvent.Rescind(offer.Id));
        }
    }

    private static void Remove(Transition transition, Offer offer)
    {
        transition.RemoveOffer(offer.Id);
        if (transition.Framework(offer.Framework) is { } framework)
        {
            transition.Put(
                TaskDecisions.Charge(framework, offer.Resources, -1) with { Offers = framework.Offers.Remove(offer.Id) }, durable: false);
        }

        if (transition.Node(offer.Node) is { } node)
        {
            transition.Put(NodeLedger.CloseOffer(node with { Offers = node.Offers.Remove(offer.Id) }, offer.Resources), durable: false);
            transition.MarkAllocatable(node.Id);
        }
    }

    private static ImmutableArray<TaskSpec> TasksOf(OfferOperation operation) => operation switch
    {
        OfferOperation.Launch launch => launch.Tasks,
        OfferOperation.Unsupported unsupported => unsupported.Tasks,
        _ => [],
    };
}
