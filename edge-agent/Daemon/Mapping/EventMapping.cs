using System.Net;
using Edge.Contracts.Mesos;
using Edge.Contracts.Mesos.Scheduler;
using Edge.Core.Model;
using Edge.Core.Resources;
using Offer = Edge.Contracts.Mesos.Offer;

namespace Edge.Daemon.Mapping;

/// <summary>What the kernel tells a framework, as events of the scheduler API.</summary>
/// <remarks>Source: scheduler.proto, Event.</remarks>
public static class EventMapping
{
    /// <summary>Seconds between two heartbeats of a stream.</summary>
    /// <remarks>Source: apache/mesos src/master/constants.hpp, DEFAULT_HEARTBEAT_INTERVAL.</remarks>
    public const double HeartbeatSeconds = 15;

    /// <summary>The path of an agent's API in the URL of its offers: the name of the first agent of a process.</summary>
    public const string AgentPath = "/slave(1)";

    /// <summary>The event that says nothing but that the stream is alive.</summary>
    public static Event Heartbeat { get; } = new() { Type = Event.Types.Type.Heartbeat };

    /// <summary>Writes an event.</summary>
    /// <param name="happened">What happened.</param>
    /// <param name="master">Who says it; part of the first event of a stream.</param>
    /// <param name="refinement">True when the framework reads stacked reservations.</param>
    public static Event ToWire(FrameworkEvent happened, MasterInfo master, bool refinement) => happened switch
    {
        FrameworkEvent.Subscribed subscribed => new Event
        {
            Type = Event.Types.Type.Subscribed,
            Subscribed = new Event.Types.Subscribed
            {
                FrameworkId = new FrameworkID { Value = subscribed.Framework.Value },
                HeartbeatIntervalSeconds = HeartbeatSeconds,
                MasterInfo = master,
            },
        },
        FrameworkEvent.Offers offers => ToWire(offers, refinement),
        FrameworkEvent.Rescind rescind => new Event
        {
            Type = Event.Types.Type.Rescind,
            Rescind = new Event.Types.Rescind { OfferId = new OfferID { Value = rescind.Offer.Value } },
        },
        FrameworkEvent.Update update => new Event
        {
            Type = Event.Types.Type.Update,
            Update = new Event.Types.Update { Status = StatusMapping.ToWire(update.Status) },
        },
        FrameworkEvent.Failure failure => new Event
        {
            Type = Event.Types.Type.Failure,
            Failure = new Event.Types.Failure { AgentId = new AgentID { Value = failure.Node.Value } },
        },
        FrameworkEvent.Error error => new Event
        {
            Type = Event.Types.Type.Error,
            Error = new Event.Types.Error { Message = error.Message },
        },
        _ => throw new ArgumentException($"No message for {happened.GetType().Name}.", nameof(happened)),
    };

    /// <summary>Answers a question about an operation: this cluster has none on its books.</summary>
    public static Event UnknownOperation(Call.Types.ReconcileOperations.Types.Operation asked)
    {
        var status = new OperationStatus { OperationId = asked.OperationId, State = OperationState.OperationUnknown };
        if (asked.AgentId is { } agent)
        {
            status.AgentId = agent;
        }

        return new Event
        {
            Type = Event.Types.Type.UpdateOperationStatus,
            UpdateOperationStatus = new Event.Types.UpdateOperationStatus { Status = status },
        };
    }

    /// <summary>Who leads the cluster, and where it listens.</summary>
    /// <param name="id">The id of this run.</param>
    /// <param name="hostname">The name to show.</param>
    /// <param name="address">The address to call.</param>
    /// <param name="port">The port to call.</param>
    /// <param name="version">Dotted numbers.</param>
    public static MasterInfo Master(string id, string hostname, IPAddress address, int port, string version)
    {
        // The old field holds the bytes of an IPv4 address in the order of the network, read as a number of this machine.
        var bytes = address.MapToIPv4().GetAddressBytes();
        return new MasterInfo
        {
            Id = id,
            Ip = BitConverter.ToUInt32(bytes),
            Port = (uint)port,
            Pid = $"master@{Host(address)}:{port}",
            Hostname = hostname,
            Version = version,
            Address = new Address { Hostname = hostname, Ip = address.ToString(), Port = port },
        };
    }

    /// <summary>An address as part of a URL: IPv6 in brackets.</summary>
    public static string Host(IPAddress address) =>
        address.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6 ? $"[{address}]" : address.ToString();

    /// <summary>Writes an attribute of a node.</summary>
    public static Contracts.Mesos.Attribute ToWire(Edge.Core.Resources.Attribute attribute)
    {
        var wire = new Contracts.Mesos.Attribute { Name = attribute.Name };
        switch (attribute.Value.Kind)
        {
            case AttributeKind.Scalar:
                wire.Type = Value.Types.Type.Scalar;
                wire.Scalar = new Value.Types.Scalar { Value = attribute.Value.Scalar.ToDouble() };
                break;
            case AttributeKind.Ranges:
                wire.Type = Value.Types.Type.Ranges;
                wire.Ranges = ResourceMapping.ToWire(attribute.Value.Ranges);
                break;
            default:
                wire.Type = Value.Types.Type.Text;
                wire.Text = new Value.Types.Text { Value = attribute.Value.Text };
                break;
        }

        return wire;
    }

    private static Event ToWire(FrameworkEvent.Offers offers, bool refinement)
    {
        var form = new ResourceForm(offers.MultiRole, refinement);
        var wire = new Event { Type = Event.Types.Type.Offers, Offers = new Event.Types.Offers() };
        for (var i = 0; i < offers.Items.Length; i++)
        {
            wire.Offers.Offers_.Add(ToWire(offers.Items[i], offers.Nodes[i], form));
        }

        return wire;
    }

    private static Offer ToWire(Core.Model.Offer offer, Node node, ResourceForm form)
    {
        var description = node.Description;
        var wire = new Offer
        {
            Id = new OfferID { Value = offer.Id.Value },
            FrameworkId = new FrameworkID { Value = offer.Framework.Value },
            AgentId = new AgentID { Value = node.Id.Value },
            Hostname = description.Hostname,
            Url = new URL
            {
                Scheme = "http",
                Address = new Address { Hostname = description.Hostname, Ip = description.Address, Port = description.Port },
                Path = AgentPath,
            },
        };
        wire.Resources.AddRange(ResourceMapping.ToWire(offer.Resources, form));
        wire.Attributes.AddRange(description.Attributes.Select(ToWire));
        if (form.Allocation)
        {
            wire.AllocationInfo = new Contracts.Mesos.Resource.Types.AllocationInfo { Role = offer.Role };
        }

        return wire;
    }
}
