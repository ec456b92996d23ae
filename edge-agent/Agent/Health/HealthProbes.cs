using System.Net;
using System.Net.Sockets;
using Edge.Agent.Containerizer;
using Edge.Core.Model;

namespace Edge.Agent.Health;

/// <summary>The three ways to look at a task: a command beside it, a GET, a connection.</summary>
/// <remarks>Tasks share the network of their node, so ports are looked for on its loopback address.
/// Source: apache/mesos src/checks/checker_process.cpp.</remarks>
internal sealed class HealthProbes(SideCommands commands, Func<ClusterTask, ContainerSpec> specOf, TimeProvider time)
{
    /// <summary>Carries out a task's readiness check once; a <see cref="Probe"/>.</summary>
    public Task<ProbeResult> AskAsync(ClusterTask task, bool first, CancellationToken cancellationToken)
    {
        var readiness = task.Spec.Readiness ?? throw new ArgumentException("The task has no readiness check.", nameof(task));
        var question = new HttpQuestion(readiness.Check, readiness.KeepsResponse);
        return ConnectAsync(
            readiness.Check, socket => HttpProbe.RunAsync(socket, question, time, cancellationToken), cancellationToken);
    }

    /// <summary>Carries out a task's health check once; a <see cref="Probe"/>.</summary>
    public Task<ProbeResult> RunAsync(ClusterTask task, bool first, CancellationToken cancellationToken)
    {
        var check = task.Spec.Health ?? throw new ArgumentException("The task has no health check.", nameof(task));
        return check.Kind switch
        {
            HealthCheckKind.Command => RunCommandAsync(task, first, cancellationToken),
            HealthCheckKind.Http => ConnectAsync(
                check, socket => HttpProbe.RunAsync(socket, new HttpQuestion(check, false), time, cancellationToken), cancellationToken),
            HealthCheckKind.Tcp => ConnectAsync(check, _ => Task.FromResult(ProbeResult.Passed), cancellationToken),
        };
    }

    private async Task<ProbeResult> RunCommandAsync(ClusterTask task, bool first, CancellationToken cancellationToken)
    {
        if (first && commands.Prepare(specOf(task)) is { } problem)
        {
            return ProbeResult.NotRun(problem);
        }

        var result = await commands.RunAsync(task.Container.Value, cancellationToken);
        if (result.Error is { } error)
        {
            return ProbeResult.NotRun(error);
        }

        return result.Status == 0
            ? ProbeResult.Passed
            : ProbeResult.Failed(new ContainerExit(task.Container.Value, result.Status, null, null, default, default).Message);
    }

    private static async Task<ProbeResult> ConnectAsync(
        HealthCheck check, Func<Socket, Task<ProbeResult>> look, CancellationToken cancellationToken)
    {
        var place = new IPEndPoint(check.Ipv6 ? IPAddress.IPv6Loopback : IPAddress.Loopback, check.Port);
        try
        {
            using var socket = new Socket(place.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            await socket.ConnectAsync(place, cancellationToken);
            return await look(socket);
        }
        catch (SocketException full) when (full.SocketErrorCode is SocketError.TooManyOpenSockets or SocketError.NoBufferSpaceAvailable)
        {
            return ProbeResult.NotRun(full.Message);
        }
        catch (SocketException away)
        {
            return ProbeResult.Failed($"no connection to {place}: {away.Message}");
        }
    }
}
