using System.Collections.Immutable;
using Edge.Core.Allocation;
using Edge.Core.Model;
using Edge.Core.Offers;
using Edge.Core.Resources;

namespace Edge.Core.Engine;

/// <summary>Offers what became free, at the end of each batch.</summary>
internal static class AllocationDecisions
{
    /// <summary>Considers the nodes whose free resources changed; the others have nothing new to offer.</summary>
    public static void Allocate(Transition transition)
    {
        if (!transition.HasAllocatable)
        {
            return;
        }

        var candidates = transition.Frameworks.Where(f => f.Phase == FrameworkPhase.Connected).ToList();
        if (candidates.Count == 0)
        {
            // Nobody is there; whoever subscribes makes every node allocatable again.
            transition.TakeAllocatable();
            return;
        }

        var shares = new Shares(transition, candidates);
        var made = new SortedDictionary<FrameworkId, List<Offer>>();
        foreach (var id in transition.TakeAllocatable())
        {
            while (transition.Node(id) is { } node
                && OfferAllocator.Choose(node, candidates, shares.Of, transition.Context.Monotonic) is { } grant)
            {
                var offer = Make(transition, node, grant);
                candidates[candidates.FindIndex(f => f.Id == grant.Framework.Id)] = transition.Framework(grant.Framework.Id)!;
                shares.Forget(grant.Framework.Id);
                made.TryAdd(offer.Framework, []);
                made[offer.Framework].Add(offer);
            }
        }

        transition.Counters = transition.Counters with { AllocationRuns = transition.Counters.AllocationRuns + 1 };
        foreach (var (framework, offers) in made)
        {
            Announce(transition, transition.Framework(framework)!, offers);
        }
    }

    private static Offer Make(Transition transition, Node node, OfferAllocator.Grant grant)
    {
        var offer = new Offer
        {
            Id = new OfferId($"{transition.MasterId}-O{transition.OfferNumber}"),
            Framework = grant.Framework.Id,
            Node = node.Id,
            Role = grant.Role,
            Resources = grant.Resources.Allocate(grant.Role),
        };
        transition.OfferNumber++;
        transition.Put(offer);
        transition.Put(NodeLedger.Offer(node with { Offers = node.Offers.Add(offer.Id) }, offer.Resources), durable: false);
        var framework = transition.Framework(grant.Framework.Id)!;
        transition.Put(
            TaskDecisions.Charge(framework, offer.Resources, 1) with { Offers = framework.Offers.Add(offer.Id) }, durable: false);
        transition.Counters = transition.Counters with { OffersMade = transition.Counters.OffersMade + 1 };
        return offer;
    }

    private static void Announce(Transition transition, Framework framework, List<Offer> offers)
    {
        foreach (var chunk in offers.Chunk(transition.Limits.OffersPerEvent))
        {
            ImmutableArray<Node> nodes = [.. chunk.Select(o => transition.Node(o.Node)!)];
            transition.Tell(framework, new FrameworkEvent.Offers([.. chunk], nodes, framework.Has(FrameworkCapabilities.MultiRole)));
        }
    }

    /// <summary>Dominant shares of one cycle, computed when first asked for and again after a grant.</summary>
    private sealed class Shares(Transition transition, List<Framework> candidates)
    {
        private readonly Dictionary<FrameworkId, double> _known = [];
        private ResourceSet? _total;

        public double Of(Framework framework)
        {
            if (candidates.Count == 1)
            {
                return 0;
            }

            if (!_known.TryGetValue(framework.Id, out var share))
            {
                _total ??= Total();
                share = OfferAllocator.DominantShare(framework.Allocated, _total);
                _known[framework.Id] = share;
            }

            return share;
        }

        public void Forget(FrameworkId id) => _known.Remove(id);

        private ResourceSet Total()
        {
            var sums = new SortedDictionary<string, long>(StringComparer.Ordinal);
            foreach (var node in transition.Nodes)
            {
                foreach (var resource in node.Description.Resources.Where(r => r.Kind == ResourceKind.Scalar))
                {
                    sums[resource.Name] = sums.GetValueOrDefault(resource.Name) + resource.Scalar.Millis;
                }
            }

            return ResourceSet.Of(sums.Select(s => Resource.Of(s.Key, new Scalar(s.Value))));
        }
    }
}
