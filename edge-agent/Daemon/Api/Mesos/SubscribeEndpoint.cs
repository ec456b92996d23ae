using Edge.Contracts.Mesos.Scheduler;
using Edge.Core.Engine;
using Edge.Core.Model;
using Edge.Daemon.Api.Protocol;
using Microsoft.AspNetCore.Http;

namespace Edge.Daemon.Api.Mesos;

/// <summary>SUBSCRIBE: opens a stream and stays until it ends.</summary>
internal sealed class SubscribeEndpoint(MesosHost host)
{
    /// <summary>How often the end of a stream is told to an engine that cannot commit, and how long apart: an hour.</summary>
    private const int ClosedRepeatsMax = 3600;

    private static readonly TimeSpan s_closedPause = TimeSpan.FromSeconds(1);

    public async Task HandleAsync(HttpContext context, Call.Types.Subscribe subscribe, WireForm form)
    {
        var id = new StreamId(Guid.NewGuid());
        var master = host.Identity().ToMasterInfo(host.Gateway.Snapshot.MasterId);
        var stream = host.Streams.Open(id, form, master);
        var end = EventStreamEnd.ReaderGone;
        FrameworkId? framework = null;
        try
        {
            var command = CallMapping.ToSubscribe(subscribe, id);
            stream.Refinement = (command.Spec.Capabilities & FrameworkCapabilities.ReservationRefinement) != 0;

            // A reader that leaves while the engine decides is found out below: the engine has to hear of it in any case.
            var reply = await host.Gateway.SubmitAsync(command, CancellationToken.None);
            framework = (reply as CommandReply.SubscribedAs)?.Framework;
            if (reply is CommandReply.Rejected rejected && !stream.IsClosing)
            {
                // Nothing was decided, so nothing will come on the stream: the engine is stopping or cannot commit.
                await ResponseBody.SendTextAsync(context, StatusCodes.Status503ServiceUnavailable, rejected.Reason);
                return;
            }

            using var stopping = host.Stopping.Register(stream.Close);
            context.Response.Headers[SchedulerEndpoint.StreamIdHeader] = id.ToString();
            end = await stream.RunAsync(context);
        }
        finally
        {
            host.Streams.Remove(stream, end);
            if (framework is { } subscribed)
            {
                await TellClosedAsync(new FrameworkStreamClosed(subscribed, id));
            }
        }
    }

    /// <summary>Tells the engine, unless the daemon goes down: a framework is not to blame for that, and its tasks go on.</summary>
    private async Task TellClosedAsync(FrameworkStreamClosed closed)
    {
        for (var i = 0; i < ClosedRepeatsMax && !host.Stopping.IsCancellationRequested; i++)
        {
            try
            {
                if (await host.Gateway.SubmitAsync(closed, host.Stopping) is not CommandReply.Rejected)
                {
                    return;
                }

                await Task.Delay(s_closedPause, host.Time, host.Stopping);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }
}
