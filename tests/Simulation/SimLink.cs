using Edge.Core.Engine;
using Edge.Core.Model;

namespace Edge.Tests.Simulation;

/// <summary>The way between one node and the hub: a broker's connection with everything that goes wrong with it.</summary>
/// <remarks>
/// Within one connection messages arrive in order or not at all; a cut loses what is under way. Upwards a message may come
/// again much later, over a cut too, because a broker hands it to the hub again; downwards only within a connection, because
/// the node's session at the broker ends with the connection. Sometimes one message is lost although the connection stays; not a report
/// of resources, which is repeated by the next hello only.
/// </remarks>
internal sealed class SimLink(SimWorld world, SimAgent agent)
{
    private readonly Queue<UpMessage> _atBroker = [];
    private int _connection;
    private bool _open;
    private bool _upDead;
    private bool _downDead;
    private TimeSpan _upLast;
    private TimeSpan _downLast;

    public bool IsOpen => _open;

    /// <summary>The node tries to connect until it is.</summary>
    public void Connect()
    {
        var attempt = ++_connection;
        world.After(world.Between(0.05, world.Chaotic ? 30 : 2), () => TryConnect(attempt));
    }

    public void SendUp(UpMessage message)
    {
        if (!_open || _upDead || (message is not UpMessage.Report && Loses()))
        {
            return;
        }

        message = SimWire.Carry(world, message);
        var connection = _connection;
        var survives = world.Chaotic && world.Chance(0.3);
        _upLast = Later(_upLast);
        world.At(_upLast, () =>
        {
            if ((_open && connection == _connection) || survives)
            {
                DeliverUp(message);
            }
        });
        if (message is UpMessage.Held { Gap: true })
        {
            world.Oracle.Count(SimEvent.Gap);
        }

        if (world.Chaotic && world.Chance(0.04))
        {
            world.Oracle.Count(SimEvent.Duplicate);
            world.At(_upLast + world.Between(0, 40), () => DeliverUp(message));
        }
    }

    public void SendDown(DownMessage message)
    {
        if (!_open || _downDead || Loses())
        {
            return;
        }

        message = SimWire.Carry(world, message);
        var connection = _connection;
        _downLast = Later(_downLast);
        world.At(_downLast, () => DeliverDown(connection, message));
        if (world.Chaotic && world.Chance(0.04))
        {
            world.At(_downLast + world.Between(0, 20), () => DeliverDown(connection, message));
        }
    }

    /// <summary>The connection breaks; both sides learn of it in their own time.</summary>
    public void Cut()
    {
        if (!_open)
        {
            return;
        }

        Break();
        var attempt = ++_connection;
        world.After(world.Chance(0.7) ? TimeSpan.Zero : world.Between(0, 60), () =>
        {
            if (attempt == _connection)
            {
                agent.Post(new HubLinkClosed());
                Connect();
            }
        });
        TellHub();
    }

    /// <summary>One direction goes silent; after a while the connection breaks.</summary>
    public void CutOneWay()
    {
        if (!_open)
        {
            return;
        }

        var connection = _connection;
        _upDead = world.Chance(0.5);
        _downDead = !_upDead;
        world.Trace(agent.Name, () => _upDead ? "LINK deaf upwards" : "LINK deaf downwards");
        world.After(world.Between(5, 90), () =>
        {
            if (connection == _connection)
            {
                Cut();
            }
        });
    }

    /// <summary>The hub hears of a broken link although the link is fine.</summary>
    public void FalseAlarm() => world.Hub.Post(new NodeLinkLost(agent.Id, world.Chance(0.8) ? agent.Identity.Instance : null));

    public void OnAgentCrashed()
    {
        _connection++;
        if (_open)
        {
            Break();
            TellHub();
        }
    }

    public void OnHubCrashed()
    {
        if (world.ExternalBroker || !_open)
        {
            return;
        }

        Break();
        agent.Post(new HubLinkClosed());
        Connect();
    }

    public void OnHubStarted()
    {
        while (_atBroker.TryDequeue(out var message))
        {
            world.Hub.Post(new NodeMessage(agent.Id, message));
        }

        if (_open)
        {
            // The hub's retained message names a new run: the node opens its session again.
            var connection = _connection;
            world.After(world.Between(0.05, 5), () =>
            {
                if (_open && connection == _connection)
                {
                    agent.Post(new HubLinkClosed());
                    agent.Post(new HubLinkOpened());
                }
            });
        }
    }

    private void TryConnect(int attempt)
    {
        if (attempt != _connection || !agent.IsUp)
        {
            return;
        }

        if (!world.Hub.IsUp && !world.ExternalBroker)
        {
            world.After(world.Between(1, world.Chaotic ? 60 : 10), () => TryConnect(attempt));
            return;
        }

        world.Trace(agent.Name, () => "LINK open");
        _open = true;
        agent.Post(new HubLinkOpened());
        if (agent.State?.Self?.Delegation is null)
        {
            world.After(world.Between(0, 5), () => SendDown(SimWire.Delegation(agent.Id)));
        }
    }

    private void Break()
    {
        world.Trace(agent.Name, () => "LINK cut");
        _open = false;
        _upDead = false;
        _downDead = false;
    }

    private void TellHub()
    {
        var instance = world.Chance(0.9) ? agent.Identity.Instance : null;
        var kind = world.Random.NextDouble();
        if (kind < 0.9 || !world.Chaotic)
        {
            world.After(kind < 0.6 ? world.Between(0, 2) : world.Between(2, 90),
                () => world.Hub.Post(new NodeLinkLost(agent.Id, instance)));
        }
    }

    private void DeliverUp(UpMessage message)
    {
        if (world.Hub.IsUp)
        {
            if (world.Bugs.HasFlag(SimBugs.StatusSwallowed) && message is UpMessage.Statuses { Items.Length: > 1 } statuses)
            {
                message = statuses with { Items = statuses.Items.RemoveAt(0) };
            }

            world.Hub.Post(new NodeMessage(agent.Id, message));
        }
        else if (world.ExternalBroker)
        {
            _atBroker.Enqueue(message);
        }
    }

    private void DeliverDown(int connection, DownMessage message)
    {
        if (!_open || connection != _connection)
        {
            return;
        }

        switch (message)
        {
            case DownMessage.Assignments { Full: true }:
                world.Oracle.Count(SimEvent.FullSet);
                break;
            case DownMessage.Welcome { WantsInventory: true }:
                world.Oracle.Count(SimEvent.Inventory);
                break;
            case DownMessage.Refused:
                world.Oracle.Count(SimEvent.Refused);
                break;
        }

        agent.Post(new HubMessage(message));
    }

    private bool Loses() => world.Chaotic && world.Chance(0.01);

    private TimeSpan Later(TimeSpan last)
    {
        var at = world.Time + world.Between(0.01, world.Chaotic && world.Chance(0.1) ? 8 : 0.3);
        return at > last ? at : last;
    }
}
