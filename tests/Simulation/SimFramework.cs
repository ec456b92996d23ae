using System.Collections.Immutable;
using Edge.Core.Engine;
using Edge.Core.Model;
using Edge.Core.Resources;

namespace Edge.Tests.Simulation;

/// <summary>A scheduler: launches, kills, acknowledges late, falls over, comes back and asks again.</summary>
internal sealed class SimFramework(SimWorld world, int number)
{
    private readonly SortedDictionary<string, Work> _work = new(StringComparer.Ordinal);
    private readonly string _name = $"f{number}";
    private readonly bool _partitionAware = world.Chance(0.8);
    private readonly bool _wantsKilling = world.Chance(0.5);
    private readonly TimeSpan _failover = world.Chance(0.8) ? TimeSpan.FromHours(8) : TimeSpan.FromSeconds(60);
    private TimeSpan _eventLast;
    private TimeSpan _callLast;
    private bool _subscribed;
    private int _tasks;

    /// <summary>What the scheduler knows of one task.</summary>
    private sealed class Work
    {
        public required TaskId Id { get; init; }

        public required NodeId Node { get; set; }

        public bool Ended { get; set; }

        public bool Acknowledged { get; set; }

        public string? Container { get; set; }

        public HashSet<string> OldContainers { get; } = [];
    }

    public FrameworkId? Id { get; private set; }

    public StreamId? Stream { get; private set; }

    /// <summary>Tasks whose end the scheduler has not seen.</summary>
    public IEnumerable<TaskId> Open => _work.Values.Where(w => !w.Ended).Select(w => w.Id);

    public int Launched => _tasks;

    /// <summary>Opens a stream, again and again until the hub takes it.</summary>
    public void Subscribe()
    {
        if (Stream is not null)
        {
            return;
        }

        if (!world.Hub.IsUp)
        {
            world.After(world.Between(1, 10), Subscribe);
            return;
        }

        var stream = new StreamId(world.NextGuid());
        Stream = stream;
        var spec = new FrameworkSpec
        {
            Id = Id,
            Name = _name,
            User = "root",
            Roles = [number == 1 ? "*" : "shop"],
            FailoverTimeout = _failover,
            Capabilities = (_partitionAware ? FrameworkCapabilities.PartitionAware : 0)
                | (_wantsKilling ? FrameworkCapabilities.TaskKillingState : 0),
            Wire = new byte[] { 1 },
        };
        Call(() => new Subscribe(spec, [], stream));
        world.After(TimeSpan.FromSeconds(30), () =>
        {
            if (Stream == stream && !_subscribed)
            {
                Drop(world.Between(0, 5));
            }
        });
    }

    /// <summary>Leaves the stream and comes back with its id.</summary>
    public void Drop(TimeSpan away)
    {
        if (Stream is not { } stream)
        {
            return;
        }

        var id = Id;
        Close();
        if (id is { } known)
        {
            world.After(world.Chance(0.8) ? TimeSpan.Zero : world.Between(0, 60),
                () => world.Hub.Post(new FrameworkStreamClosed(known, stream)));
        }
    }

    /// <summary>The stream is over; the scheduler comes back.</summary>
    public void Close()
    {
        Stream = null;
        _subscribed = false;
        world.After(world.Between(0.1, world.Chaotic ? 40 : 2), Subscribe);
    }

    public void OnHubCrashed()
    {
        if (Stream is not null)
        {
            Close();
        }
    }

    /// <summary>The hub writes an event onto the stream.</summary>
    public void Send(FrameworkEvent happened)
    {
        if (happened is FrameworkEvent.Update update)
        {
            world.Oracle.HubSays(update.Status);
        }

        var stream = Stream;
        var at = world.Time + world.Between(0.001, world.Chaotic && world.Chance(0.1) ? 3 : 0.05);
        _eventLast = at > _eventLast ? at : _eventLast;
        world.At(_eventLast, () =>
        {
            if (Stream == stream && stream is not null)
            {
                Receive(happened);
            }
        });
    }

    /// <summary>The hub ends the stream, behind everything that it wrote on it.</summary>
    public void EndStream()
    {
        var stream = Stream;
        _eventLast = _eventLast > world.Time ? _eventLast : world.Time;
        world.At(_eventLast, () =>
        {
            if (Stream == stream && stream is not null)
            {
                Close();
            }
        });
    }

    public void KillOne()
    {
        var open = _work.Values.Where(w => !w.Ended).ToArray();
        if (open.Length > 0)
        {
            Kill(open[world.Random.Next(open.Length)]);
        }
    }

    public void KillAll()
    {
        foreach (var work in _work.Values.Where(w => !w.Ended).ToArray())
        {
            Kill(work);
        }
    }

    public void Teardown()
    {
        if (Id is { } id && Stream is { } stream)
        {
            Call(() => new Teardown(id, stream));
        }
    }

