using Edge.Core.Model;
using Edge.Core.Resources;

namespace Edge.Core.Placement;

/// <summary>A node as placement sees it.</summary>
/// <param name="Id">Its name.</param>
/// <param name="Description">What it says of itself.</param>
/// <param name="Free">What nobody holds.</param>
/// <param name="Closed">Why nothing may be placed there, as a sentence; absent when something may.</param>
public sealed record PlacementNode(NodeId Id, NodeDescription Description, ResourceSet Free, string? Closed)
{
    /// <summary>The value of a constraint's field; absent when the node has none.</summary>
    /// <remarks>Source: Marathon, constraints: hostname, @hostname, @region, @zone, else an attribute. Our <c>@site</c> is the name of the
    /// site, and <c>@node</c> the node's name.</remarks>
    public string? Value(string field) => field switch
    {
        "hostname" or "@hostname" => Description.Hostname,
        "@node" => Id.Value,
        "@site" => Description.Site.Length > 0 ? Description.Site : null,
        "@region" => Attribute("region"),
        "@zone" => Attribute("zone"),
        _ => Attribute(field),
    };

    private string? Attribute(string name) => Description.Attributes.FirstOrDefault(a => a.Name == name)?.Value.ToString();
}
