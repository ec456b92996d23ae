using Edge.Contracts.Marathon;
using Edge.Core.Model;
using Edge.Daemon.Api.Protocol;
using Edge.Daemon.Gateway;
using Microsoft.AspNetCore.Http;

namespace Edge.Daemon.Api.Marathon;

/// <summary>The event stream: turns what happens into Marathon's events and hands them to whoever listens.</summary>
/// <remarks>Events of types that Marathon does not have are sent only to those who ask for them by name: some clients fail on unknown
/// types. Safe from any thread. Source: Marathon, /v2/events.</remarks>
public sealed class MarathonEvents(Func<IClusterGateway> gateway, TimeProvider time)
{
    /// <summary>Where the events go; other APIs tell and read it too.</summary>
    public EventFeed Feed { get; } = new(time);

    /// <summary>Listeners now; a metric.</summary>
    public int Listeners => Feed.Listeners;

    /// <summary>Tells what the engine did; called by its loop, after the commit; never blocks.</summary>
    public void Publish(ClusterEvent happened)
    {
        foreach (var told in MarathonEventMapping.Map(happened, gateway().Snapshot))
        {
            Publish(told);
        }
    }

    /// <summary>Tells an event.</summary>
    public void Publish(MarathonEvent happened)
    {
        ArgumentNullException.ThrowIfNull(happened);
        Feed.Publish(happened.EventType, MarathonJson.ToUtf8(w => MarathonJson.WriteEvent(w, happened)));
    }

    /// <summary>Streams events until the listener goes.</summary>
    public async Task StreamAsync(HttpContext context, CancellationToken stopping)
    {
        ArgumentNullException.ThrowIfNull(context);
        var types = context.Request.Query["event_type"].Where(t => t is not null).Select(t => t!).ToHashSet(StringComparer.Ordinal);
        var address = context.Connection.RemoteIpAddress?.ToString() ?? string.Empty;
        var streamed = await Feed.StreamAsync(
            context,
            type => types.Count == 0 ? !type.StartsWith("edge_", StringComparison.Ordinal) : types.Contains(type),
            () => Publish(new MarathonEvent.StreamAttached(time.GetUtcNow(), address)),
            () => Publish(new MarathonEvent.StreamDetached(time.GetUtcNow(), address)),
            stopping);
        if (!streamed)
        {
            await Answer.MessageAsync(
                context, StatusCodes.Status503ServiceUnavailable, $"There are {EventFeed.ListenersMax} listeners, which is the limit.");
        }
    }
}
