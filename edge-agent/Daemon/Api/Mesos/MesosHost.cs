using System.Net;
using Edge.Contracts.Mesos;
using Edge.Daemon.Gateway;
using Edge.Daemon.Mapping;

namespace Edge.Daemon.Api.Mesos;

/// <summary>Under which name, address and version a daemon answers.</summary>
/// <param name="Hostname">The name to show.</param>
/// <param name="Address">The address that others reach it by.</param>
/// <param name="Port">The port that others reach it by; known once the server listens.</param>
/// <param name="Version">Dotted numbers without a suffix: clients parse it.</param>
public sealed record MesosIdentity(string Hostname, IPAddress Address, int Port, string Version = MesosIdentity.ApiVersion)
{
    /// <summary>The Mesos version whose API is spoken.</summary>
    public const string ApiVersion = "1.11.0";

    /// <summary>The name of the cluster; may be empty.</summary>
    public string Cluster { get; init; } = string.Empty;

    /// <summary>The form in which Mesos names a process: <c>master@10.0.0.1:5050</c>.</summary>
    public string Pid(string process) => $"{process}@{EventMapping.Host(Address)}:{Port}";

    /// <summary>Who leads, as frameworks are told.</summary>
    public MasterInfo ToMasterInfo(string id) => EventMapping.Master(id, Hostname, Address, Port, Version);
}

/// <summary>What the Mesos endpoints need from the daemon that hosts them.</summary>
/// <param name="Gateway">The way to the engine.</param>
/// <param name="Streams">The open streams; the same object that carries out the engine's dispatches.</param>
/// <param name="Identity">Asked for each answer; may fill in the port once the server listens.</param>
/// <param name="Time">Drives heartbeats and retries.</param>
/// <param name="Stopping">Cancelled when the daemon goes down: streams end then without their frameworks losing their tasks.</param>
public sealed record MesosHost(
    IClusterGateway Gateway, FrameworkStreams Streams, Func<MesosIdentity> Identity, TimeProvider Time, CancellationToken Stopping)
{
    /// <summary>What other rooms add to <c>/metrics</c>: each is called for each answer and must not wait.</summary>
    public IReadOnlyList<Action<MetricsText>> Metrics { get; init; } = [];
}
