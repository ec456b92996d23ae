using System.Diagnostics;
using Edge.Core.Model;
using Edge.Core.Resources;

namespace Edge.Core.Offers;

/// <summary>The books of one node: free + offered + used = total.</summary>
public static class NodeLedger
{
    /// <summary>Moves free resources into an offer.</summary>
    public static Node Offer(Node node, ResourceSet resources) => Balance(node with { Offered = node.Offered + resources.Unallocate() });

    /// <summary>Takes an offer back, or closes it.</summary>
    public static Node CloseOffer(Node node, ResourceSet resources) =>
        Balance(node with { Offered = node.Offered.SubtractClamped(resources.Unallocate()) });

    /// <summary>Gives resources to a task.</summary>
    public static Node Use(Node node, ResourceSet resources) => Balance(node with { Used = node.Used + resources.Unallocate() });

    /// <summary>Takes the resources of an ended task back.</summary>
    /// <param name="rest">The tasks that go on. A node that works on its own may give a port to one task while the hub gives it to another:
    /// what cannot be counted twice is counted anew.</param>
    public static Node Release(Node node, ResourceSet resources, IEnumerable<ClusterTask> rest) => Balance(node with
    {
        Used = resources.All(r => r.Kind == ResourceKind.Scalar)
            ? node.Used.SubtractClamped(resources.Unallocate())
            : rest.Aggregate(ResourceSet.Empty, (sum, task) => sum + task.Resources.Unallocate()),
    });

    /// <summary>Computes what is free. A node that shrank below its use has nothing free of what it lacks.</summary>
    public static Node Balance(Node node) =>
        node with { Free = node.Description.Resources.SubtractClamped(node.Used).SubtractClamped(node.Offered) };

    /// <summary>Checks the books, for debug builds and the simulator.</summary>
    /// <returns>The fault as a sentence, or null.</returns>
    public static string? Audit(Node node, IEnumerable<ClusterTask> liveTasks, IEnumerable<Offer> offers)
    {
        var used = liveTasks.Aggregate(ResourceSet.Empty, (sum, task) => sum + task.Resources.Unallocate());
        if (!used.Equals(node.Used))
        {
            return $"{node.Id}: its tasks hold {used.Describe()}, the books say {node.Used.Describe()}.";
        }

        var offered = offers.Aggregate(ResourceSet.Empty, (sum, offer) => sum + offer.Resources.Unallocate());
        if (!offered.Equals(node.Offered))
        {
            return $"{node.Id}: its offers hold {offered.Describe()}, the books say {node.Offered.Describe()}.";
        }

        var sum = node.Free + node.Offered + node.Used;
        return sum.Contains(node.Description.Resources)
            ? null
            : $"{node.Id}: free + offered + used = {sum.Describe()} is less than {node.Description.Resources.Describe()}.";
    }

    /// <summary>Stops a debug build on a wrong book.</summary>
    [Conditional("DEBUG")]
    internal static void AssertBalanced(Node node)
    {
        var sum = node.Free + node.Offered + node.Used;
        Debug.Assert(sum.Contains(node.Description.Resources), $"{node.Id}: resources are missing from the books.");
    }
}
