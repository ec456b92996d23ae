using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text.Json;
using Edge.Contracts.Marathon;
using Edge.Core.Engine;
using Edge.Core.Model;
using Edge.Core.Resources;
using Edge.Daemon.Mapping;

namespace Edge.Tests.Core.Engine;

/// <summary>A hub and some nodes, their engines on one thread, with links that can be cut and processes that can be ended.</summary>
internal sealed class AppWorld
{
    private static readonly DateTimeOffset s_start = new(2026, 5, 1, 12, 0, 0, TimeSpan.Zero);
    private readonly Dictionary<NodeId, Site> _sites = [];
    private readonly Queue<(NodeId? Site, ClusterCommand Command)> _mail = new();
    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private ulong _seed = 1;

    public AppWorld(params string[] nodes)
    {
        Hub = Restoration.RestoreHub(JournalRows.Empty, "m1", Context()).State;
        foreach (var node in nodes)
        {
            Add(node);
        }

        Settle();
    }

    public ClusterState Hub { get; private set; }

    public TimeSpan Time { get; private set; } = TimeSpan.FromHours(1);

    public List<ClusterEvent> Events { get; } = [];

    public ClusterLimits Limits { get; init; } = ClusterLimits.Default;

    /// <summary>What happens to a container after its start; by default it runs.</summary>
    public Func<ClusterTask, ObservedState> OnStart { get; set; } = _ => ObservedState.Running;

    /// <summary>True while processes that are asked to end do not.</summary>
    public bool KillsHang { get; set; }

    public ClusterState this[string node] => _sites[new NodeId(node)].State;

    /// <summary>Live tasks of an app by their own nodes: the truth.</summary>
    public ClusterTask[] Running(string app) =>
    [
        .. _sites.Values.SelectMany(s => s.State.Tasks.Values)
            .Where(t => t.Slot?.App.Value == app && t is { IsTerminal: false, Observed: ObservedState.Running }).OrderBy(t => t.Key),
    ];

    public App App(string id) => Hub.Apps[new AppKey(string.Empty, new AppId(id))];

    public static AppDefinition Define(string json)
    {
        using var document = JsonDocument.Parse(json);
        var read = MarathonAppReader.Read(document.RootElement, new MarathonReading { Mode = MarathonReadMode.Create });
        var defined = Assert.IsType<MarathonAppResult.Defined>(read);
        return new AppDefinition(defined.App.Fields);
    }

    /// <summary>Makes or changes an app on the hub, or on a node, and lets everybody react.</summary>
    public CommandReply Put(string json, string? node = null, bool force = false)
    {
        var definition = Define(json);
        var id = new AppId(JsonDocument.Parse(definition["id"]!).RootElement.GetString()!);
        return Change(id, definition, node, force);
    }

    /// <summary>Sets one field of an app.</summary>
    public CommandReply Set(string app, string field, string json, string? node = null, bool force = false)
    {
        var id = new AppId(app);
        var known = Find(id, node)!;
        var effective = known.Override is { } change ? known.Definition.With(change.Fields) : known.Definition;
        return Change(id, effective.With([KeyValuePair.Create(field, json)]), node, force);
    }

    public CommandReply Delete(string app, string? node = null) => Change(new AppId(app), null, node, force: true);

    public CommandReply Restart(string app, string? node = null)
    {
        var known = Find(new AppId(app), node)!;
        return Do(node, new ChangeApps([new AppChange(known.Id, known.Definition, known.Generation, Restart: true)], [], false, "me"));
    }

    /// <summary>Sends a command to the hub, or to a node, and lets everybody react.</summary>
    public CommandReply Do(string? node, ClusterCommand command)
    {
        var reply = Step(node is null ? null : new NodeId(node), command);
        Settle();
        return reply;
    }

    public void Wait(double seconds)
    {
        Time += TimeSpan.FromSeconds(seconds);
        Step(null, new Tick());
        foreach (var site in _sites.Keys.ToArray())
        {
            Step(site, new Tick());
        }

        Settle();
    }

    /// <summary>Lets time pass in small steps.</summary>
    public void Run(double seconds, double step = 1)
    {
        for (var t = 0.0; t < seconds; t += step)
        {
            Wait(step);
        }
    }

    public void Cut(string node)
    {
        var id = new NodeId(node);
        _sites[id].Linked = false;
        Step(id, new HubLinkClosed());
        Step(null, new NodeLinkLost(id, null));
        Settle();
    }

    /// <summary>Nothing arrives any more, and nobody knows.</summary>
    public void CutSilently(string node) => _sites[new NodeId(node)].Linked = false;

    public void Heal(string node)
    {
        var id = new NodeId(node);
        _sites[id].Linked = true;
        Step(id, new HubLinkOpened());
        Settle();
    }

    /// <summary>The process of a task ends by itself.</summary>
    public void Exit(ClusterTask task, ObservedState state = ObservedState.Failed) =>
        Do(task.Node.Value, new ContainerObserved(task.Container, state, null, "exit 1"));

    /// <summary>The node's machine goes through a power cut: every process is gone.</summary>
    public void Reboot(string node)
    {
        var site = _sites[new NodeId(node)];
        var self = site.State.Self!;
        site.State = Restoration.RestoreNode(EngineWorld.RowsOf(site.State), Fresh(self), "a2", Context()).State;
        var lost = site.State.Tasks.Values.Where(t => !t.IsTerminal).ToArray();
        site.Rebooting = true;
        Step(self.Id, new ResumeTasks());
        foreach (var task in lost)
        {
            Step(self.Id, new ContainerObserved(task.Container, ObservedState.Failed, StatusReason.ExecutorTerminated, "rebooted"));
        }

        site.Rebooting = false;
        if (site.Linked)
        {
            Heal(node);
        }

        Settle();
    }

