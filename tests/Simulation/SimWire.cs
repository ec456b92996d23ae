using System.Security.Cryptography;
using Edge.Contracts.Mesos;
using Edge.Core.Model;
using Edge.Core.Resources;
using Edge.Daemon.Mapping;
using TaskId = Edge.Core.Model.TaskId;

namespace Edge.Tests.Simulation;

/// <summary>Messages as they come out of their encoding, and what needs real bytes in them.</summary>
internal static class SimWire
{
    private static readonly ECDsa s_key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private static readonly byte[] s_public = s_key.ExportSubjectPublicKeyInfo();

    public static UpMessage Carry(SimWorld world, UpMessage message) => !world.Wired ? message
        : SyncMapping.DecodeUp(SyncMapping.Encode(message), TaskMapping.FromWire)?.Message
            ?? throw new SimulationFaultException($"{SimText.Of(message)} cannot be read.");

    public static DownMessage Carry(SimWorld world, DownMessage message) => !world.Wired ? message
        : SyncMapping.DecodeDown(SyncMapping.Encode(message), TaskMapping.FromWire)
            ?? throw new SimulationFaultException($"{SimText.Of(message)} cannot be read.");

    /// <summary>Everything is delegated to a node.</summary>
    public static DownMessage Delegation(NodeId node)
    {
        var delegation = new Delegation { Id = "d", Node = node, Apps = [new AppId("/")], Fields = ["*"] };
        var document = DelegationMapping.ToDocument(delegation);
        byte[] signature;
        lock (s_key)
        {
            signature = s_key.SignData(document, HashAlgorithmName.SHA256);
        }

        return new DownMessage.Delegated(new HeldDelegation(delegation, document, signature, TimeSpan.Zero), s_public);
    }

    /// <summary>A framework's task.</summary>
    public static TaskSpec Task(TaskId id, NodeId node, ResourceSet resources, TimeSpan? grace)
    {
        var task = new TaskInfo
        {
            Name = id.Value,
            TaskId = new TaskID { Value = id.Value },
            AgentId = new AgentID { Value = node.Value },
            Command = new CommandInfo { Shell = true, Value = "sleep 1" },
        };
        task.Resources.Add(ResourceMapping.ToWire(resources, ResourceForm.Full));
        if (grace is { } time)
        {
            task.KillPolicy = new KillPolicy { GracePeriod = new DurationInfo { Nanoseconds = time.Ticks * 100 } };
        }

        return TaskMapping.FromMessage(task);
    }
}