    public void Reconcile(bool everything)
    {
        if (Id is { } id && Stream is { } stream)
        {
            ImmutableArray<TaskQuery> tasks = everything
                ? []
                : [.. _work.Values.Where(w => !w.Ended).Select(w => new TaskQuery(w.Id, world.Chance(0.8) ? w.Node : null))];
            if (everything || !tasks.IsEmpty)
            {
                Call(() => new ReconcileTasks(id, stream, tasks));
            }
        }
    }

    private void Kill(Work work)
    {
        if (Id is { } id && Stream is { } stream)
        {
            TimeSpan? grace = world.Chance(0.5) ? world.Between(0, 20) : null;
            Call(() => new KillTask(id, stream, work.Id, world.Chance(0.5) ? work.Node : null, grace));
        }
    }

    private void Call(Func<ClusterCommand> command)
    {
        var at = world.Time + world.Between(0.001, world.Chaotic && world.Chance(0.1) ? 3 : 0.05);
        _callLast = at > _callLast ? at : _callLast;
        world.At(_callLast, () => world.Hub.Post(command()));
    }

    private void Receive(FrameworkEvent happened)
    {
        switch (happened)
        {
            case FrameworkEvent.Subscribed subscribed:
                Id = subscribed.Framework;
                _subscribed = true;
                Reconcile(everything: true);
                break;
            case FrameworkEvent.Offers offers:
                var stream = Stream;
                foreach (var offer in offers.Items)
                {
                    world.After(world.Chance(0.8) ? TimeSpan.Zero : world.Between(0, 20), () => Answer(offer, stream));
                }

                break;
            case FrameworkEvent.Update update:
                Take(update.Status);
                break;
            case FrameworkEvent.Error { Message: "Framework has been removed" }:
                StartOver();
                break;
        }
    }

    /// <summary>The id is gone for good, and its tasks with it.</summary>
    private void StartOver()
    {
        Id = null;
        _work.Clear();
    }

    private void Answer(Offer offer, StreamId? stream)
    {
        if (stream != Stream || Id is not { } id || stream is not { } current)
        {
            return;
        }

        var refuse = world.Launching ? world.Between(1, 30) : TimeSpan.FromDays(1);
        if (!world.Launching || _tasks > 40 || world.Chance(0.4))
        {
            Call(() => new DeclineOffers(id, current, [offer.Id], refuse));
            return;
        }

        ImmutableArray<TaskSpec> tasks = [.. Enumerable.Range(0, world.Random.Next(1, 5)).Select(_ => Next(offer))];
        Call(() => new AcceptOffers(id, current, [offer.Id], [new OfferOperation.Launch(tasks)], refuse));
    }

    private TaskSpec Next(Offer offer)
    {
        var again = _work.Values.FirstOrDefault(w => w.Ended && w.Acknowledged);
        Work work;
        if (again is not null && world.Chance(0.2))
        {
            // A task id may be used again once its last run is history.
            world.Oracle.Count(SimEvent.IdReused);
            work = again;
            work.Ended = false;
            work.Acknowledged = false;
            work.Node = offer.Node;
            if (work.Container is { } old)
            {
                work.OldContainers.Add(old);
            }
        }
        else
        {
            work = new Work { Id = new TaskId($"{_name}-t{_work.Count}"), Node = offer.Node };
            _work[work.Id.Value] = work;
        }

        _tasks++;
        return SimWire.Task(work.Id, offer.Node, ResourcesOf(), world.Chance(0.3) ? world.Between(1, 10) : null);
    }

    private ResourceSet ResourcesOf()
    {
        var cpus = world.Chance(0.1) ? 3 : 0.1 + (world.Random.NextDouble() * 0.9);
        return ResourceSet.Of(Resource.Of("cpus", cpus), Resource.Of("mem", world.Random.Next(32, 512)));
    }

    private void Take(StatusUpdate status)
    {
        if (!_work.TryGetValue(status.Task.Task.Value, out var work) || status.Task.Framework != Id)
        {
            Acknowledge(status, null);
            return;
        }

        var old = status.Container is { } run && work.OldContainers.Contains(run.Value);
        world.Oracle.FrameworkSaw(this, _wantsKilling, _partitionAware, status);
        if (!old)
        {
            work.Container = status.Container?.Value ?? work.Container;
            var ended = status.State is not (TaskState.Staging or TaskState.Starting or TaskState.Running
                or TaskState.Killing or TaskState.Unreachable)
                && !(status.State == TaskState.Lost && status.Reason is StatusReason.AgentRemoved or StatusReason.Reconciliation
                    && !_partitionAware && status.UnreachableSince is not null);
            work.Ended = ended;
        }

        Acknowledge(status, work);
    }

    private void Acknowledge(StatusUpdate status, Work? work)
    {
        if (status.Uuid is not { } uuid || Id is not { } id || (world.Chaotic && world.Chance(0.05)))
        {
            return;
        }

        var stream = Stream!.Value;
        world.After(world.Chance(0.9) ? world.Between(0, 1) : world.Between(1, 60), () =>
        {
            Call(() => new AcknowledgeStatus(id, stream, status.Task.Task, uuid));
            if (work is { Ended: true })
            {
                work.Acknowledged = true;
            }
        });
    }
}