    /// <summary>The node's daemon starts again on an empty journal; its processes run on.</summary>
    public void LoseJournal(string node)
    {
        var site = _sites[new NodeId(node)];
        var self = Fresh(site.State.Self!);
        var running = site.State.Tasks.Values.Where(t => !t.IsTerminal).Select(t => new OrphanContainer(t.Container, true, null)).ToArray();
        self = self with { Identity = self.Identity with { AgentEpoch = self.Identity.AgentEpoch + "+" } };
        site.State = Restoration.RestoreNode(JournalRows.Empty, self, "a3", Context()).State;
        Step(self.Id, new OrphansFound([.. running]));
        Step(self.Id, new ResumeTasks());
        Heal(node);
    }

    public void RestartHub(ClusterState? from = null)
    {
        Hub = Restoration.RestoreHub(EngineWorld.RowsOf(from ?? Hub), "m2", Context()).State;
        foreach (var (id, site) in _sites)
        {
            if (site.Linked)
            {
                Step(id, new HubLinkOpened());
            }
        }

        Settle();
    }

    /// <summary>The hub delegates something to a node.</summary>
    public void Delegate(Delegation delegation)
    {
        var document = DelegationMapping.ToDocument(delegation);
        var held = new HeldDelegation(
            delegation, document, _key.SignData(document, HashAlgorithmName.SHA256), TimeSpan.Zero);
        Do(delegation.Node.Value, new HubMessage(Travel(new DownMessage.Delegated(held, _key.ExportSubjectPublicKeyInfo()))));
    }

    public void Settle()
    {
        for (var i = 0; _mail.Count > 0; i++)
        {
            Assert.True(i < 20_000, "the engines talk for ever");
            var (site, command) = _mail.Dequeue();
            Step(site, command);
        }
    }

    private static SelfState Fresh(SelfState self) => new() { Id = self.Id, Identity = self.Identity, Description = self.Description };

    private App? Find(AppId id, string? node)
    {
        var state = node is null ? Hub : this[node];
        return state.Apps.GetValueOrDefault(new AppKey(string.Empty, id)) ?? state.Apps.GetValueOrDefault(new AppKey(node ?? "", id));
    }

    private CommandReply Change(AppId id, AppDefinition? definition, string? node, bool force)
    {
        var known = Find(id, node);
        var generation = known is { Deleted: false } ? known.Generation : 0;
        return Do(node, new ChangeApps([new AppChange(id, definition, generation)], [], force, node is null ? "hub-admin" : "operator"));
    }

    private void Add(string node)
    {
        var id = new NodeId(node);
        var self = new SelfState
        {
            Id = id,
            Identity = new NodeIdentity("machine-" + node, "db-" + node, "boot-1"),
            Description = EngineWorld.Description(ResourceSet.Of(
                Resource.Of("cpus", 4), Resource.Of("mem", 4096), Resource.Of("ports", RangeSet.Of(31000, 31099)))) with
            {
                Hostname = node + ".example",
            },
        };
        _sites[id] = new Site { State = Restoration.RestoreNode(JournalRows.Empty, self, "a1", Context()).State, Linked = true };
        Step(id, new ResumeTasks());
        Step(id, new HubLinkOpened());
    }

    private CommandReply Step(NodeId? site, ClusterCommand command)
    {
        var before = site is { } id ? _sites[id].State : Hub;
        var decision = EngineCore.Process(before, [command], Context());
        if (site is { } at)
        {
            _sites[at].State = decision.State;
        }
        else
        {
            Hub = decision.State;
        }

        foreach (var act in decision.Dispatches)
        {
            Carry(site, act);
        }

        return decision.Replies[0];
    }

    private void Carry(NodeId? site, Dispatch act)
    {
        switch (act)
        {
            case Dispatch.ToNode down when _sites[down.Node].Linked:
                _mail.Enqueue((down.Node, new HubMessage(Travel(down.Message))));
                break;
            case Dispatch.ToHub up when _sites[site!.Value].Linked:
                _mail.Enqueue((null, new NodeMessage(site.Value, Travel(up.Message))));
                break;
            case Dispatch.StartContainer start when !_sites[site!.Value].Rebooting && start.Task.Observed <= ObservedState.Starting:
                _mail.Enqueue((site, new ContainerObserved(start.Task.Container, OnStart(start.Task), null, null)));
                break;
            case Dispatch.StartContainer start when _sites[site!.Value].Rebooting && start.Task.Observed <= ObservedState.Starting:
                _mail.Enqueue((site, new ContainerObserved(start.Task.Container, OnStart(start.Task), null, null)));
                break;
            case Dispatch.KillContainer when KillsHang:
                break;
            case Dispatch.KillContainer kill:
                _mail.Enqueue((site, new ContainerObserved(kill.Container, ObservedState.Killed, null, null)));
                break;
            case Dispatch.Announce announced when site is null:
                Events.Add(announced.Event);
                break;
        }
    }

    /// <summary>What arrives of a message.</summary>
    private static DownMessage Travel(DownMessage message) =>
        SyncMapping.DecodeDown(SyncMapping.Encode(message), TaskMapping.FromWire)
        ?? throw new InvalidOperationException($"{message} cannot be read.");

    private static UpMessage Travel(UpMessage message) =>
        SyncMapping.DecodeUp(SyncMapping.Encode(message), TaskMapping.FromWire)?.Message
        ?? throw new InvalidOperationException($"{message} cannot be read.");

    public DecisionContext Context() => new(s_start + Time, Time, _seed++, Limits) { Apps = AppMapping.Instance };

    private sealed class Site
    {
        public required ClusterState State { get; set; }

        public bool Linked { get; set; }

        public bool Rebooting { get; set; }
    }
}
